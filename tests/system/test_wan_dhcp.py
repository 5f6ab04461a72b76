"""The WAN's address from the provider's DHCP server: had, kept over deaths, renewed, lost, changed."""

import json
import socket

import pytest

from tests.harness.appliance import Appliance
from tests.harness.dns import NameServer
from tests.harness.machine import Spec
from tests.harness.packets import MARK, probe_udp
from tests.harness.pinger import Pinger
from tests.harness.pings import answered
from tests.harness.provider import INTERFACE, NAME_SERVER, PROVIDERS, DhcpWatch, Dnsmasq, Kea
from tests.harness.settings import CONFIGURATION
from tests.harness.servers import EchoServer
from tests.harness.topology import LAN_GATEWAY, LAN_HOST, WAN_HOST
from tests.harness.waiting import wait_until

DOCUMENT = {"lan": CONFIGURATION["lan"], "wan": {"mode": "dhcp"}, "nat": True}
SPEC = Spec(config=json.dumps(DOCUMENT))
SHORT = {"lease_s": 14, "renew_s": 4, "rebind_s": 9}  # seconds
BOUND_S = 40  # a lease is had within: the client asks at 2, 4, 8, 16 s
EXPIRED_S = 25

pytestmark = [pytest.mark.limit(180), pytest.mark.waits]


class Wan:
    """The appliance's WAN, as the console shows it."""

    def __init__(self, router):
        self.console = router.console

    def lease(self):
        return self.console.json("show wan")

    def wait(self, state, timeout_s=BOUND_S):
        wait_until(lambda: self.lease()["state"] == state, timeout_s, f"the WAN to be {state}", self.lease)
        return self.lease()

    def wait_address(self, number, timeout_s=BOUND_S):
        address = f"203.0.113.{number}" if number else "0.0.0.0"
        wait_until(lambda: self.lease()["address"] == address, timeout_s, f"the address {address}", self.lease)


@pytest.fixture
def router(boot):
    """Booted, and without a provider yet."""
    machine = boot(SPEC)
    machine.console.wait_ready()
    return machine


@pytest.fixture
def wan(router):
    return Wan(router)


def reaches_wan(router):
    answer = router.topology.lan.run("ping", "-n", "-c", 3, "-i", 0.2, "-W", 2, WAN_HOST, check=False).stdout
    return " 0 received" not in answer


def connected(topology):
    """A connection from the LAN to the echo server on the WAN."""
    with topology.lan.entered():
        return socket.create_connection((WAN_HOST, 7777), 5)


def echoes(connection):
    connection.settimeout(10)
    connection.sendall(MARK)
    return connection.recv(len(MARK)) == MARK


def killed(router, name):
    appliance = Appliance(router.console)
    appliance.crash_and_wait(name)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_provider_gives_address_gateway_and_name_servers(router, wan, provider):
    topology = router.topology
    with PROVIDERS[provider](topology.wan):
        lease = wan.wait("bound")
        assert lease["address"].startswith("203.0.113.1") and lease["prefix_bits"] == 24, lease
        assert (lease["gateway"], lease["server"], lease["dns"]) == (WAN_HOST, WAN_HOST, [NAME_SERVER]), lease
        with EchoServer(topology.wan, WAN_HOST, 7777) as echo:
            connected(topology).close()
            wait_until(lambda: echo.peers, 5, "the connection at the server")
            assert echo.peers[0][0] == lease["address"], echo.peers
        topology.wan.run("ip", "address", "add", f"{NAME_SERVER}/24", "dev", INTERFACE)
        with NameServer(topology.wan, NAME_SERVER) as names:
            told = topology.lan.run("dig", f"@{LAN_GATEWAY}", "+short", "a7.example", timeout=30).stdout
            assert told.split() == ["198.51.100.7"] and names.count("a7.example") == 1, (told, names.asked)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_lease_is_renewed_and_traffic_notices_nothing(router, wan, provider):
    times = SHORT if provider == "kea" else {"renew_s": 4, "rebind_s": 60}
    with PROVIDERS[provider](router.topology.wan, **times):
        address = wan.wait("bound")["address"]
        with DhcpWatch(router.topology) as watch, Pinger(router.topology.lan, WAN_HOST, 0.05) as pings:
            pings.wait_more(10)
            for _ in range(3):
                watch.wait_more("request")
            wan.wait("bound", 5)
            pings.wait_more(10)
        assert wan.lease()["address"] == address
        assert watch.count("discover") == 0, watch.messages()
        assert {message[1:] for message in watch.messages()} == {(address, WAN_HOST)}, watch.messages()
        assert pings.longest_gap() == 0, pings.output[-1500:]


def test_inet_dies_in_every_state_of_its_client(router, wan):
    wan.wait("selecting", 5)
    killed(router, "inet")
    with Kea(router.topology.wan, **SHORT) as kea:
        address = wan.wait("bound")["address"]
        with DhcpWatch(router.topology) as watch, Pinger(router.topology.lan, WAN_HOST, 0.02) as pings:
            pings.wait_more(20)
            killed(router, "inet")  # bound
            pings.wait_more(20)
            kea.pause()
            wan.wait("renewing", 15)
            killed(router, "inet")
            watch.wait_more("request")
            wan.wait("rebinding", 15)
            killed(router, "inet")
            kea.resume()
            wan.wait("bound", 15)
            pings.wait_more(20)
        assert wan.lease()["address"] == address
        assert watch.count("discover") == 0, watch.messages()
        assert pings.longest_gap() == 0, pings.output[-1500:]


def test_inet_dies_between_offer_and_acknowledgement(router, wan):
    """A server that offers and then says nothing, until the real one is there."""
    with DhcpWatch(router.topology) as watch:
        with Kea(router.topology.wan) as kea:
            watch.wait_more("request")
            kea.pause()  # perhaps after the acknowledgement: then this is the state "bound"
            killed(router, "inet")
            kea.resume()
            wan.wait("bound")
            assert reaches_wan(router)


def test_connections_outlive_the_deaths_of_all_who_know_the_address(router, wan):
    with Kea(router.topology.wan):
        wan.wait("bound")
        with EchoServer(router.topology.wan, WAN_HOST, 7777), connected(router.topology) as connection:
            for name in ("firewall", "inet", "config", "ds"):
                killed(router, name)
                assert echoes(connection) and reaches_wan(router), name


def test_an_expired_lease_ends_address_and_flows_and_a_new_one_begins(router, wan):
    appliance = Appliance(router.console)
    with Kea(router.topology.wan, **SHORT):
        wan.wait("bound")
        assert reaches_wan(router)
        assert [row for row in appliance.connections() if row["to_zone"] == "wan"]
    wan.wait_address(None, EXPIRED_S)
    wait_until(lambda: not [row for row in appliance.connections() if row["translated"]], 10,
               "translated connections to end", appliance.connections)
    assert not reaches_wan(router)
    with Kea(router.topology.wan, first=150, last=160):
        wan.wait_address(150, 90)
        assert reaches_wan(router)


def test_the_address_ends_in_time_while_inet_is_stopped(router, wan):
    appliance = Appliance(router.console)
    with Kea(router.topology.wan, **SHORT):
        wan.wait("bound")
        assert reaches_wan(router)
        appliance.stop("inet")
        wan.wait_address(None, EXPIRED_S)
        wait_until(lambda: not reaches_wan(router), 10, "forwarding to end")
        appliance.start("inet")
        wan.wait("bound")
        assert reaches_wan(router)


def test_a_server_that_refuses_brings_another_address(router, wan):
    with Kea(router.topology.wan, **SHORT):
        wan.wait_address(100)
    with Kea(router.topology.wan, first=150, last=160, **SHORT), DhcpWatch(router.topology) as watch:
        wan.wait_address(150, 60)
        assert reaches_wan(router), watch.messages()


def test_nothing_from_the_wan_passes_without_an_address(boot):
    rule = {"action": "allow", "from": "any", "to": "any"}
    router = boot(Spec(config=json.dumps(DOCUMENT | {"rules": [rule]})))
    router.console.wait_ready()
    appliance = Appliance(router.console)
    Wan(router).wait("selecting", 5)
    with router.topology.packet_port(0) as lan, router.topology.packet_port(1) as outside:
        for port in range(2000, 2020):
            outside.send(probe_udp(router.mac(1), WAN_HOST, LAN_HOST, port))
        wait_until(lambda: appliance.drops().get("wan-no-address", 0) >= 20, 5, "20 drops", appliance.drops)
        assert not [frame.hex() for frame in lan.drain() if MARK in frame]


def test_the_factory_default_has_its_address_from_the_provider(boot):
    router = boot(Spec(config=None))
    router.console.wait_ready()
    with Kea(router.topology.wan):
        assert Wan(router).wait("bound")["dns"] == [NAME_SERVER]
        assert reaches_wan(router)


def test_an_address_of_the_lan_is_refused(router, wan):
    """A provider that gives out our own LAN's addresses: no address, said once, and the LAN goes on."""
    router.topology.wan.run("ip", "address", "add", "192.168.1.200/24", "dev", INTERFACE)
    with Dnsmasq(router.topology.wan, network="192.168.1", first=150, last=160):
        appliance = Appliance(router.console)
        wait_until(lambda: "a lease is refused" in appliance.log_text(), BOUND_S, "the refusal", appliance.log_text)
        assert wan.lease()["address"] == "0.0.0.0"
        assert answered(router.topology.lan, LAN_GATEWAY, 2) == 2
