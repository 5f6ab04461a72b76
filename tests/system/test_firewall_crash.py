"""A firewall that dies keeps every flow, and lets nothing through meanwhile."""

import socket
import threading
import time

import pytest

from tests.harness.appliance import Appliance
from tests.harness.packets import frames_from, from_network, ports_of, probe_tcp, probe_udp
from tests.harness.servers import EchoServer
from tests.harness.topology import LAN_HOST, WAN_APPLIANCE, WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.machine(), pytest.mark.limit(180)]

CONNECTIONS = 1000
CRASHES = 5
PROBE_SOURCE = "203.0.113.77"
PROBE_INTERVAL_S = 0.001
PROBES_A_CRASH = 200
ECHO_TIMEOUT_S = 20


class Prober(threading.Thread):
    """From the WAN, without a pause: packets for the LAN host and for the router."""

    def __init__(self, router):
        super().__init__(daemon=True)
        self._port = router.topology.packet_port(1)
        mac = router.mac(1)
        self._frames = [build(mac, PROBE_SOURCE, target, port)
                        for build in (probe_tcp, probe_udp)
                        for target in (LAN_HOST, WAN_APPLIANCE)
                        for port in range(1024, 1024 + 64)]
        self._stopping = threading.Event()
        self.sent = 0

    def run(self):
        while not self._stopping.wait(PROBE_INTERVAL_S):
            self._port.send(self._frames[self.sent % len(self._frames)])
            self.sent += 1

    def stop(self):
        self._stopping.set()
        self.join(5)


def connections_open(namespace):
    sockets = []
    with namespace.entered():
        for _ in range(CONNECTIONS):
            sockets.append(socket.create_connection((WAN_HOST, 7007), 10))
    return sockets


def echo_everywhere(sockets, round_number):
    """Sends a line on each connection; returns those that did not get it back."""
    failures = []
    lines = [f"{round_number}:{number}\n".encode() for number in range(len(sockets))]
    for connection, line in zip(sockets, lines):
        connection.settimeout(ECHO_TIMEOUT_S)
        connection.sendall(line)
    for connection, line in zip(sockets, lines):
        got = b""
        try:
            while len(got) < len(line) and (chunk := connection.recv(len(line) - len(got))):
                got += chunk
        except OSError as error:
            got += repr(error).encode()
        if got != line:
            failures.append((line, got))
    return failures


def drops_count(appliance):
    return sum(appliance.drops().values())


def test_every_connection_survives_and_nothing_passes_unfiltered(router):
    topology, appliance = router.topology, Appliance(router.console)
    with EchoServer(topology.wan, WAN_HOST, 7007) as server, \
            topology.packet_port(0) as lan, topology.packet_port(1) as wan:
        sockets = connections_open(topology.lan)
        wait_until(lambda: len(server.peers) == CONNECTIONS, 10, "all to be accepted", lambda: len(server.peers))
        assert echo_everywhere(sockets, 0) == []
        peers = list(server.peers)
        lan.drain(), wan.drain()
        restarts_before = appliance.restarts("firewall")
        prober = Prober(router)
        prober.start()
        for crash in range(CRASHES):
            generation, counted = appliance.generations()["firewall"], drops_count(appliance)
            appliance.crash("firewall")
            crashed_at = prober.sent
            failures = echo_everywhere(sockets, crash + 1)
            assert not failures, f"after crash {crash + 1} {len(failures)} lost, such as {failures[:3]}"
            appliance.wait_next_life("firewall", generation)
            wait_until(lambda: prober.sent >= crashed_at + PROBES_A_CRASH, 10, "probes", lambda: prober.sent)
            # What was counted since the counters were last shown dies with the firewall: by life, then.
            wanted = counted + (prober.sent - crashed_at) // 2
            wait_until(lambda: drops_count(appliance) >= wanted, 10,
                       f"half of the {prober.sent - crashed_at} probes to be counted", appliance.drops)
        prober.stop()
        lan_frames, wan_frames = lan.drain(), wan.drain()
        for connection in sockets:
            connection.close()
    assert {address for address, _ in peers} == {WAN_APPLIANCE}, "not translated"
    assert len(set(peers)) == CONNECTIONS and server.peers == peers, "connections were opened anew"
    assert not server.errors, server.errors
    used = {ports_of(frame)[0] for frame in wan_frames
            if frame[12:14] == b"\x08\x00" and frame[23] == 6 and ports_of(frame)[1] == 7007}
    assert used == {port for _, port in peers}, "a connection changed its port"
    assert not frames_from(lan_frames, PROBE_SOURCE), "a probe reached the LAN"
    assert not from_network(wan_frames, (192, 168, 1)), "an untranslated packet reached the WAN"
    assert appliance.restarts("firewall") - restarts_before == CRASHES, appliance.log_text()
    assert appliance.service("firewall")["state"] == "running"


def test_the_probes_would_be_seen_if_they_passed(router):
    """The control of the test above: the same capture shows an answer that does pass."""
    topology = router.topology
    with topology.packet_port(0) as lan:
        topology.lan.run("ping", "-n", "-c", 1, "-W", 2, WAN_HOST)
        assert frames_from(lan.drain(), WAN_HOST)


def test_ping_gap_of_a_firewall_crash_is_short(router):
    """From the crash to the next forwarded packet; the goal is 20 ms, the bound here is generous."""
    topology, appliance = router.topology, Appliance(router.console)
    with topology.lan.entered():
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with socket_udp(topology.wan) as server, client:
        client.settimeout(0.002)
        generation = appliance.generations()["firewall"]
        times = []
        router.serial.send("service crash firewall exception\r")
        end = time.monotonic() + 2
        while time.monotonic() < end:
            client.sendto(b"x", (WAN_HOST, 7008))
            try:
                data, peer = server.recvfrom(64)
                server.sendto(data, peer)
                client.recv(64)
                times.append(time.monotonic())
            except TimeoutError:
                continue
        gap = max(b - a for a, b in zip(times, times[1:]))
    appliance.wait_next_life("firewall", generation)
    print(f"longest gap {gap * 1000:.1f} ms in {len(times)} exchanges")
    assert gap < 0.25, f"{gap * 1000:.1f} ms"


def socket_udp(namespace):
    with namespace.entered():
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((WAN_HOST, 7008))
    server.settimeout(0.01)
    return server
