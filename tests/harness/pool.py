"""The one machine that runs at a time, kept from test to test.

Two cores emulate one machine well and two badly. A test asks for a machine of
some make; the one running is given if it is of that make, in good health and
no test has failed on it. The files of a failed run stay in the artifacts
folder, under the name of the test that booted it; those of a good run go.
"""

import re
import shutil

from tests.harness.machine import Machine
from tests.harness.paths import ARTIFACTS
from tests.harness.topology import Topology


class Pool:
    def __init__(self, failures):
        """`failures` counts the tests failed so far."""
        self._failures = failures
        self._machine = None
        self._failures_before = 0

    def get(self, spec, name):
        """A machine of that make with its prompt on the line."""
        if not self._fits(spec):
            self.discard()
            self.boot(spec, name)
            self._machine.console.wait_ready()
        return self._machine

    def boot(self, spec, name):
        """A new machine, started only; still the pool's to end."""
        self.discard()
        directory = ARTIFACTS / re.sub(r"[^\w.-]+", "_", name)
        shutil.rmtree(directory, ignore_errors=True)
        self._failures_before = self._failures()
        self._machine = Machine(spec, Topology(len(spec.nics)), directory)
        return self._machine.start()

    def discard(self):
        """Ends the machine, if there is one, and its networks."""
        machine, self._machine = self._machine, None
        if machine is None:
            return
        try:
            machine.stop()
        finally:
            machine.topology.close()
        if self._failures() == self._failures_before:
            shutil.rmtree(machine.directory, ignore_errors=True)

    def _fits(self, spec):
        return (self._machine is not None and self._machine.spec == spec and self._machine.alive
                and self._failures() == self._failures_before)
