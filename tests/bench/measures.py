"""What is measured of a router. Each measure takes a started Router and gives one figure.

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

from tests.fault.stream import Stream
from tests.fault.transfer import Transfer
from tests.harness.paths import BUILD, ROOT
from tests.harness.topology import WAN_HOST

LOAD_S = 3.0
SETTLE_S = 1.0
IDLE_S = 20.0
IDLE_SETTLE_S = 40.0  # what the load has left behind, as flows and open connections, is gone
FRAME_64_BYTES, FRAME_512_BYTES, FRAME_1400_BYTES = 22, 470, 1358  # of payload: Ethernet, IP and UDP take 46
DOWNLOAD_BYTES = 128 << 20
PINGS = 300
CONNECTIONS_S = 4
CONNECTIONS_PORT = 7400
WITHOUT_PAUSE = -1


@dataclass(frozen=True)
class Measure:
    """`more` says whether more is better; `counts` whether it wants the counter."""

    name: str
    unit: str
    more: bool
    counts: bool
    take: Callable


def _arrived(router, size, rate):
    """Datagrams that arrived within LOAD_S, and instructions meanwhile if they are counted."""
    with Stream(router.topology, size) as stream:
        stream.rate(rate)
        time.sleep(SETTLE_S)
        before = router.instructions() if router.counts else 0
        window = stream.over(LOAD_S)
        return window.received, (router.instructions() if router.counts else 0) - before


def _packets_a_second(size):
    return lambda router: _arrived(router, size, WITHOUT_PAUSE)[0] / LOAD_S


def _instructions_a_packet(rate):
    def take(router):
        received, executed = _arrived(router, FRAME_64_BYTES, rate)
        return executed / received if received else float("inf")
    return take


def _idle(router):
    time.sleep(IDLE_SETTLE_S)
    before = router.instructions()
    time.sleep(IDLE_S)
    return (router.instructions() - before) / IDLE_S


def _throughput(upwards):
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
        done = subprocess.run([_program(), str(fds[0]), WAN_HOST, str(CONNECTIONS_PORT), str(CONNECTIONS_S),
                               str(fds[1])], pass_fds=fds, capture_output=True, text=True,
                              timeout=CONNECTIONS_S + 30, check=True)
    return int(done.stdout.split()[0])


def _connections_a_second(router):
    return _connections(router) / CONNECTIONS_S


def _instructions_a_connection(router):
    before = router.instructions()
    completed = _connections(router)
    return (router.instructions() - before) / completed if completed else float("inf")


def _program():
    source, program = ROOT / "tests" / "bench" / "connections.c", BUILD / "bench" / "connections"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        program.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", program, source],
                       check=True, timeout=60)
    return program


MEASURES = (
    Measure("UDP, 64-byte frames, saturated", "packets/s", True, False, _packets_a_second(FRAME_64_BYTES)),
    Measure("UDP, 512-byte frames, saturated", "packets/s", True, False, _packets_a_second(FRAME_512_BYTES)),
    Measure("UDP, 1,400-byte frames, saturated", "packets/s", True, False, _packets_a_second(FRAME_1400_BYTES)),
    Measure("TCP, WAN to LAN", "Mbit/s", True, False, _throughput(False)),
    Measure("TCP, LAN to WAN", "Mbit/s", True, False, _throughput(True)),
    Measure("Round trip, idle", "us", False, False, _round_trip(0)),
    Measure("Round trip, 5,000 packets/s beside it", "us", False, False, _round_trip(5000)),
    Measure("New TCP connections", "1/s", True, False, _connections_a_second),
    Measure("Instructions a 64-byte packet, saturated", "", False, True, _instructions_a_packet(WITHOUT_PAUSE)),
    Measure("Instructions a 64-byte packet at 1,000/s", "", False, True, _instructions_a_packet(1000)),
    Measure("Instructions a TCP connection, opened and closed", "", False, True, _instructions_a_connection),
    Measure("Instructions a second, idle", "1/s", False, True, _idle),
)
