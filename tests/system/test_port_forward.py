"""Port forwards, used by real clients from the WAN and from the LAN, over deaths and changes."""

import json
import socket
import threading

import pytest

from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.servers import EchoServer
from tests.harness.settings import CONFIGURATION
from tests.harness.topology import LAN_HOST, WAN_APPLIANCE, WAN_HOST
from tests.harness.waiting import wait_until

OUTSIDE, INSIDE = 8080, 7070
FORWARDS = [
    {"protocol": "tcp", "port": OUTSIDE, "host": LAN_HOST, "host_port": INSIDE},
    {"protocol": "udp", "port": "5000-5009", "host": LAN_HOST, "host_port": 6000},
    {"protocol": "tcp", "port": 8081, "host": LAN_HOST, "host_port": INSIDE, "enabled": False},
]
DOCUMENT = CONFIGURATION | {"forwards": FORWARDS}
BLOCK, DEATHS = bytes(range(256)) * 16, 3

pytestmark = pytest.mark.machine(config=json.dumps(DOCUMENT))


@pytest.fixture
def inside(router):
    """The server on the LAN; it remembers whom it saw."""
    with EchoServer(router.topology.lan, LAN_HOST, INSIDE) as server:
        yield server


def connect(namespace, port=OUTSIDE):
    with namespace.entered():
        connection = socket.create_connection((WAN_APPLIANCE, port), 5)
    connection.settimeout(15)
    return connection


def echoes(connection, data=BLOCK):
    connection.sendall(data)
    got = b""
    while len(got) < len(data) and (more := connection.recv(len(data))):
        got += more
    return got == data


def crash(router, name):
    appliance = Appliance(router.console)
    appliance.crash_and_wait(name)


def test_a_client_on_the_wan_reaches_the_host_on_the_lan(router, inside):
    with connect(router.topology.wan) as client:
        assert echoes(client)
        assert client.getpeername() == (WAN_APPLIANCE, OUTSIDE)
    assert inside.peers[-1][0] == WAN_HOST, inside.peers


def test_a_client_on_the_lan_gets_there_by_the_wan_address(router, inside):
    with connect(router.topology.lan) as client:
        assert echoes(client)
        assert client.getpeername() == (WAN_APPLIANCE, OUTSIDE)
    assert inside.peers[-1][0] == WAN_APPLIANCE, inside.peers


def test_datagrams_of_a_range_keep_their_order(router):
    with router.topology.lan.entered():
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind((LAN_HOST, 6004))
    with router.topology.wan.entered():
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with server, client:
        for end in (server, client):
            end.settimeout(5)
        client.sendto(b"question", (WAN_APPLIANCE, 5004))
        data, peer = server.recvfrom(100)
        assert (data, peer[0]) == (b"question", WAN_HOST)
        server.sendto(b"answer", peer)
        assert client.recvfrom(100) == (b"answer", (WAN_APPLIANCE, 5004))


@pytest.mark.parametrize("port", [8081, 8079, INSIDE, 5000])
def test_other_ports_stay_closed(router, inside, port):
    appliance = Appliance(router.console)
    before = appliance.drops().get("default-denied", 0)
    with router.topology.wan.entered():
        client = socket.socket()
    with client:
        client.settimeout(1)
        with pytest.raises(OSError):
            client.connect((WAN_APPLIANCE, port))
    wait_until(lambda: appliance.drops().get("default-denied", 0) > before, 5, "a drop", appliance.drops)


def test_connections_go_on_while_the_firewall_dies_again_and_again(router, inside):
    """One from the WAN and one from the LAN, every byte compared, busy during each death."""
    wrong, rounds, over = [], [0, 0], threading.Event()
    clients = [connect(router.topology.wan), connect(router.topology.lan)]

    def talk(number, client):
        try:
            while not over.is_set():
                if not echoes(client):
                    wrong.append("bytes differ")
                    return
                rounds[number] += 1
        except OSError as error:
            wrong.append(error)
    threads = [threading.Thread(target=talk, args=each, daemon=True) for each in enumerate(clients)]
    for thread in threads:
        thread.start()
    for _ in range(DEATHS):
        before = list(rounds)
        crash(router, "firewall")
        wait_until(lambda: wrong or min(now - then for now, then in zip(rounds, before)) >= 10, 15,
                   "both to go on", lambda: (before, rounds))
    over.set()
    for thread in threads:
        thread.join(20)
    assert not wrong and not any(thread.is_alive() for thread in threads), wrong
    for client in clients:
        client.close()


def test_a_rule_that_denies_comes_first(boot):
    deny = {"action": "deny", "from": "wan", "to": "any", "source": f"{WAN_HOST}/32"}
    router = boot(Spec(config=json.dumps(DOCUMENT | {"rules": [deny]})))
    router.console.wait_ready()
    appliance = Appliance(router.console)
    with EchoServer(router.topology.lan, LAN_HOST, INSIDE):
        with router.topology.wan.entered():
            client = socket.socket()
        with client:
            client.settimeout(1)
            with pytest.raises(OSError):
                client.connect((WAN_APPLIANCE, OUTSIDE))
        assert appliance.drops().get("rule-denied", 0) > 0, appliance.drops()
        with connect(router.topology.lan) as client:
            assert echoes(client)
