"""The routers that are compared: Bulkhead, and Linux in two configurations.

Each is one QEMU with the same cards, one virtual processor and software
emulation, between the same two namespaces. A `Router` that is entered routes
from then on.
"""

import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench import costs
from tests.bench.counter import Counter
from tests.bench.linux_system import PROMPT, LinuxSystem
from tests.bench.rules import rules as rules_of
from tests.harness.machine import Machine, Spec
from tests.harness.paths import BUILD, ARTIFACTS
from tests.harness.settings import CONFIGURATION
from tests.harness.topology import WAN_HOST, Topology

ISO = BUILD / "bulkhead.iso"
BOOT_TIMEOUT_S = 300  # of Linux on a host that is busy with other work
LINUX_MEMORY_MIB = 128
BULKHEAD_MEMORY_MIB = 64
LARGE_ISO, LARGE_MEMORY_MIB = BUILD / "bench" / "large.iso", 256
QUIET = {**CONFIGURATION, "time": {"servers": []}}  # none answers there, and Linux asks none either


@dataclass(frozen=True)
class Kind:
    """One of the routers: `rules` names Linux's configuration; None is Bulkhead, from the image `iso`."""

    name: str
    rules: str | None = None
    kernel_words: str = ""
    iso: str = str(ISO)


BULKHEAD = Kind("Bulkhead")
LINUX = Kind("Linux, nftables", "plain")
LINUX_FAST = Kind("Linux, flowtable, no mitigations", "flowtable", "mitigations=off")
KINDS = (BULKHEAD, LINUX, LINUX_FAST)


def large_iso():
    """The product with larger tables: its kernel, and the bundle that stands beside it."""
    if not LARGE_ISO.exists() or LARGE_ISO.stat().st_mtime < ISO.stat().st_mtime:
        costs.rebundled(LARGE_ISO, ISO, "large")
    return LARGE_ISO


class LinuxMachine(Machine):
    """Linux in place of the appliance."""

    def __init__(self, spec, topology, directory, kind, rules=0):
        super().__init__(spec, topology, directory)
        self._kind, self._rules = kind, rules

    def _boot_words(self):
        system = LinuxSystem()
        words = f"console=ttyS0 quiet panic=-1 {self._kind.kernel_words} rules={self._kind.rules}"
        if self._rules:
            words += f" count={self._rules}"
        return ["-kernel", str(system.kernel), "-initrd", str(system.initramfs), "-append", words]

    def wait_ready(self, timeout_s):
        self.serial.wait_for(PROMPT, timeout_s)


class Router:
    """
    `machine`, `topology`; `instructions()` if it was asked to count them. `moment` makes a moment.Moment
    of a path: the attribute `moment` then. `large`: with memory, and in Bulkhead tables, for 100,000 flows.
    """

    def __init__(self, kind, nics=("rtl8139", "rtl8139"), count=False, memory_mib=None, rules=0, moment=None,
                 large=False, boot_timeout_s=BOOT_TIMEOUT_S):
        self.kind, self.nics, self.counts, self.large = kind, tuple(nics), count, large
        self.moment = self.topology = self.machine = None
        self._memory_mib, self._rules, self._make_moment = memory_mib, rules, moment
        self._boot_timeout_s = boot_timeout_s
        self._stack = ExitStack()

    def __enter__(self):
        try:
            self.start()
            self._wait_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Starts QEMU; what boots there is not waited for."""
        directory = ARTIFACTS / ("bench-" + "".join(letter for letter in self.kind.name.lower() if letter.isalnum()))
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        self.topology = Topology(len(self.nics))
        self._stack.callback(self.topology.close)
        self._counter = Counter(directory / "instructions") if self.counts else None
        self.moment = self._make_moment(directory / "moment") if self._make_moment else None
        self.machine = self._stack.enter_context(self._machine(directory))

    def close(self):
        self._stack.close()

    def instructions(self):
        """That the guest has executed since its start."""
        return self._counter.value

    def _machine(self, directory):
        devices = tuple(word for plugin in (self._counter, self.moment) if plugin for word in plugin.words)
        linux = self.kind.rules is not None
        usual = LARGE_MEMORY_MIB if self.large else LINUX_MEMORY_MIB if linux else BULKHEAD_MEMORY_MIB
        iso = str(large_iso()) if self.large and not linux else self.kind.iso
        config = QUIET | ({"rules": rules_of(self._rules)} if self._rules else {})
        spec = Spec(nics=self.nics, capture=False, devices=devices, memory_mib=self._memory_mib or usual,
                    iso=iso, config=json.dumps(config))
        if linux:
            return LinuxMachine(spec, self.topology, directory, self.kind, self._rules)
        return Machine(spec, self.topology, directory)

    def _wait_ready(self):
        self.machine.wait_ready(self._boot_timeout_s)
        self.topology.lan.run("ping", "-n", "-c", 3, "-i", 0.2, "-W", 5, WAN_HOST)
