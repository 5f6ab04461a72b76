"""`make run`: a router between two hosts of its own, and what it says can be tried works."""

import json
import os
import ssl
import subprocess
import urllib.error
import urllib.request

from tests.harness.paths import ROOT
from tests.harness.run import FOLDER, START_LIMIT_S
from tests.harness.waiting import wait_until

COMMAND_LIMIT_S = 60


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
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

    def session():
        try:
            with urllib.request.urlopen(f"{run.web_console}api/v1/session", context=trusting, timeout=5) as answer:
                return json.load(answer)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None  # it makes its certificate first
    found = wait_until(session, START_LIMIT_S, "the web console's answer", lambda: run.text[-500:])
    assert found["first_visit"] is True and found["user"] is None, found
