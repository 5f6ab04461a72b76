"""INET dies while its connections carry data: their peers notice a pause at most."""

import hashlib
import random
import socket
import threading
import time

import pytest

from tests.harness.appliance import Appliance
from tests.harness.topology import LAN_GATEWAY

pytestmark = pytest.mark.machine()

ECHO_PORT = 7
CONNECTIONS = 8
KILLS = 10
BLOCK_BYTES = 2000
TIMEOUT_S = 20


class Talker(threading.Thread):
    """Sends blocks of known bytes over one connection and checks what comes back."""

    def __init__(self, namespace, seed, finished):
        super().__init__(daemon=True)
        with namespace.entered():
            self._connection = socket.create_connection((LAN_GATEWAY, ECHO_PORT), TIMEOUT_S)
        self._chance, self._finished = random.Random(seed), finished
        self.blocks, self.error = 0, None

    def run(self):
        try:
            while not self._finished.is_set():
                self._exchange()
        except (OSError, AssertionError) as error:
            self.error = repr(error)
        finally:
            self._connection.close()

    def _exchange(self):
        sent = self._chance.randbytes(BLOCK_BYTES)
        self._connection.sendall(sent)
        got = b""
        while len(got) < len(sent):
            piece = self._connection.recv(len(sent) - len(got))
            assert piece, "end of stream"
            got += piece
        assert hashlib.sha256(got).digest() == hashlib.sha256(sent).digest(), "wrong bytes"
        self.blocks += 1


@pytest.fixture
def talkers(router):
    finished = threading.Event()
    all_of_them = [Talker(router.topology.lan, seed, finished) for seed in range(CONNECTIONS)]
    for talker in all_of_them:
        talker.start()
    yield all_of_them
    finished.set()
    for talker in all_of_them:
        talker.join(TIMEOUT_S)


def wait_all_move(talkers):
    """Each connection has carried one more block, begun and ended from now on."""
    goals = [talker.blocks + 2 for talker in talkers]
    deadline = time.monotonic() + TIMEOUT_S
    while any(talker.blocks < goal and talker.error is None for talker, goal in zip(talkers, goals)):
        assert time.monotonic() < deadline, [talker.blocks for talker in talkers]
        time.sleep(0.01)
    assert [talker.error for talker in talkers] == [None] * len(talkers)


def test_connections_outlive_inet(router, talkers):
    appliance = Appliance(router.console)
    wait_all_move(talkers)
    echo_before = appliance.generations()["echo"]
    for _ in range(KILLS):
        appliance.crash_and_wait("inet")
        wait_all_move(talkers)
    assert appliance.generations()["echo"] == echo_before, "its client died, too"


def test_listener_and_datagram_socket_outlive_inet(router):
    appliance = Appliance(router.console)
    with router.topology.lan.entered():
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with client:
        client.settimeout(TIMEOUT_S)
        client.connect((LAN_GATEWAY, ECHO_PORT))
        for number in range(3):
            appliance.crash_and_wait("inet")
            client.send(b"datagram %d" % number)
            assert client.recv(100) == b"datagram %d" % number
            with router.topology.lan.entered():
                connection = socket.create_connection((LAN_GATEWAY, ECHO_PORT), TIMEOUT_S)
            with connection:
                connection.sendall(b"stream")
                assert connection.recv(100) == b"stream"
