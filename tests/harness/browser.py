"""A person at the web console: Chromium in a namespace, who plays one of appliance/www/tests/plays.ts."""

import os
import queue
import subprocess
import threading

from tests.harness.paths import ROOT
from tests.harness.topology import LAN_GATEWAY
from tests.harness.web import PASSWORD

WWW = ROOT / "appliance" / "www"
PLAYS = ROOT / "build" / "tests" / "www" / "plays.cjs"
STEP_TIMEOUT_S = 120


class Play:
    """Runs beside the test; `expect` waits until it has come to a place, `go_on` lets it pass."""

    def __init__(self, namespace, name, address=f"https://{LAN_GATEWAY}/"):
        subprocess.run([WWW / "node_modules/.bin/esbuild", WWW / "tests/plays.ts", "--bundle", "--platform=node",
                        "--format=cjs", "--target=node18", "--external:playwright-core", "--log-level=warning",
                        f"--outfile={PLAYS}"], check=True, timeout=60)
        # In appliance/www, where it looks for its folder of pictures.
        self._process = namespace.popen(
            "node", PLAYS, name, address, PASSWORD,
            cwd=WWW, env={**os.environ, "NODE_PATH": str(WWW / "node_modules")},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._lines = queue.Queue()
        self._errors = []
        self._readers = [threading.Thread(target=self._read_lines, daemon=True),
                         threading.Thread(target=self._read_errors, daemon=True)]
        for reader in self._readers:
            reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait(10)

    def expect(self, what):
        try:
            line = self._lines.get(timeout=STEP_TIMEOUT_S)
        except queue.Empty:
            raise AssertionError(f"the browser has not come to '{what}' in {STEP_TIMEOUT_S} s") from None
        if line != what:
            self._process.wait(10)
            self._readers[1].join(5)
            raise AssertionError(f"'{what}' expected of the browser, not '{line}': {''.join(self._errors)}")

    def go_on(self):
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def _read_lines(self):
        for line in self._process.stdout:
            self._lines.put(line.strip())
        self._lines.put("its end")

    def _read_errors(self):
        self._errors.extend(self._process.stderr)
