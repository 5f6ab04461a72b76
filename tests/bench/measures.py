"""What is measured of a router, and what it is to be beside Linux. A measure gives one figure.

Times and rates are of a router without the counter, guest instructions of one
with it: counting costs the host time.
"""

import re
import socket
import statistics
import subprocess
import time
from dataclasses import dataclass
from typing import Callable

from tests.bench.program import program
from tests.fault.stream import RECEIVE_BUFFER_BYTES, SO_RCVBUFFORCE, Stream
from tests.fault.transfer import Transfer
from tests.harness.topology import WAN_HOST

LOAD_S = 3.0
SETTLE_S = 1.0
IDLE_S = 60.0  # SILENCE_IDLE_LONGEST_MS, about: Bulkhead asks its neighbours that seldom
IDLE_SETTLE_S = 40.0  # what the boot has left behind, as flows and open connections, is gone
FRAME_64_BYTES, FRAME_512_BYTES, FRAME_1400_BYTES = 22, 470, 1358  # of payload: Ethernet, IP and UDP take 46
DOWNLOAD_BYTES = 32 << 20
PINGS = 300
CONNECTIONS_S = 4
CONNECTIONS_PORT = 7400
WITHOUT_PAUSE = -1
NE2000_GOAL = 1.5
RULES = (10, 1_000, 10_000)
FLOWS = (1_000, 100_000)
PRODUCT_FLOWS = 32_000  # for more it needs larger tables, and a machine with more memory
FLOWS_PORT, FLOWS_SOCKETS = 7200, 64
FLOWS_NETWORK = "198.18.0.0/15"
FLOWS_OPEN_LIMIT_S = 120


@dataclass(frozen=True)
class Measure:
    """
    `more` says whether more is better, `goal` what Bulkhead's figure over Linux's is to be at least, or at most;
    `limit` what it is to be itself. `take` gets a router that routes with so many `rules`, and the counter if it
    `counts`, with `large` tables and memory; or, if it `boots` one itself, Starts. `once`: it is the same each time.
    """

    name: str
    unit: str
    more: bool
    take: Callable
    goal: float | None = None
    limit: float | None = None
    counts: bool = False
    rules: int = 0
    large: bool = False
    boots: bool = False
    once: bool = False

    def goal_with(self, nics):
        """Of the NE2000, whose every byte the processor moves, less is asked."""
        slow = self.unit == "packets/s" and any("ne2k" in nic for nic in nics)
        return min(self.goal, NE2000_GOAL) if slow else self.goal


def _arrived(router, size, rate):
    """Datagrams that arrived within LOAD_S, and instructions meanwhile if they are counted."""
    with Stream(router.topology, size) as stream:
        stream.rate(rate)
        time.sleep(SETTLE_S)
        before = router.instructions() if router.counts else 0
        window = stream.over(LOAD_S)
        return window.received, (router.instructions() if router.counts else 0) - before


def packets_a_second(size):
    return lambda router: _arrived(router, size, WITHOUT_PAUSE)[0] / LOAD_S


def processor_ns_a_packet(router):
    """Of the host's processor, taken by the guest's, for one that arrived."""
    with Stream(router.topology, FRAME_64_BYTES) as stream:
        stream.rate(WITHOUT_PAUSE)
        time.sleep(SETTLE_S)
        before = router.machine.processor_ns
        window = stream.over(LOAD_S)
        return (router.machine.processor_ns - before) / window.received


def instructions_a_packet(rate):
    def take(router):
        received, executed = _arrived(router, FRAME_64_BYTES, rate)
        return executed / received if received else float("inf")
    return take


def _idle(router):
    """The first of its boot: flows that a load has left are swept for minutes."""
    time.sleep(IDLE_SETTLE_S)
    before = router.instructions()
    time.sleep(IDLE_S)
    return (router.instructions() - before) / IDLE_S


def throughput(upwards):
    def take(router):
        found = Transfer(router.topology, DOWNLOAD_BYTES, upwards=upwards).result(120)
        return found["bytes"] * 8 / found["seconds"] / 1e6 if found["seconds"] else 0.0
    return take


def _round_trip(loaded):
    def take(router):
        if not loaded:
            return _ping_us(router)
        with Stream(router.topology) as stream:
            stream.rate(loaded)
            time.sleep(SETTLE_S)
            return _ping_us(router)
    return take


def _ping_us(router):
    done = router.topology.lan.run("ping", "-n", "-c", PINGS, "-i", 0.01, "-W", 1, WAN_HOST, timeout=30, check=False)
    times = [float(text) for text in re.findall(r"time=([\d.]+) ms", done.stdout)]
    return statistics.median(times) * 1000 if times else float("inf")


def _connections(router):
    """Completed connections, over CONNECTIONS_S."""
    with router.topology.wan.entered():
        listener = socket.create_server((WAN_HOST, CONNECTIONS_PORT), backlog=512)
    with listener:
        fds = listener.fileno(), router.topology.lan.fd
        words = fds[0], WAN_HOST, CONNECTIONS_PORT, CONNECTIONS_S, fds[1]
        return int(_said("connections", words, fds, CONNECTIONS_S + 30)[0])


def _said(name, words, fds, timeout_s):
    """What the program tests/bench/NAME.c prints."""
    done = subprocess.run([program(name), *map(str, words)], pass_fds=fds, capture_output=True, text=True,
                          timeout=timeout_s, check=True)
    return done.stdout.split()


def connections_a_second(router):
    return _connections(router) / CONNECTIONS_S


def instructions_a_connection(router):
    before = router.instructions()
    completed = _connections(router)
    return (router.instructions() - before) / completed if completed else float("inf")


def _flows(count):
    """Packets a second over so many flows in turn; infinite if not all of them pass."""
    def take(router):
        wan, lan = router.topology.wan, router.topology.lan
        wan.run("ip", "route", "replace", "local", FLOWS_NETWORK, "dev", "lo")
        with wan.entered():
            receiver = _datagrams(FLOWS_PORT)
        with lan.entered():
            senders = [_datagrams(0) for _ in range(FLOWS_SOCKETS)]
        try:
            fds = [each.fileno() for each in (receiver, *senders)]
            words = fds[0], count, LOAD_S, *fds[1:]
            opened, arrived, _ = map(int, _said("flows", words, fds, LOAD_S + FLOWS_OPEN_LIMIT_S))
            return arrived / LOAD_S if opened == count else float("nan")
        finally:
            for each in (receiver, *senders):
                each.close()
    return take


def _datagrams(port):
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
    found.bind(("0.0.0.0", port))
    return found


NAME_FLOWS = "UDP, 64-byte frames, {:,} flows in turn"
NAME_RULES = "Instructions a 64-byte packet, saturated, {:,} rules", "Instructions a TCP connection, {:,} rules"

# What is to be the same, however many rules or flows there are.
FLAT = [[name.format(count) for count in RULES] for name in NAME_RULES] + [[NAME_FLOWS.format(count) for count in FLOWS]]
FLAT_WITHIN = 0.1


def _with_rules(count):
    packet, connection = (name.format(count) for name in NAME_RULES)
    return (
        Measure(packet, "", False, instructions_a_packet(WITHOUT_PAUSE), counts=True, rules=count),
        Measure(connection, "", False, instructions_a_connection, counts=True, rules=count),
    )


MEASURES = (
    Measure("UDP, 64-byte frames, saturated", "packets/s", True, packets_a_second(FRAME_64_BYTES), goal=2),
    Measure("Processor time a 64-byte packet, saturated", "ns of the host", False, processor_ns_a_packet),
    Measure("UDP, 512-byte frames, saturated", "packets/s", True, packets_a_second(FRAME_512_BYTES), goal=1),
    Measure("UDP, 1,400-byte frames, saturated", "packets/s", True, packets_a_second(FRAME_1400_BYTES), goal=1),
    Measure("TCP, WAN to LAN", "Mbit/s", True, throughput(False), goal=1),
    Measure("TCP, LAN to WAN", "Mbit/s", True, throughput(True), goal=1),
    Measure("Round trip, idle", "us", False, _round_trip(0), goal=1),
    Measure("Round trip, 5,000 packets/s beside it", "us", False, _round_trip(5000)),
    Measure("New TCP connections", "1/s", True, connections_a_second, goal=2),
    *(Measure(NAME_FLOWS.format(count), "packets/s", True, _flows(count), goal=2,
              large=count > PRODUCT_FLOWS) for count in FLOWS),
    Measure("Instructions a second, idle", "1/s", False, _idle, goal=1 / 10, counts=True),
    Measure("Instructions a 64-byte packet, saturated", "", False, instructions_a_packet(WITHOUT_PAUSE), goal=1 / 4,
            counts=True),
    Measure("Instructions a 64-byte packet at 1,000/s", "", False, instructions_a_packet(1000), goal=1 / 2,
            counts=True),
    Measure("Instructions a TCP connection, opened and closed", "", False, instructions_a_connection, counts=True),
    *(measure for count in RULES for measure in _with_rules(count)),
    Measure("Processor time a 64-byte packet, 32 at once", "ns of the host", False, lambda starts: starts.burst_ns,
            boots=True),
    Measure("Instructions a 64-byte packet, 32 at once", "", False, lambda starts: starts.burst_instructions,
            goal=1 / 4, boots=True),
    Measure("Boot: kernel's first instruction to first packet forwarded", "ms", False,
            lambda starts: starts.boot_s[0] * 1000, limit=1000, boots=True),
    Measure("Boot: the guest's processor until then", "ms", False, lambda starts: starts.boot_s[1] * 1000, boots=True),
    Measure("Smallest memory that it boots and forwards with", "MiB", False, lambda starts: starts.memory_mib(), limit=32,
            boots=True, once=True),
)
