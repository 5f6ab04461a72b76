"""What the mock's system is made of: its services with their privileges, causes of death, drop reasons."""

CAUSES = {"exception": "page fault at 0x18", "hang": "no heartbeat for 100 ms",
          "restart": "restarted by the administrator"}

REASONS = [
    ("default-denied", "allowed by no rule", 48211), ("rule-denied", "denied by a rule", 913),
    ("tcp-no-flow", "TCP segment of no known connection", 377), ("ip-broadcast", "broadcast that stays on its side", 2210),
    ("frame-type", "neither IPv4 nor ARP", 1094), ("ip-spoofed", "source address that belongs to another side", 14),
    ("tx-full", "the transmit queue of the port to leave by is full", 0),
    ("nat-exhausted", "no port left to translate to", 0),
]


def _service(slot, name, load, memory_kib, calls=(), maps=(), depends=(), device=None, state="running"):
    return {"name": name, "slot": slot, "state": state, "generation": 1, "restarts": 0, "deaths_in_row": 0,
            "memory_bytes": memory_kib << 10, "cpu_us": 41_000_000 + slot * 977_000, "messages": 12_000 * (slot + 1),
            "last_cause": None, "last_death_uptime": None, "depends": list(depends), "calls": list(calls),
            "device": device, "program": "booted", "policy": ["log", "restart:1000", "alert"],
            "heartbeat_us": 50_000, "load": load,
            "maps": [{"region": region.lstrip("+"), "write": region.startswith("+")} for region in maps]}


def _port(slot, number, state="running"):
    name = f"port{number}"
    return _service(slot, name, 0.03 if state == "running" else 0, 56, depends=["pci"],
                    maps=[f"+{name}.drv", f"+{name}.rx", f"{name}.fw", f"{name}.tx", "rs.table"],
                    device=f"pci 00:0{3 + number}.0 10ec:8139" if state == "running" else None, state=state)


_PORT_REGIONS = [f"port{number}.{part}" for number in range(4) for part in ("drv", "rx")]
_FIREWALL_REGIONS = [f"+port{number}.{part}" for number in range(4) for part in ("fw", "tx")]

SERVICES = [
    _service(0, "rs", 0.004, 48, maps=["+rs.table", "ktable"]),
    _service(1, "ds", 0.001, 60, maps=["+ds.state", "rs.table"]),
    _service(2, "pci", 0.0002, 44, calls=["ds"], depends=["ds"], maps=["ktable"]),
    _port(3, 0), _port(4, 1), _port(5, 2), _port(6, 3, "absent"),
    _service(7, "ata", 0.003, 52, depends=["pci"], maps=["+ata.done", "store.ask"], device="pci 00:01.1 8086:7010"),
    _service(8, "rtc", 0.0003, 40, depends=["ds"]),
    _service(9, "config", 0.001, 700, calls=["ds", "store"], depends=["ds", "store"], maps=["+netconf", "ktable"]),
    _service(10, "store", 0.002, 220, depends=["ds"], maps=["+store.ask", "ata.done"]),
    _service(11, "firewall", 0.062, 1152, depends=["config"],
             maps=_PORT_REGIONS + _FIREWALL_REGIONS + ["host.drv", "host.rx", "+host.fw", "+host.tx", "+fw.table", "netconf"]),
    _service(12, "inet", 0.011, 1100, depends=["firewall"],
             maps=["+host.drv", "+host.rx", "host.fw", "host.tx", "netconf", "+wan.lease"]),
    _service(13, "uart", 0.0004, 40, maps=["+uart.drv", "uart.con"]),
    _service(14, "vga", 0.0003, 44, maps=["+vga.drv", "vga.con"]),
    _service(15, "console", 0.002, 320, calls=["rs", "ds", "config"], depends=["ds", "uart", "vga"],
             maps=["+uart.con", "uart.drv", "+vga.con", "vga.drv", "netconf", "fw.table", "rs.table"]),
    _service(16, "dnsd", 0.003, 180, calls=["inet", "ds"], depends=["ds", "inet"], maps=["netconf", "wan.lease"]),
    _service(17, "dhcpd", 0.001, 120, calls=["inet", "ds", "store"], depends=["ds", "inet"], maps=["netconf"]),
    _service(18, "time", 0.001, 96, calls=["inet", "ds"], depends=["inet"], maps=["+clock", "netconf"]),
    _service(19, "log", 0.002, 140, calls=["inet", "store"], depends=["ds"], maps=["+log.ring", "clock", "netconf"]),
    _service(20, "webd", 0.014, 900, calls=["inet", "config", "store", "rs"], depends=["inet", "config"],
             maps=["rs.table", "ktable", "fw.table", "log.ring", "clock", "wan.lease"]),
    _service(21, "alertd", 0.001, 160, calls=["inet", "ds", "store"], depends=["inet"], maps=["alertconf", "clock"]),
    _service(22, "watchdog", 0.0002, 36, maps=["rs.table"], state="absent"),
]
SERVICES[11]["policy"] = ["log", "dump", "restart:1000", "last-configuration:5", "alert"]
