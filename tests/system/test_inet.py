"""INET: the appliance is a host too, reachable from the LAN and only from there."""

import os
import socket

import pytest

from tests.harness.pings import answered
from tests.harness.topology import LAN_GATEWAY, WAN_APPLIANCE

pytestmark = pytest.mark.machine()

ECHO_PORT, DISCARD_PORT = 7, 9
TIMEOUT_S = 10


def connect(namespace, address, port):
    with namespace.entered():
        return socket.create_connection((address, port), TIMEOUT_S)


def echo_all(connection, data):
    """Sends all of data and reads as much back, interleaved so that no window closes."""
    got, sent = b"", 0
    while len(got) < len(data):
        if sent < len(data):
            sent += connection.send(data[sent:sent + 4096])
        got += connection.recv(65536) if sent - len(got) > 0 else b""
    return got


def test_the_router_answers_ping_from_the_lan(router):
    assert answered(router.topology.lan, LAN_GATEWAY) == 3


def test_tcp_echo(router):
    data = os.urandom(200_000)
    with connect(router.topology.lan, LAN_GATEWAY, ECHO_PORT) as connection:
        assert echo_all(connection, data) == data


def test_several_tcp_connections_at_once(router):
    connections = [connect(router.topology.lan, LAN_GATEWAY, ECHO_PORT) for _ in range(4)]
    for number, connection in enumerate(connections):
        connection.sendall(f"this is {number}".encode())
    answers = [connection.recv(100) for connection in connections]
    for connection in connections:
        connection.close()
    assert answers == [f"this is {number}".encode() for number in range(4)]


def test_tcp_discard_takes_all_and_says_nothing(router):
    with connect(router.topology.lan, LAN_GATEWAY, DISCARD_PORT) as connection:
        connection.sendall(bytes(100_000))
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""


def test_udp_echo(router):
    with router.topology.lan.entered():
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with client:
        client.settimeout(TIMEOUT_S)
        client.connect((LAN_GATEWAY, ECHO_PORT))
        for size in (1, 100, 1472):
            data = os.urandom(size)
            client.send(data)
            assert client.recv(2000) == data


def test_closed_tcp_port_is_refused(router):
    with pytest.raises(ConnectionRefusedError):
        connect(router.topology.lan, LAN_GATEWAY, 1)


def test_echo_is_not_offered_to_the_wan(router):
    with router.topology.wan.entered():
        client = socket.socket()
    with client:
        client.settimeout(2)
        with pytest.raises(TimeoutError):
            client.connect((WAN_APPLIANCE, ECHO_PORT))
