"""From the WAN nothing is reachable, and every refusal has its reason."""

import re

import pytest

from tests.harness.appliance import Appliance
from tests.harness.packets import frames_from, probe_tcp, probe_udp, probe_ping
from tests.harness.pings import answered
from tests.harness.topology import LAN_HOST, WAN_APPLIANCE, WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.machine()

PROBES = 20
PROBE_SOURCE = "203.0.113.77"


@pytest.mark.parametrize("build", [probe_tcp, probe_udp, probe_ping])
@pytest.mark.parametrize("target", [LAN_HOST, WAN_APPLIANCE])
def test_wan_probe_is_dropped_and_counted(router, build, target):
    appliance = Appliance(router.console)
    before = sum(appliance.drops().values())
    with router.topology.packet_port(1) as wan, router.topology.packet_port(0) as lan:
        for number in range(PROBES):
            wan.send(build(router.mac(1), PROBE_SOURCE, target, 1000 + number))
        wait_until(lambda: sum(appliance.drops().values()) >= before + PROBES, 10,
                   f"{PROBES} drops counted", appliance.drops)
        passed = frames_from(lan.drain(), PROBE_SOURCE)
        answers = frames_from(wan.drain(), WAN_APPLIANCE, to=PROBE_SOURCE)
    assert not passed, f"reached the LAN: {passed}"
    assert not answers, f"answered: {answers}"


def test_port_scan_from_wan_finds_nothing_open(router):
    report = router.topology.wan.run("nmap", "-n", "-Pn", "-sT", "--max-retries", 0, "--host-timeout", "60s",
                                     "-T4", "-p", "7,9,22,23,53,67,80,443,8080", WAN_APPLIANCE,
                                     timeout=90).stdout
    states = re.findall(r"^\d+/tcp\s+(\S+)", report, re.MULTILINE)
    assert len(states) == 9 and set(states) == {"filtered"}, report


def test_lan_host_behind_a_route_is_not_reachable(router):
    router.topology.wan_route_to_lan()
    try:
        answer = router.topology.wan.run("ping", "-n", "-c", 3, "-i", 0.1, "-W", 1, LAN_HOST, check=False).stdout
    finally:
        router.topology.wan.run("ip", "route", "del", "192.168.1.0/24")
    assert "0 received" in answer, answer


def test_answers_to_lan_hosts_do_pass(router):
    """The other half: the same path works for what a LAN host asked for."""
    assert answered(router.topology.lan, WAN_HOST, 1) == 1
