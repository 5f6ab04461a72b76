"""The name server for the LAN under load, by dnsperf, and while the services below it die."""

import copy
import json
import re
import subprocess

import pytest

from tests.harness.appliance import Appliance
from tests.harness.dns import NameServer
from tests.harness.settings import CONFIGURATION
from tests.harness.topology import LAN_GATEWAY, WAN_HOST

DOCUMENT = copy.deepcopy(CONFIGURATION)
DOCUMENT["lan"]["dhcp"] = {"reservations": [{"mac": "02:00:00:00:00:77", "address": "192.168.1.77",
                                             "name": "desk"}]}
DOCUMENT["dns"] = {"upstreams": [WAN_HOST]}
NAMES = [f"a{number}.example A" for number in range(1, 150)] + ["desk.lan A", "router.lan A", "nobody.lan A"]
SECONDS = 6

pytestmark = pytest.mark.machine(config=json.dumps(DOCUMENT))


@pytest.fixture
def upstream(router):
    with NameServer(router.topology.wan, WAN_HOST) as server:
        yield server


def dnsperf(router, folder, *words):
    (folder / "names").write_text("\n".join(NAMES) + "\n")
    return router.topology.lan.popen("dnsperf", "-s", LAN_GATEWAY, "-d", folder / "names", "-l", SECONDS, "-t", 3,
                                     *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def outcome(process):
    """Queries sent, completed and lost, and how many a second."""
    output = process.communicate(timeout=60)[0]
    found = re.search(r"Queries sent:\s+(\d+).*?completed:\s+(\d+).*?lost:\s+(\d+).*?per second:\s+([\d.]+)",
                      output, re.DOTALL)
    assert found, output
    print(output)
    return (*map(int, found.groups()[:3]), float(found[4]))


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_every_query_is_answered(router, upstream, tmp_path, transport):
    clients = ("-c", 4, "-q", 20) if transport == "udp" else ("-m", "tcp", "-c", 4, "-q", 4)
    sent, completed, lost, rate = outcome(dnsperf(router, tmp_path, *clients))
    assert completed == sent and lost == 0 and rate > 100, (sent, completed, lost, rate)
    assert upstream.count("a7.example") <= 1, "known names are asked again"
    assert not [name for name, *_ in upstream.asked if name.endswith("lan")], upstream.asked


@pytest.mark.parametrize("name", ["inet", "firewall", "ds"])
def test_a_death_below_costs_a_moment(router, upstream, tmp_path, name):
    appliance = Appliance(router.console)
    generation = appliance.generations()[name]
    process = dnsperf(router, tmp_path, "-c", 4, "-q", 20)
    appliance.crash(name)
    appliance.wait_next_life(name, generation)
    sent, completed, lost, _ = outcome(process)
    assert lost <= 40 and completed == sent - lost, (sent, completed, lost)  # two windows of questions
    assert Appliance(router.console).generations()["dnsd"] == 1 or name == "ds"


def test_sockets_do_not_leak_over_inets_deaths(router, upstream):
    """More deaths, each with questions on their way, than there is room for lost sockets."""
    appliance, lan = Appliance(router.console), router.topology.lan
    upstream.silent = True
    for death in range(8):
        askers = [lan.popen("dig", f"@{LAN_GATEWAY}", "+tries=1", "+time=1", f"a{100 + death * 12 + number}.example",
                            stdout=subprocess.DEVNULL) for number in range(12)]
        appliance.crash_and_wait("inet")
        for asker in askers:
            asker.wait(10)
    upstream.silent = False
    answers = [lan.run("dig", f"@{LAN_GATEWAY}", "+short", "+tries=3", f"a{number}.example", timeout=30).stdout.split()
               for number in range(1, 41)]
    assert answers == [[f"198.51.100.{number}"] for number in range(1, 41)], answers


def test_ids_and_ports_cannot_be_foreseen(router, upstream):
    """Of 50 questions: no port or id twice but by chance, and no order in them (RFC 5452, 9.2)."""
    names = [f"a{number}.example" for number in range(200, 250)]  # which no other test has made known
    for name in names:
        router.topology.lan.run("dig", f"@{LAN_GATEWAY}", "+short", name, timeout=30)
    asked = {name: rest for name, *rest in upstream.asked if name in names}  # others' questions are asked again
    assert len(asked) == len(names), asked
    for values in ([port for _, port, _ in asked.values()],
                   [int.from_bytes(identity, "big") for *_, identity in asked.values()]):
        assert len(set(values)) >= 48, values
        steps = [(after - before) % 65536 for before, after in zip(values, values[1:])]
        assert max(steps.count(step) for step in steps) <= 3, steps
        assert 15 <= sum(after > before for before, after in zip(values, values[1:])) <= 34, values


def test_several_questions_on_one_connection(router, upstream):
    answer = router.topology.lan.run("dig", f"@{LAN_GATEWAY}", "+tcp", "+keepopen", "+short", "a1.example",
                                     "a2.example", "desk.lan", timeout=30).stdout
    assert answer.split() == ["198.51.100.1", "198.51.100.2", "192.168.1.77"], answer
