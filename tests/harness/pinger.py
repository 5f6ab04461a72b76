"""Pings at a steady rate in the background; afterwards tells how many were lost."""

import re
import subprocess
import threading

from tests.harness.waiting import wait_until

END_TIMEOUT_S = 15
MORE_TIMEOUT_S = 10
LAST_S = 1  # an answer that comes later counts as none: ping's -W


class Pinger:
    def __init__(self, namespace, address, interval_s=0.01):
        self._argv = ["ping", "-n", "-i", interval_s, "-W", LAST_S, address]
        self._namespace = namespace
        self._process = self._reader = None
        self.sent = self.received = self.under_way = 0
        self.output = ""

    def __enter__(self):
        self._process = self._namespace.popen(*self._argv, stdout=subprocess.PIPE,
                                              stderr=subprocess.STDOUT, text=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_):
        still_answered = self._is_answered_again()
        self._process.send_signal(2)  # as a Ctrl-C: prints the summary
        try:
            self._process.wait(END_TIMEOUT_S)
        finally:
            self._process.kill()
        self._reader.join(END_TIMEOUT_S)
        summary = re.search(r"(\d+) packets transmitted, (\d+) received", self.output)
        assert summary, f"ping printed no summary: {self.output[-500:]}"
        self.sent, self.received = int(summary[1]), int(summary[2])
        if still_answered:
            self.under_way = self.sent - max(self._numbers())

    def wait_more(self, count):
        """Waits until `count` more pings have been answered than by now."""
        wanted = self._answered() + count
        wait_until(lambda: self._answered() >= wanted, MORE_TIMEOUT_S, f"{count} more answers",
                   lambda: self.output[-500:])

    def _is_answered_again(self):
        """If so, what was sent behind the last answer is on its way, and not lost."""
        before = self._answered()
        try:
            return wait_until(lambda: self._answered() > before, LAST_S, "another answer")
        except TimeoutError:
            return False

    def _answered(self):
        return len(self._numbers())

    def _numbers(self):
        return sorted({int(number) for number in re.findall(r"icmp_seq=(\d+) ttl=", self.output)})

    def _read(self):
        for line in self._process.stdout:
            self.output += line

    @property
    def lost(self):
        return self.sent - self.received - self.under_way

    def longest_gap(self):
        """Of replies in a row missing, by their sequence numbers."""
        numbers = self._numbers()
        return max((b - a - 1 for a, b in zip(numbers, numbers[1:])), default=self.sent)
