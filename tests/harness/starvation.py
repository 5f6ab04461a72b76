"""A machine whose host gives most of its processor to others: it stands still again and again, its clock runs on."""

import os
import signal
import threading


class Starvation:
    """with Starvation(machine, RUN_S, STILL_S): ...; in turn it runs for the one and stands still for the other."""

    def __init__(self, machine, run_s, still_s):
        self._pid, self._run_s, self._still_s = machine.pid, run_s, still_s
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._starve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join(5)
        os.kill(self._pid, signal.SIGCONT)

    def _starve(self):
        while not self._done.wait(self._run_s):
            os.kill(self._pid, signal.SIGSTOP)
            self._done.wait(self._still_s)
            os.kill(self._pid, signal.SIGCONT)
