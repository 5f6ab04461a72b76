"""Boots of a router: from its kernel's first instruction to the first packet that it forwards, and in how little memory."""

import mmap
import socket
import struct
import threading
import time
from functools import cached_property, partial

from tests.bench import forwarding
from tests.bench.forwarding import Bursts
from tests.bench.program import plugin
from tests.bench.routers import BOOT_TIMEOUT_S, BULKHEAD_MEMORY_MIB, LINUX_MEMORY_MIB, LinuxMachine, Router
from tests.harness.machine import Machine
from tests.harness.paths import ARTIFACTS, BUILD
from tests.harness.topology import LAN_GATEWAY, WAN_HOST

PORT = 7500
PAUSE_S = 0.005  # between datagrams: so exact the boot time is
FORWARDS_TIMEOUT_S = 10
LINUX_ENTRY = 0x100000  # Documentation/x86/boot.rst, code32_start: where the boot loader's part ends
ELF_ENTRY_OFFSET = 24
TIMES = struct.Struct("=QQ")
BULKHEAD_MIB = (33, 32, 31, 30, 29)
SMALL_TIMEOUT_S = 60  # of a boot that memory may be too small for: nine times what Linux takes
LINUX_MIB = (112, 104, 96, 88, 80, 72, 64)


class Moment:
    """When the guest first executed what is at `address`."""

    def __init__(self, path, address):
        path.write_bytes(bytes(TIMES.size))
        with open(path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), TIMES.size)
        self.words = ["-plugin", f"{plugin('moment')},at={address:#x},when={path}"]

    @property
    def times_s(self):
        """Of time.monotonic(), and of the thread that is the guest's processor; zeros: not yet."""
        return [value / 1e9 for value in TIMES.unpack(self._map[:TIMES.size])]


def _entry(kind):
    if kind.rules is not None:
        return LINUX_ENTRY
    return struct.unpack_from("<Q", (BUILD / "boot" / "kernel.elf").read_bytes(), ELF_ENTRY_OFFSET)[0]


class _FirstArrival:
    """Datagrams from the LAN, one each PAUSE_S, until one has come through; the neighbour needs not be asked for."""

    def __init__(self, topology, gateway_mac):
        link = topology.links[0]
        topology.lan.run("ip", "neigh", "replace", LAN_GATEWAY, "lladdr", gateway_mac, "dev", link.name)
        with topology.wan.entered():
            self._receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._receiver.bind((WAN_HOST, PORT))
        with topology.lan.entered():
            self._sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def wait(self, timeout_s):
        """Its time, or None."""
        self._receiver.settimeout(timeout_s)
        try:
            self._receiver.recv(64)
            return time.monotonic()
        except TimeoutError:
            return None

    def close(self):
        self._stop.set()
        self._thread.join(5)
        self._sender.close()
        self._receiver.close()

    def _send(self):
        while not self._stop.wait(PAUSE_S):
            try:
                self._sender.sendto(bytes(22), (WAN_HOST, PORT))
            except OSError:
                pass  # the cable's queue is full while nobody takes what is in it


class Starts:
    """Of one kind of router with such cards."""

    def __init__(self, kind, nics):
        self._kind, self._nics = kind, nics

    @cached_property
    def boot_s(self):
        """
        From the kernel's first instruction to the first datagram forwarded: by the clock, and of the guest's
        processor, without what the host made it wait and what it waited itself.
        """
        router = Router(self._kind, self._nics, moment=lambda path: Moment(path, _entry(self._kind)))
        arrival = None
        try:
            router.start()
            arrival = _FirstArrival(router.topology, router.machine.mac(0))
            came = arrival.wait(BOOT_TIMEOUT_S)
            if not came:
                raise TimeoutError(f"nothing forwarded within {BOOT_TIMEOUT_S} s")
            began, used = router.moment.times_s
            return came - began, router.machine.processor_ns / 1e9 - used
        finally:
            if arrival:
                arrival.close()
            router.close()

    @cached_property
    def burst_ns(self):
        """The guest's processor, a 64-byte packet of a burst; Linux loses what comes beyond 64 of them at once."""
        return self._burst(timed=True)

    @cached_property
    def burst_instructions(self):
        return self._burst(timed=False)

    def _burst(self, timed):
        linux = self._kind.rules is not None
        machine = partial(LinuxMachine, kind=self._kind) if linux else Machine
        memory_mib = LINUX_MEMORY_MIB if linux else BULKHEAD_MEMORY_MIB
        with Bursts(ARTIFACTS / "bench-bursts", self._kind.iso, self._nics[0], timed=timed, machine=machine,
                    memory_mib=memory_mib) as running:
            forwarding.acquaint(running)
            return forwarding.packet(running)

    def memory_mib(self):
        """The least of the sizes tried with which it boots and forwards."""
        least = float("nan")
        for mib in LINUX_MIB if self._kind.rules is not None else BULKHEAD_MIB:
            if not self._forwards(mib):
                break
            least = mib
        return least

    def _forwards(self, mib):
        try:
            with Router(self._kind, self._nics, memory_mib=mib, boot_timeout_s=SMALL_TIMEOUT_S):
                return True
        except (TimeoutError, RuntimeError):
            return False
