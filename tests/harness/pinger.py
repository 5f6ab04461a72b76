"""Pings at a steady rate in the background; afterwards tells how many were lost."""

import re
import subprocess

END_TIMEOUT_S = 15


class Pinger:
    def __init__(self, namespace, address, interval_s=0.01):
        self._argv = ["ping", "-n", "-i", interval_s, "-W", 1, address]
        self._namespace = namespace
        self._process = None
        self.sent = self.received = 0
        self.output = ""

    def __enter__(self):
        self._process = self._namespace.popen(*self._argv, stdout=subprocess.PIPE,
                                              stderr=subprocess.STDOUT, text=True)
        return self

    def __exit__(self, *_):
        self._process.send_signal(2)  # as a Ctrl-C: prints the summary
        try:
            self.output, _ = self._process.communicate(timeout=END_TIMEOUT_S)
        finally:
            self._process.kill()
        summary = re.search(r"(\d+) packets transmitted, (\d+) received", self.output)
        assert summary, f"ping printed no summary: {self.output[-500:]}"
        self.sent, self.received = int(summary[1]), int(summary[2])

    @property
    def lost(self):
        return self.sent - self.received

    def longest_gap(self):
        """Of replies in a row missing, by their sequence numbers."""
        numbers = sorted({int(number) for number in re.findall(r"icmp_seq=(\d+) ttl=", self.output)})
        return max((b - a - 1 for a, b in zip(numbers, numbers[1:])), default=self.sent)
