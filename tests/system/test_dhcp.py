"""The DHCP server on the LAN, seen by clients from the real world."""

import copy
import json

import pytest

from tests.harness.appliance import Appliance
from tests.harness.dhcp import CLIENTS, lease_get
from tests.harness.machine import Spec
from tests.harness.pings import answered
from tests.harness.settings import CONFIGURATION
from tests.harness.topology import LAN_GATEWAY, WAN_HOST

LAN_INTERFACE = "eth0"
POOL = [f"192.168.1.{last}" for last in range(100, 200)]

pytestmark = pytest.mark.machine()


@pytest.fixture
def bare_lan(router):
    """The LAN host without its address, as it comes; it has it again afterwards."""
    lan = router.topology.lan
    lan.run("ip", "address", "flush", "dev", LAN_INTERFACE)
    yield lan
    lan.run("ip", "address", "flush", "dev", LAN_INTERFACE)
    lan.run("ip", "address", "add", "192.168.1.10/24", "dev", LAN_INTERFACE)
    lan.run("ip", "route", "replace", "default", "via", LAN_GATEWAY)


def lease_use(namespace, lease):
    namespace.run("ip", "address", "flush", "dev", LAN_INTERFACE)
    namespace.run("ip", "address", "add", f"{lease['address']}/24", "dev", LAN_INTERFACE)
    namespace.run("ip", "route", "replace", "default", "via", lease["router"])


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_gets_a_lease_that_works(bare_lan, client):
    lease = lease_get(client, bare_lan, LAN_INTERFACE, f"{client}-host")
    assert lease["address"] in POOL, lease
    assert lease["router"] == lease["dns"] == lease["server"] == LAN_GATEWAY, lease
    assert (lease["domain"], lease["lease"]) == ("lan", "43200"), lease
    lease_use(bare_lan, lease)
    assert answered(bare_lan, WAN_HOST, 2) == 2


def test_a_lease_outlives_the_server_and_inet(router, bare_lan):
    appliance = Appliance(router.console)
    first = lease_get("udhcpc", bare_lan, LAN_INTERFACE, "laptop")
    other = lease_get("dhclient", bare_lan, LAN_INTERFACE, "other")
    for name in ("dhcpd", "inet"):
        appliance.crash_and_wait(name)
        again = lease_get("udhcpc", bare_lan, LAN_INTERFACE, "laptop")
        assert again["address"] == first["address"], (name, again, first)
    newest = lease_get("dhclient", bare_lan, LAN_INTERFACE, "other")
    assert newest["address"] == other["address"], (newest, other)
    assert other["address"] != first["address"], (other, first)


def test_a_lease_has_a_name_at_once_and_still_after_the_servers_death(router, bare_lan):
    appliance = Appliance(router.console)
    lease = lease_get("udhcpc", bare_lan, LAN_INTERFACE, "Notebook")
    lease_use(bare_lan, lease)
    for name in (None, "dnsd", "dhcpd", "ds"):
        if name is not None:
            appliance.crash_and_wait(name)
        answer = bare_lan.run("dig", f"@{lease['dns']}", "+short", "+tries=5", "+time=2", "notebook.lan", timeout=20)
        assert answer.stdout.split() == [lease["address"]], (name, answer.stdout)


def test_reservation_and_pool_are_as_configured(boot):
    document = copy.deepcopy(CONFIGURATION)
    document["lan"]["dhcp"] = {
        "first": "192.168.1.30", "last": "192.168.1.40", "lease_time": 600,
        "reservations": [{"mac": "02:00:00:00:00:01", "address": "192.168.1.77", "name": "desk"}]}
    router = boot(Spec(config=json.dumps(document)))
    router.console.wait_ready()
    lan = router.topology.lan
    lan.run("ip", "address", "flush", "dev", LAN_INTERFACE)
    lease = lease_get("udhcpc", lan, LAN_INTERFACE, "anything")
    assert (lease["address"], lease["lease"]) == ("192.168.1.77", "600"), lease
    lan.run("ip", "link", "set", LAN_INTERFACE, "address", "02:00:00:00:00:99")
    lease = lease_get("udhcpc", lan, LAN_INTERFACE, "anything")
    assert lease["address"] in [f"192.168.1.{last}" for last in range(30, 41)], lease


def test_nobody_gets_an_address_from_a_server_that_is_off(boot):
    document = copy.deepcopy(CONFIGURATION)
    document["lan"]["dhcp"] = {"enabled": False}
    router = boot(Spec(config=json.dumps(document)))
    router.console.wait_ready()
    lan = router.topology.lan
    answer = lan.run("udhcpc", "-i", LAN_INTERFACE, "-n", "-q", "-f", "-t", 2, "-T", 1, "-s", "/bin/true",
                     check=False).stdout
    assert "no lease" in answer, answer
