"""What has to be there after every recovery, looked at from outside.

Services all running, the machine not rebooted, names in DS, the configuration
in force, a TCP connection through the router and one to it.
"""

import socket

from tests.harness.console import ConsoleError
from tests.harness.servers import EchoServer
from tests.harness.topology import LAN_GATEWAY, WAN_HOST
from tests.harness.waiting import wait_until

ECHO_PORT, THROUGH_PORT = 7, 7400
RUNNING_TIMEOUT_S = 15
ECHO_TIMEOUT_S = 8
NEWS = ("event.", "alert.")


class Connection:
    """A TCP connection from the LAN to something that echoes."""

    def __init__(self, namespace, address, port):
        self._where = namespace, address, port
        self._count, self._socket = 0, None
        self.open()

    def open(self):
        namespace, address, port = self._where
        self.close()
        with namespace.entered():
            self._socket = socket.create_connection((address, port), ECHO_TIMEOUT_S)
        self._socket.settimeout(ECHO_TIMEOUT_S)

    def close(self):
        if self._socket is not None:
            self._socket.close()

    def echoes(self):
        """Does a line sent now come back?"""
        self._count += 1
        line, got = f"line {self._count}\n".encode(), b""
        try:
            self._socket.sendall(line)
            while len(got) < len(line) and (chunk := self._socket.recv(len(line) - len(got))):
                got += chunk
        except OSError:
            return False
        return got == line


class State:
    """Taken when it is made; `broken` says what of it is gone."""

    def __init__(self, machine, appliance):
        self._machine, self._appliance = machine, appliance
        lan, wan = machine.topology.lan, machine.topology.wan
        self._server = EchoServer(wan, WAN_HOST, THROUGH_PORT)
        self._server.__enter__()
        self.through = Connection(lan, WAN_HOST, THROUGH_PORT)
        self.own = Connection(lan, LAN_GATEWAY, ECHO_PORT)
        self._names, self._config, self._uptime_us = self.names(), self._config_now(), self._uptime_now_us()
        self.services = sorted(appliance.running())

    def close(self):
        self.through.close()
        self.own.close()
        self._server.__exit__()

    def names(self):
        """What DS knows, without rings of news and sentences on how a service fares now."""
        rows = self._machine.console.json("show names")["names"]
        return {row["name"]: row.get("text", row.get("hex")) for row in rows
                if not row["name"].startswith(NEWS) and not row["name"].endswith(".status")}

    def wait_running(self):
        """Until every service runs again; their rows."""
        def rows():
            found = self._rows()
            if found and sorted(name for name, row in found.items() if row["state"] == "running") == self.services:
                return found
            return None
        return wait_until(rows, RUNNING_TIMEOUT_S, "all services to run", self._rows)

    def broken(self):
        """Words for what is not as it was; connections that were lost are opened anew."""
        found = []
        if not self._machine.alive or (uptime_us := self._uptime_now_us()) <= self._uptime_us:
            return ["rebooted"]
        self._uptime_us = uptime_us
        checks = (("names", lambda: self._names.items() <= self.names().items()),
                  ("config", lambda: self._config_now() == self._config),
                  ("flow", self.through.echoes), ("socket", self.own.echoes))
        for word, holds in checks:
            if not holds():
                found.append(word)
        if "flow" in found:
            self.through.open()
        if "socket" in found:
            self.own.open()
        return found

    def _rows(self):
        try:
            return self._appliance.services()
        except (TimeoutError, ConsoleError, ValueError):
            return None  # the console or its line is what has just died

    def _config_now(self):
        document = self._machine.console.json("show config")
        document.pop("serial", None)  # counts how often it was read
        return document

    def _uptime_now_us(self):
        return self._machine.console.json("show version")["uptime_us"]
