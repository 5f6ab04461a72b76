"""The hosts around the router of `make run`: the network of the system tests,
with a web server on the WAN host, and a file that tells image/host where it is.
"""

import json
import os
import sys

from image.doorway import Doorway
from tests.harness import image, sandbox
from tests.harness.settings import CONFIGURATION_TEXT
from tests.harness.topology import LAN_GATEWAY, WAN_HOST, Topology

HTTPS_PORT = 443
DOWNLOAD = "200M"
DOWNLOAD_BYTES = 200 * 1024 * 1024


class Hosts:
    """OSError or RuntimeError where this machine lets us make no networks."""

    def __init__(self, folder):
        self._doorway = Doorway()  # before we leave the network that the browser is in
        try:
            self._build(folder)
        except BaseException:
            self._doorway.close()  # the port is wanted by who goes on without us
            raise

    def _build(self, folder):
        sandbox.enter()
        self._topology = Topology(2)
        self._doorway.lead(self._topology.lan, LAN_GATEWAY, HTTPS_PORT)
        self.console_port = self._doorway.port
        self.links = self._topology.links
        self._state = folder / "hosts.json"
        self._serve(folder / "wan")
        self.drive = image.config_drive(folder / "config.img", CONFIGURATION_TEXT)
        self._state.write_text(json.dumps({"process": os.getpid(), "hosts": {
            namespace.name: namespace.fd for namespace in self._topology.namespaces}}), encoding="ascii")

    def close(self):
        self._state.unlink(missing_ok=True)
        self._doorway.close()
        self._server.kill()
        self._server.wait()
        self._topology.close()

    def _serve(self, folder):
        folder.mkdir(exist_ok=True)
        with open(folder / DOWNLOAD, "wb") as file:
            file.truncate(DOWNLOAD_BYTES)
        with open(folder.with_suffix(".log"), "wb") as log:
            self._server = self._topology.wan.popen(sys.executable, "-m", "http.server", "--bind", WAN_HOST,
                                                    "--directory", folder, "80", stdout=log, stderr=log)
