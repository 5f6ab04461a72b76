"""How long the host kept a machine from running.

A router in a virtual machine whose host gives the processor to others stands still while its clock
runs on, and what it then noticed late, it noticed in time by what it could know. Linux counts for each
thread how long it was ready to run and did not (the second number of /proc/PID/task/TID/schedstat); what
a host below ours takes shows in a thread that wants to sleep for a millisecond and sleeps for longer.
"""

import threading
import time
from pathlib import Path

SLEEP_S = 0.001
LATE_S = 0.005  # less is the interpreter's own doing


def waited_us(thread):
    """How long it has waited for a processor since it began; 0 where Linux does not count."""
    try:
        return int(Path(f"/proc/{thread}/schedstat").read_text().split()[1]) // 1000
    except (OSError, IndexError):
        return 0


class Stillness:
    """with Stillness(machine) as still: ...; still.ms: an upper bound of the time its processor stood still."""

    def __init__(self, machine):
        self._thread = machine.processor_thread
        self._late_s, self._done = 0.0, threading.Event()
        self._sleeper = threading.Thread(target=self._sleep, daemon=True)
        self.ms = None

    def __enter__(self):
        self._before_us = waited_us(self._thread)
        self._sleeper.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._sleeper.join(5)
        self.ms = (waited_us(self._thread) - self._before_us) / 1000 + self._late_s * 1000

    def _sleep(self):
        before = time.monotonic()
        while not self._done.is_set():
            time.sleep(SLEEP_S)
            now = time.monotonic()
            if now - before > LATE_S:
                self._late_s += now - before - SLEEP_S
            before = now
