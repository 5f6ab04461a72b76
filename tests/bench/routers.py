"""The routers that are compared: Bulkhead, and Linux in two configurations.

Each is one QEMU with the same cards, one virtual processor and software
emulation, between the same two namespaces. A `Router` is started by entering
it, and routes from then on.
"""

import json
import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench.counter import Counter
from tests.bench.linux_system import PROMPT, LinuxSystem
from tests.harness.machine import Machine, Spec
from tests.harness.paths import BUILD, ARTIFACTS
from tests.harness.settings import CONFIGURATION
from tests.harness.topology import WAN_HOST, Topology

ISO = BUILD / "bulkhead.iso"
BOOT_TIMEOUT_S = 90
LINUX_MEMORY_MIB = 128
BULKHEAD_MEMORY_MIB = 64
QUIET = {**CONFIGURATION, "time": {"servers": []}}  # none answers there, and Linux asks none either


@dataclass(frozen=True)
class Kind:
    """One of the routers: `rules` names Linux's configuration, None is Bulkhead."""

    name: str
    rules: str | None = None
    kernel_words: str = ""


BULKHEAD = Kind("Bulkhead")
LINUX = Kind("Linux, nftables", "plain")
LINUX_FAST = Kind("Linux, flowtable, no mitigations", "flowtable", "mitigations=off")
KINDS = (BULKHEAD, LINUX, LINUX_FAST)


class LinuxMachine(Machine):
    """Linux in place of the appliance."""

    def __init__(self, spec, topology, directory, kind):
        super().__init__(spec, topology, directory)
        self._kind = kind

    def _boot_words(self):
        system = LinuxSystem()
        words = f"console=ttyS0 quiet panic=-1 {self._kind.kernel_words} rules={self._kind.rules}"
        return ["-kernel", str(system.kernel), "-initrd", str(system.initramfs), "-append", words]


class Router:
    """`machine`, `topology`; `instructions()` if it was asked to count them."""

    def __init__(self, kind, nics=("rtl8139", "rtl8139"), count=False, memory_mib=None):
        self.kind, self.nics, self.counts = kind, tuple(nics), count
        self._memory_mib = memory_mib
        self._stack = ExitStack()

    def __enter__(self):
        directory = ARTIFACTS / ("bench-" + "".join(letter for letter in self.kind.name.lower() if letter.isalnum()))
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        with ExitStack() as stack:
            self.topology = Topology(len(self.nics))
            stack.callback(self.topology.close)
            self._counter = Counter(directory / "instructions") if self.counts else None
            began = time.monotonic()
            self.machine = stack.enter_context(self._machine(directory))
            self._wait_ready()
            self.ready_s = time.monotonic() - began
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def instructions(self):
        """That the guest has executed since its start."""
        return self._counter.value

    def _machine(self, directory):
        devices = tuple(self._counter.words) if self._counter else ()
        linux = self.kind.rules is not None
        memory = self._memory_mib or (LINUX_MEMORY_MIB if linux else BULKHEAD_MEMORY_MIB)
        spec = Spec(nics=self.nics, capture=False, devices=devices, memory_mib=memory, iso=str(ISO),
                    config=json.dumps(QUIET))
        if linux:
            return LinuxMachine(spec, self.topology, directory, self.kind)
        return Machine(spec, self.topology, directory)

    def _wait_ready(self):
        if self.kind.rules is None:
            self.machine.console.wait_ready(BOOT_TIMEOUT_S)
        else:
            self.machine.serial.wait_for(PROMPT, BOOT_TIMEOUT_S)
        self.topology.lan.run("ping", "-n", "-c", 3, "-i", 0.2, "-W", 5, WAN_HOST)
