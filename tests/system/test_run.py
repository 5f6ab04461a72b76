"""`make run`: a router between two hosts of its own, and what it says can be tried works."""

import json
import os
import re
import ssl
import subprocess
import threading
import urllib.error
import urllib.request

import pytest

from tests.harness.paths import ROOT, TEST_ISO
from tests.harness.waiting import wait_until

FOLDER = TEST_ISO.parent
START_LIMIT_S = 60
COMMAND_LIMIT_S = 60


class Run:
    """image/qemu with pipes in the terminal's place."""

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

    def type(self, line):
        self._process.stdin.write(line.encode() + b"\r")
        self._process.stdin.flush()

    def ended(self):
        return self._process.wait(START_LIMIT_S)

    def stop(self):
        self._process.terminate()
        self._process.wait(START_LIMIT_S)


@pytest.fixture
def run():
    started = Run()
    try:
        started.wait_for("bulkhead>")
        yield started
    finally:
        started.stop()


def host(*words):
    return subprocess.run([ROOT / "image/host", *words], env=os.environ | {"HOSTS": str(FOLDER / "hosts.json")},
                          capture_output=True, text=True, timeout=COMMAND_LIMIT_S, check=False)


def test_suggestions_work_and_poweroff_ends_it(run):
    suggested = [line.split()[1:] for line in run.text.splitlines() if line.strip().startswith("image/host lan ")]
    ping, curl = suggested
    done = host(*ping, "-c", "3")
    assert done.returncode == 0 and " 0% packet loss" in done.stdout, done
    done = host(*curl, "-sS", "-w", "%{size_download}")
    assert done.returncode == 0 and done.stdout == str(200 * 1024 * 1024), done
    assert "no host 'man'; there are lan, wan" in host("man").stderr
    run.type("poweroff")
    assert run.ended() == 0
    assert "no router runs" in host("lan", "true").stderr


def test_the_web_console_is_where_it_says(run):
    address = re.search(r"https://127\.0\.0\.1:\d+/", run.text).group()
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

    def session():
        try:
            with urllib.request.urlopen(f"{address}api/v1/session", context=trusting, timeout=5) as answer:
                return json.load(answer)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None  # it makes its certificate first
    found = wait_until(session, START_LIMIT_S, "the web console's answer", lambda: run.text[-500:])
    assert found["first_visit"] is True and found["user"] is None, found
