"""`make run` as its user has it: image/qemu with pipes in the terminal's place, and its two hosts."""

import json
import os
import re
import subprocess
import threading

from tests.harness.namespace import Namespace
from tests.harness.paths import ROOT, TEST_ISO
from tests.harness.waiting import wait_until

FOLDER = TEST_ISO.parent
START_LIMIT_S = 60


class Run:
    def __init__(self):
        self.text = ""
        self._process = subprocess.Popen([ROOT / "image/qemu", FOLDER], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        while data := os.read(self._process.stdout.fileno(), 4096):
            self.text += data.decode(errors="replace")

    def wait_for(self, words):
        wait_until(lambda: words in self.text, START_LIMIT_S, f"'{words}'", lambda: self.text[-2000:])

    @property
    def web_console(self):
        """The address that it prints."""
        return re.search(r"https://127\.0\.0\.1:\d+/", self.text).group()

    def host(self, name):
        state = json.loads((FOLDER / "hosts.json").read_text(encoding="ascii"))
        return Namespace.found(name, f"/proc/{state['process']}/fd/{state['hosts'][name]}")

    def type(self, line):
        self._process.stdin.write(line.encode() + b"\r")
        self._process.stdin.flush()

    def ended(self):
        return self._process.wait(START_LIMIT_S)

    def stop(self):
        self._process.terminate()
        self._process.wait(START_LIMIT_S)
