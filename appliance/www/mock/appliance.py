"""The mock's machine: ports with traffic, services that die and come back, and what it writes about it."""

import hashlib
import math
import random
import time
from collections import deque

from mock.problem import Problem
from mock.system import SERVICES, CAUSES, REASONS

BOOTED_S_AGO = 3 * 86400 + 4 * 3600 + 812
RESTART_S = 0.9          # long enough to be seen, as the real one is not
LOG_MAX = 400
AUTHORITY = b"where the appliance has a certificate"


class Appliance:
    """All of it follows from the time: `advance` brings it up to now. The caller holds a lock."""

    def __init__(self, configuration):
        self.configuration = configuration
        self.random = random.Random(4)
        self.started = time.monotonic() - BOOTED_S_AGO
        self.last = self.uptime()
        self.services = [dict(service) for service in SERVICES]
        self.coming_back = {}    # name: uptime at which it runs again
        self.ports = [self._port(0, "lan", True), self._port(1, "wan", True), self._port(2, "lan", False)]
        self.crashes = deque(maxlen=16)
        self.alerts = deque(maxlen=64)
        self.logs = deque(maxlen=LOG_MAX)
        self.sequence = 0
        self._past()

    def _past(self):
        now = self.uptime()
        lines = [("info", "rs", "port1: ready, 3 ms after its start"), ("info", "dhcpd", "192.168.1.104 for nas-2"),
                 ("debug", "dnsd", "cache: 412 names"), ("info", "config", "configuration 12 is in force"),
                 ("warning", "firewall", "ARP: 203.0.113.9 does not answer"),
                 ("info", "dhcpd", "192.168.1.117 for kitchen-radio"), ("info", "log", "written to the store")]
        for index in range(140):
            self.log(*lines[index * 5 % len(lines)], uptime=now - (140 - index) * 23.7)
        for name, cause, ago in (("dnsd", "exception", 81200), ("port1", "hang", 20411), ("inet", "exception", 1284)):
            self._crash(self.service(name), cause, now - ago)
        self.alert("wan-up", "info", "firewall", "the WAN is back", "sent", now - 9000)
        self.alert("service-crashed", "warning", "inet", "inet died (page fault); it runs again", "sent", now - 1283)

    def uptime(self):
        return time.monotonic() - self.started

    def wall(self, uptime):
        return int(time.time() - (self.uptime() - uptime))

    @staticmethod
    def _port(number, zone, link):
        return {"name": f"port{number}", "mac": f"52:54:00:12:34:{0x56 + number:02x}", "zone": zone, "link": link,
                "speed_mbit": 100 if link else 0, "ready": True, "driver": "rtl8139" if number < 2 else "ne2k",
                "rx_bytes": 91_482_113_004 if link else 0, "tx_bytes": 12_118_004_221 if link else 0,
                "rx_frames": 81_482_113 if link else 0, "tx_frames": 42_118_004 if link else 0,
                "dropped": 12 if number == 1 else 0}

    # --- What moves ------------------------------------------------------

    def advance(self):
        now = self.uptime()
        passed, self.last = now - self.last, now
        self._traffic(now, passed)
        for service in self.services:
            if service["state"] == "running":
                service["cpu_us"] += int(passed * 1e6 * service["load"] * self.random.uniform(0.7, 1.3))
                service["messages"] += int(passed * service["load"] * 40_000)
        for name, when in list(self.coming_back.items()):
            if now >= when:
                del self.coming_back[name]
                self._return(self.service(name))
        if self.random.random() < passed * 0.35:
            self.log("info", "dhcpd", f"192.168.1.{self.random.randrange(100, 140)} renewed")

    def _traffic(self, now, passed):
        down = 6e6 * (1.2 + math.sin(now / 17)) + 2e6 * abs(math.sin(now / 3.1)) + self.random.uniform(0, 6e5)
        up = 7e5 * (1.3 + math.sin(now / 11 + 1)) + self.random.uniform(0, 1e5)
        for port, rx, tx in ((self.ports[0], up, down), (self.ports[1], down, up)):
            if self.service(port["name"])["state"] != "running":
                continue
            port["rx_bytes"] += int(rx * passed / 8)
            port["tx_bytes"] += int(tx * passed / 8)
            port["rx_frames"] += int(rx * passed / 8 / 900)
            port["tx_frames"] += int(tx * passed / 8 / 900)

    def _return(self, service):
        service.update(state="running", generation=service["generation"] + 1)
        self.log("info", "rs", f"{service['name']}: runs again, generation {service['generation']}")
        self._port_ready(service["name"], True)

    def _port_ready(self, name, ready):
        for port in self.ports:
            if port["name"] == name:
                port["ready"] = ready

    # --- What is written -------------------------------------------------

    def log(self, level, service, text, uptime=None):
        self.sequence += 1
        uptime = self.uptime() if uptime is None else uptime
        self.logs.append({"sequence": self.sequence, "time": self.wall(uptime), "uptime": round(uptime, 3),
                          "level": level, "service": service, "text": text})

    def alert(self, kind, severity, service, text, sent="queued", uptime=None):
        uptime = self.uptime() if uptime is None else uptime
        self.alerts.append({"n": len(self.alerts) + 1, "time": self.wall(uptime), "uptime": uptime, "kind": kind,
                            "severity": severity, "service": service, "text": text, "count": 1, "sent": sent})

    def _crash(self, service, cause, uptime):
        service.update(last_cause=cause, last_death_uptime=uptime, restarts=service["restarts"] + 1)
        self.crashes.append({"n": len(self.crashes) + 1, "service": service["name"], "cause": cause,
                             "time": self.wall(uptime), "uptime": uptime, "generation": service["generation"],
                             "text": CAUSES[cause]})

    # --- What is asked for -----------------------------------------------

    def service(self, name):
        for service in self.services:
            if service["name"] == name:
                return service
        raise Problem(404, f"there is no service {name}")

    def act(self, name, action):
        service = self.service(name)
        now = self.uptime()
        if action == "start":
            if service["state"] != "stopped":
                raise Problem(409, f"{name} is not stopped")
            service["state"] = "starting"
            self.coming_back[name] = now + RESTART_S
            return
        if service["state"] == "absent":
            raise Problem(409, f"{name} has no device")
        if name == "rs" and action == "stop":
            raise Problem(403, "rs cannot be stopped")
        self._port_ready(name, False)
        if action == "stop":
            service["state"] = "stopped"
            return
        cause = "exception" if action == "crash" else "restart"
        service["state"] = "starting"
        self.coming_back[name] = now + RESTART_S
        self.log("error" if action == "crash" else "info", "rs", f"{name}: {CAUSES[cause]}")
        self._crash(service, cause, now)
        if action == "crash":
            self.alert("service-crashed", "warning", name, f"{name} died ({CAUSES[cause]}); it runs again")

    def overview(self):
        running = sum(service["state"] == "running" for service in self.services)
        failed = sum(service["state"] == "failed" for service in self.services)
        return {"hostname": self.configuration.running.get("hostname", "bulkhead"), "version": "0.4.0",
                "build": "0.4.0-212-g6cd28bf4", "uptime": self.uptime(), "time": int(time.time()), "clock": "sntp",
                "memory": {"total": 32 << 20, "used": 21_400_000},
                "cpu_idle": 0.86 + 0.05 * math.sin(self.uptime() / 9), "ports": self.ports,
                "wan": {"mode": "static", "state": "up", "address": "203.0.113.2/24", "gateway": "203.0.113.1",
                        "dns": ["9.9.9.9", "149.112.112.112"]},
                "services": {"total": len(self.services), "running": running, "failed": failed},
                "clients": 4, "connections": len(self.connections(1000)), "store": "disk",
                "authority": {"name": "Bulkhead authority 4F3A90C2", "sha256": hashlib.sha256(AUTHORITY).digest().hex(":").upper()},
                "restarts": [{key: crash[key] for key in ("service", "cause", "uptime", "time")}
                             for crash in sorted(self.crashes, key=lambda crash: -crash["uptime"])][:20]}

    def told_services(self):
        return [{key: value for key, value in service.items() if key != "load"} for service in self.services]

    def crash(self, number):
        for crash in self.crashes:
            if crash["n"] == number:
                return {**crash, "build": "0.4.0-212-g6cd28bf4",
                        "registers": {name: f"0x{value:016x}" for name, value in zip(
                            ("rip", "rsp", "rbp", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rflags"),
                            (0x4012a7, 0x7ffec8, 0x7ffef0, 0, 0x40a100, 0x14, 3, 0x40a118, 0x1c, 0x10246))},
                        "stack": ["0x007ffec8: 0x0000000000401188 0x000000000040a118",
                                  "0x007ffed8: 0x0000000000000003 0x00000000004015f0"],
                        "trace": ["-18 us  receive -> notified 0x4", "-11 us  irq_ack 11 -> OK", "-2 us  notify 9 -> OK"]}
        raise Problem(404, f"there is no crash record {number}")

    def leases(self):
        hosts = [("192.168.1.10", "52:54:00:aa:00:10", "nas", True), ("192.168.1.104", "52:54:00:aa:00:11", "laptop", False),
                 ("192.168.1.117", "52:54:00:aa:00:12", "kitchen-radio", False), ("192.168.1.130", "52:54:00:aa:00:13", "", False)]
        return [{"address": address, "mac": mac, "name": name, "state": "bound" if index < 3 else "offered",
                 "expires_time": int(time.time()) + 30000 - index * 4000, "expires_in": 30000 - index * 4000,
                 "reserved": reserved} for index, (address, mac, name, reserved) in enumerate(hosts)]

    def connections(self, limit):
        made = []
        for index in range(38):
            inside = f"192.168.1.{(10, 104, 117, 130)[index % 4]}"
            outside = f"198.51.100.{20 + index * 7 % 60}"
            protocol, port, state = (("tcp", 443, "established"), ("udp", 53, "replied"), ("tcp", 993, "established"),
                                     ("udp", 443, "replied"), ("tcp", 80, "time-wait"))[index % 5]
            source_port = 40000 + index * 311
            made.append({"protocol": protocol, "source": inside, "source_port": source_port, "destination": outside,
                         "destination_port": port, "reply_source": outside, "reply_source_port": port,
                         "reply_destination": "203.0.113.2", "reply_destination_port": source_port, "state": state,
                         "translated": True, "from": "lan", "to": "wan", "age_s": index * 37 % 4000,
                         "idle_s": index * 3 % 50})
        return made[:limit]

    def firewall(self):
        moved = int(self.uptime()) % 100_000
        return {"drops": [{"reason": reason, "text": text, "count": count + (moved if count else 0)}
                          for reason, text, count in REASONS],
                "rules": [{"number": index, "count": 4102 * (index + 3) % 9001 + moved}
                          for index in range(len(self.configuration.running.get("rules", [])))],
                "quarantined": 0}

    def alert_test(self):
        dialogue = ["* connected", "S: 220 smtp.example.net ESMTP", "C: EHLO bulkhead", "S: 250-smtp.example.net",
                    "S: 250-STARTTLS", "S: 250 AUTH PLAIN LOGIN", "C: STARTTLS", "S: 220 go ahead",
                    "* TLS, and the certificate is the server's", "C: EHLO bulkhead", "S: 250 AUTH PLAIN LOGIN",
                    "C: AUTH PLAIN ***", "S: 235 welcome", "C: MAIL FROM:<router@example.net>", "S: 250 ok",
                    "C: RCPT TO:<owner@example.net>", "S: 250 ok", "C: DATA", "S: 354 end with a dot", "C: (the mail)",
                    "S: 250 queued as 4Xk2", "C: QUIT", "S: 221 bye"]
        return {"ok": True, "reason": None, "dialogue": dialogue}
