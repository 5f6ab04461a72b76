"""The provider's DHCP server on the WAN: dnsmasq or kea, as found in the wild, and one who only
watches what they and the appliance say to each other."""

import json
import os
import signal
import tempfile
from pathlib import Path

from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.l2 import Ether

from tests.harness.waiting import wait_until

INTERFACE = "eth1"
NAME_SERVER = "203.0.113.53"
DHCP_MESSAGES = {1: "discover", 2: "offer", 3: "request", 4: "decline", 5: "ack", 6: "nak", 7: "release"}


class Provider:
    """A server that gives addresses `first` to `last` of the WAN's network for `lease_s` seconds."""

    def __init__(self, namespace, first=100, last=120, lease_s=120, renew_s=None, rebind_s=None,
                 network="203.0.113"):
        self._namespace, self._network = namespace, network
        self._pool = tuple(f"{network}.{number}" for number in (first, last))
        self._times = lease_s, renew_s or lease_s // 2, rebind_s or lease_s * 7 // 8
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self._process = None

    def __enter__(self):
        self._log = open(self.folder / "log", "wb")
        environment = os.environ | {"KEA_PIDFILE_DIR": str(self.folder), "KEA_LOCKFILE_DIR": str(self.folder)}
        self._process = self._namespace.popen(*self._argv(), stdout=self._log, stderr=self._log, env=environment)
        wait_until(self._is_ready, 10, f"{type(self).__name__} to listen", self.said)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait(5)
        self._log.close()
        self._folder.cleanup()

    def said(self):
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def pause(self):
        """The server is there and says nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self):
        self._process.send_signal(signal.SIGCONT)

    def _is_ready(self):
        assert self._process.poll() is None, self.said()
        return self.ready_words in (self.folder / "log").read_text(errors="replace")


class Dnsmasq(Provider):
    """Its leases last two minutes at least; T1 and T2 can be sooner."""

    ready_words = "DHCP, sockets bound exclusively"

    def _argv(self):
        lease_s, renew_s, rebind_s = self._times
        return ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--user=root", "--no-ping",
                "--bind-interfaces", f"--interface={INTERFACE}", "--dhcp-authoritative", "--log-dhcp",
                f"--dhcp-range={self._pool[0]},{self._pool[1]},255.255.255.0,{lease_s}",
                f"--dhcp-option=option:router,{self._network}.1", f"--dhcp-option=option:dns-server,{NAME_SERVER}",
                f"--dhcp-option=option:T1,{renew_s}", f"--dhcp-option=option:T2,{rebind_s}",
                f"--dhcp-leasefile={self.folder}/leases", f"--pid-file={self.folder}/pid"]


class Kea(Provider):
    ready_words = "DHCP4_STARTED"

    def _argv(self):
        lease_s, renew_s, rebind_s = self._times
        document = {"Dhcp4": {
            "interfaces-config": {"interfaces": [INTERFACE], "dhcp-socket-type": "raw"},
            "lease-database": {"type": "memfile", "persist": False},
            "authoritative": True,
            "valid-lifetime": lease_s, "renew-timer": renew_s, "rebind-timer": rebind_s,
            "subnet4": [{"subnet": f"{self._network}.0/24", "pools": [{"pool": " - ".join(self._pool)}],
                         "option-data": [{"name": "routers", "data": f"{self._network}.1"},
                                         {"name": "domain-name-servers", "data": NAME_SERVER}]}],
            "loggers": [{"name": "kea-dhcp4", "output_options": [{"output": "stdout"}], "severity": "INFO"}]}}
        config = self.folder / "kea.json"
        config.write_text(json.dumps(document))
        return ["kea-dhcp4", "-c", config]


PROVIDERS = {"dnsmasq": Dnsmasq, "kea": Kea}


class DhcpWatch:
    """What the appliance says by DHCP on the WAN, from now on."""

    def __init__(self, topology):
        self._port = topology.packet_port(1)
        self._messages = []

    def __enter__(self):
        self._port.__enter__()
        return self

    def __exit__(self, *error):
        self._take()
        self._port.__exit__(*error)
        self._port = None

    def messages(self):
        """Each as (kind, IP source, IP destination)."""
        if self._port is not None:
            self._take()
        return list(self._messages)

    def _take(self):
        for frame in self._port.drain():
            packet = Ether(frame)
            if BOOTP in packet and packet[BOOTP].op == 1 and DHCP in packet:
                kind = next(option[1] for option in packet[DHCP].options if option[0] == "message-type")
                self._messages.append((DHCP_MESSAGES[kind], packet["IP"].src, packet["IP"].dst))

    def count(self, kind):
        return sum(message[0] == kind for message in self.messages())

    def wait_more(self, kind, timeout_s=30):
        before = self.count(kind)
        wait_until(lambda: self.count(kind) > before, timeout_s, f"a DHCP {kind}", self.messages)
