"""The configuration of the mock: running, candidate, history, and the timer of a confirmed commit."""

import copy
import ipaddress
import time

from mock.problem import Problem, Refused
from mock.schema_check import check

STANDARD = {
    "hostname": "bulkhead",
    "lan": {"address": "192.168.1.1/24",
            "dhcp": {"enabled": True, "first": "192.168.1.100", "last": "192.168.1.199", "lease_time": 43200,
                     "reservations": [{"mac": "52:54:00:aa:00:10", "address": "192.168.1.10", "name": "nas"}]}},
    "dns": {"domain": "lan", "upstreams": ["9.9.9.9", "149.112.112.112"]},
    "wan": {"mode": "static", "address": "203.0.113.2/24", "gateway": "203.0.113.1"},
    "ports": {"port0": "lan", "port1": "wan", "port2": "lan"},
    "nat": True,
    "rules": [
        {"action": "allow", "from": "wan", "to": "host", "protocol": "icmp", "comment": "answer pings"},
        {"action": "deny", "from": "lan", "to": "wan", "protocol": "tcp", "destination_port": 25,
         "comment": "no mail from infected hosts"},
        {"action": "allow", "from": "lan", "to": "wan", "protocol": "udp", "source": "192.168.1.30",
         "destination_port": "3478-3481", "comment": "video calls"},
    ],
    "forwards": [{"protocol": "tcp", "port": 8443, "host": "192.168.1.10", "host_port": 443,
                  "comment": "files from outside"}],
    "time": {"enabled": True, "servers": ["0.pool.ntp.org"]},
    "alerts": {"enabled": True, "server": "smtp.example.net", "security": "starttls", "user": "router",
               "from": "router@example.net", "to": ["owner@example.net"]},
}
COMMENTS = ["first visit", "names of our own", "no mail from infected hosts", "files from outside", "video calls"]


class Configuration:
    def __init__(self, schema):
        self.schema = schema
        known = schema["properties"]
        self.running = {key: value for key, value in STANDARD.items() if key in known}
        if "mode" not in known["wan"]["properties"]:
            del self.running["wan"]["mode"]
        self.candidate = None
        self.base = None
        self.confirm_until = None
        self.message = ""
        self.history = []
        for age, comment in zip(range(len(COMMENTS), 0, -1), COMMENTS):
            older = copy.deepcopy(self.running)
            older["rules"] = older["rules"][:max(0, 4 - age)]
            self._remember(older, comment, time.time() - age * 86400 * 1.7)
        self._remember(self.running, "rules in a better order", time.time() - 3600 * 5)

    @property
    def serial(self):
        return self.history[-1]["serial"]

    def _remember(self, document, comment, when=None, confirmed=True):
        serial = self.history[-1]["serial"] + 1 if self.history else 7
        self.history.append({"serial": serial, "time": int(when or time.time()), "author": "admin",
                             "comment": comment, "confirmed": confirmed, "document": copy.deepcopy(document)})

    def status(self):
        self._look()
        left = None if self.confirm_until is None else max(0, round(self.confirm_until - time.monotonic()))
        return {"serial": self.serial, "confirm_left_s": left, "persisted": True, "message": self.message}

    def _look(self):
        """The timer: what was not confirmed goes."""
        if self.confirm_until is not None and time.monotonic() >= self.confirm_until:
            self.rollback(self.history[-2]["serial"], "not confirmed in time")

    def put_candidate(self, document):
        check(self.schema, self.schema, document)
        self._check_meaning(document)
        self.candidate, self.base = document, self.base or self.serial
        return {"differences": self.differences()}

    def differences(self):
        before, after = self.running, self.candidate
        return [{"path": f"/{key}", "before": before.get(key), "after": after.get(key)}
                for key in {**before, **after} if before.get(key) != after.get(key)]

    @staticmethod
    def _check_meaning(document):
        lan = ipaddress.IPv4Interface(document.get("lan", {}).get("address", "192.168.1.1/24")).network
        dhcp = document.get("lan", {}).get("dhcp", {})
        for key in ("first", "last"):
            if key in dhcp and ipaddress.IPv4Address(dhcp[key]) not in lan:
                raise Refused(f"/lan/dhcp/{key}", f"{dhcp[key]} is not in the LAN, {lan}")
        for index, one in enumerate(dhcp.get("reservations", [])):
            if ipaddress.IPv4Address(one["address"]) not in lan:
                raise Refused(f"/lan/dhcp/reservations/{index}/address", f"{one['address']} is not in the LAN, {lan}")
        wans = [port for port, zone in document.get("ports", {}).items() if zone == "wan"]
        if len(wans) > 1:
            raise Refused(f"/ports/{wans[1]}", f"{wans[0]} is the WAN already")

    def drop_candidate(self):
        self.candidate = self.base = None

    def commit(self, comment, confirm_s):
        if self.candidate is None:
            raise Problem(409, "there is no candidate")
        if self.base != self.serial:
            raise Problem(409, "the running configuration has changed meanwhile")
        self._remember(self.candidate, comment, confirmed=confirm_s is None)
        self.running = self.candidate
        self.drop_candidate()
        self.confirm_until = None if confirm_s is None else time.monotonic() + confirm_s
        return {"serial": self.serial}

    def confirm(self):
        if self.confirm_until is None:
            raise Problem(409, "nothing waits to be confirmed")
        self.confirm_until = None
        self.history[-1]["confirmed"] = True

    def rollback(self, serial, why=None):
        document = self.document(serial)
        self.confirm_until = None
        self.running = copy.deepcopy(document)
        self.drop_candidate()
        self._remember(document, why or f"back to {serial}")
        return {"serial": self.serial}

    def entries(self):
        return [{key: value for key, value in entry.items() if key != "document"}
                for entry in reversed(self.history)]

    def document(self, serial):
        for entry in self.history:
            if entry["serial"] == serial:
                return entry["document"]
        raise Problem(404, f"there is no configuration {serial}")
