"""Every service can be restarted at any time, under traffic."""

import pytest

from tests.harness.appliance import Appliance
from tests.harness.pinger import Pinger
from tests.harness.pings import answered
from tests.harness.topology import WAN_HOST

pytestmark = pytest.mark.machine()

SERVICES = ["ds", "pci", "port0", "port1", "config", "firewall", "inet", "uart", "vga", "console", "echo",
            "dhcpd", "dnsd", "webd", "rtc", "time", "log", "disk", "store", "alertd", "install"]
IN_THE_PATH = {"port0", "port1", "firewall"}
PING_INTERVAL_S = 0.01
AROUND = 20  # pings answered before and after each restart
GAP_PACKETS_MAX = 25  # a quarter of a second, on a loaded machine under emulation


@pytest.mark.parametrize("name", SERVICES)
def test_service_restarts_under_traffic(router, name):
    appliance = Appliance(router.console)
    before = appliance.generations()
    with Pinger(router.topology.lan, WAN_HOST, PING_INTERVAL_S) as pings:
        pings.wait_more(AROUND)
        router.serial.send(f"service restart {name}\r")
        row = appliance.wait_next_life(name, before[name])
        pings.wait_more(AROUND)
    after = appliance.generations()
    print(f"{name}: {pings.lost} of {pings.sent} lost, longest gap {pings.longest_gap()}")
    assert row["cause"] == "request", row
    assert after == {**before, name: before[name] + 1}
    assert pings.received >= 2 * AROUND, pings.output[-500:]
    assert pings.longest_gap() <= (GAP_PACKETS_MAX if name in IN_THE_PATH else 0), pings.output[-2000:]


def test_rs_itself_restarts(router):
    appliance = Appliance(router.console)
    before = appliance.generations()
    with Pinger(router.topology.lan, WAN_HOST, PING_INTERVAL_S) as pings:
        pings.wait_more(AROUND)
        router.console.run("service crash rs exception")
        appliance.wait_next_life("rs", before["rs"])
        pings.wait_more(AROUND)
    after = appliance.generations()
    assert after == {**before, "rs": before["rs"] + 1}, "RS took others with it"
    assert pings.longest_gap() == 0, pings.output[-2000:]
    # and still does its work
    appliance.crash("echo")
    appliance.wait_next_life("echo", after["echo"])


def test_services_list_is_complete(router):
    """No service is left out of the tests above."""
    names = set(Appliance(router.console).running())
    assert names == set(SERVICES) | {"rs"}, names


def test_two_services_die_at_once(router):
    appliance = Appliance(router.console)
    before = appliance.generations()
    router.serial.send("service crash firewall exception\rservice crash port1 exception\r")
    appliance.wait_next_life("firewall", before["firewall"])
    appliance.wait_next_life("port1", before["port1"])
    assert answered(router.topology.lan, WAN_HOST) == 3
