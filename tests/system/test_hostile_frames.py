"""Frames that no honest host sends: counted by reason, and nothing else happens."""

import random

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import ARP, Dot1Q, Ether
from scapy.utils import checksum

from tests.harness.appliance import Appliance
from tests.harness.packets import MARK, address_bytes, ethernet
from tests.harness.pings import answered
from tests.harness.topology import LAN_GATEWAY, LAN_HOST, WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.machine()

COUNT = 5
LAN_MAC = "02:00:00:00:00:01"


def ip(**fields):
    return IP(**({"src": LAN_HOST, "dst": WAN_HOST} | fields))


def udp(**fields):
    return UDP(**({"sport": 4000, "dport": 4000} | fields)) / MARK


def with_option(option):
    """A datagram whose header carries these bytes of options, as they are."""
    words = 5 + len(option) // 4
    head = bytes(ip(ihl=words, len=words * 4 + len(MARK), proto=17, chksum=0)) + option
    return head[:10] + checksum(head).to_bytes(2, "big") + head[12:] + MARK


# Reason, and the packet that follows the Ethernet header from the LAN host.
PACKETS = {
    "version 5": ("ip-version", ip(version=5) / udp()),
    "header of 16 bytes": ("ip-header-length", ip(ihl=4) / udp()),
    "header longer than the packet": ("ip-header-length", ip(ihl=15, len=40) / MARK),
    "total length over the frame": ("ip-total-length", ip(len=1400) / udp()),
    "total length under the header": ("ip-total-length", ip(len=12) / udp()),
    "wrong header checksum": ("ip-checksum", ip(chksum=0x1234) / udp()),
    "loose source route": ("ip-options", with_option(b"\x83\x07\x04\xc6\x33\x64\x07\x00")),
    "option that overruns": ("ip-options", with_option(b"\x44\x28\x05\x00")),
    "from loopback": ("ip-source", ip(src="127.0.0.1") / udp()),
    "from multicast": ("ip-source", ip(src="224.0.0.9") / udp()),
    "from broadcast": ("ip-source", ip(src="255.255.255.255") / udp()),
    "from the other side": ("ip-spoofed", ip(src="203.0.113.50") / udp()),
    "to loopback": ("ip-destination", ip(dst="127.0.0.1") / udp()),
    "to class E": ("ip-destination", ip(dst="240.1.2.3") / udp()),
    "to multicast": ("ip-multicast", ip(dst="239.1.2.3") / udp()),
    "TTL used up": ("ip-ttl", ip(ttl=1) / udp()),
    "fragment past 65535": ("fragment-odd", ip(frag=8189, flags=0) / (MARK * 10)),
    "fragment not a multiple of 8": ("fragment-odd", ip(frag=0, flags="MF") / udp() / b"odd"),
    "first fragment without ports": ("fragment-tiny", ip(frag=0, flags="MF", proto=6) / bytes(8)),
    "fragment at offset 8 of TCP": ("fragment-tiny", ip(frag=1, flags=0, proto=6) / bytes(24)),
    "fragment of nothing known": ("fragment-unknown", ip(frag=100, flags=0, proto=17) / MARK),
    "TCP header cut": ("tcp-header", ip(proto=6) / bytes(12)),
    "TCP data offset of 4 bytes": ("tcp-header", ip() / TCP(sport=1025, dport=80, flags="S", dataofs=1)),
    "TCP data offset over the packet": ("tcp-header", ip() / TCP(sport=1025, dport=80, flags="S", dataofs=15)),
    "SYN and FIN": ("tcp-flags", ip() / TCP(sport=1025, dport=80, flags="SF")),
    "SYN and RST": ("tcp-flags", ip() / TCP(sport=1025, dport=80, flags="SR")),
    "no flags at all": ("tcp-flags", ip() / TCP(sport=1025, dport=80, flags=0)),
    "SYN with wrong checksum": ("tcp-checksum", ip() / TCP(sport=1025, dport=80, flags="S", chksum=1)),
    "ACK of no connection": ("tcp-no-flow", ip() / TCP(sport=1026, dport=80, flags="A")),
    "UDP length over the packet": ("udp-length", ip() / udp(len=500)),
    "UDP length under its header": ("udp-length", ip() / udp(len=4)),
    "UDP with wrong checksum": ("udp-checksum", ip() / udp(sport=4001, chksum=1)),
    "UDP to port 0": ("port-zero", ip() / udp(dport=0)),
    "TCP from port 0": ("port-zero", ip() / TCP(sport=0, dport=80, flags="S")),
    "ICMP cut": ("icmp-header", ip(proto=1) / b"\x08\x00"),
    "ICMP with wrong checksum": ("icmp-checksum", ip() / ICMP(id=5, chksum=1)),
    "ICMP redirect": ("icmp-type", ip() / ICMP(type=5, code=1, gw="192.168.1.66") / ip() / udp()),
    "ICMP error about nothing known": ("icmp-no-flow", ip() / ICMP(type=3, code=1) / ip(src=WAN_HOST, dst=LAN_HOST) / udp()),
}

FRAMES = {
    "source is a group": ("frame-source", lambda mac: Ether(dst=mac, src="01:00:5e:00:00:01") / ip() / udp()),
    "source is our own": ("frame-source", lambda mac: Ether(dst=mac, src=mac) / ip() / udp()),
    "unknown type": ("frame-type", lambda mac: Ether(dst=mac, src=LAN_MAC, type=0x88B5) / MARK),
    "foreign VLAN": ("frame-vlan", lambda mac: Ether(dst=mac, src=LAN_MAC) / Dot1Q(vlan=77) / ip() / udp()),
    "ARP for Token Ring": ("arp-malformed", lambda mac: Ether(dst=mac, src=LAN_MAC) / ARP(hwtype=6)),
    "ARP of a strange length": ("arp-malformed", lambda mac: Ether(dst=mac, src=LAN_MAC) / ARP(hwlen=200, plen=90)),
    "ARP from the other side": ("arp-spoofed", lambda mac: Ether(dst="ff:ff:ff:ff:ff:ff", src=LAN_MAC) / ARP(
        op=1, hwsrc=LAN_MAC, psrc="203.0.113.50", pdst=LAN_GATEWAY)),
    "ARP claims our address": ("arp-conflict", lambda mac: Ether(dst="ff:ff:ff:ff:ff:ff", src=LAN_MAC) / ARP(
        op=2, hwsrc=LAN_MAC, psrc=LAN_GATEWAY, pdst=LAN_GATEWAY)),
}

CASES = FRAMES | {name: (reason, lambda mac, packet=packet: ethernet(mac, LAN_MAC) / packet)
                  for name, (reason, packet) in PACKETS.items()}


@pytest.mark.parametrize("case", CASES)
def test_hostile_frame_is_counted_and_goes_nowhere(router, case):
    reason, build = CASES[case]
    appliance, topology = Appliance(router.console), router.topology
    generations, before = appliance.generations(), appliance.drops()
    with topology.packet_port(0) as lan, topology.packet_port(1) as wan:
        for _ in range(COUNT):
            lan.send(build(router.mac(0)))
        wait_until(lambda: appliance.drops().get(reason, 0) >= before.get(reason, 0) + COUNT, 5,
                   f"{COUNT} more of {reason}", lambda: changes(before, appliance.drops()))
        leaked = [frame.hex() for frame in wan.drain() if MARK in frame or address_bytes(LAN_HOST) in frame[:60]]
    assert not leaked, leaked
    assert appliance.generations() == generations
    others = {name: more for name, more in changes(before, appliance.drops()).items() if name != reason}
    assert sum(others.values()) < COUNT, f"counted as something else as well: {others}"


def changes(before, after):
    return {reason: count - before.get(reason, 0) for reason, count in after.items()
            if count != before.get(reason, 0)}


def test_overlong_frame_is_counted(router):
    """1600 bytes, more than the longest tagged frame: by the driver or by the firewall."""
    appliance, topology = Appliance(router.console), router.topology
    def counted():
        port = next(row for row in appliance.ports() if row["name"] == "port0")
        return appliance.drops().get("frame-long", 0) + port["statistics"]["rx_length"]
    before = counted()
    topology.lan.run("ip", "link", "set", topology.links[0].name, "mtu", 2000)
    try:
        with topology.packet_port(0) as lan, topology.packet_port(1) as wan:
            for _ in range(COUNT):
                lan.send(ethernet(router.mac(0), LAN_MAC) / ip() / UDP(sport=4002, dport=4002) / (MARK * 100)[:1558])
            wait_until(lambda: counted() >= before + COUNT, 5, f"{COUNT} overlong frames counted", counted)
            assert not [frame for frame in wan.drain() if MARK in frame]
    finally:
        topology.lan.run("ip", "link", "set", topology.links[0].name, "mtu", 1500)


def test_a_storm_of_random_frames_harms_nobody(router):
    """Ten thousand frames of garbage behind a valid destination; then a ping."""
    appliance, topology = Appliance(router.console), router.topology
    generations, chance = appliance.generations(), random.Random(20)
    head = bytes.fromhex(router.mac(0).replace(":", "") + LAN_MAC.replace(":", ""))
    types = (b"\x08\x00", b"\x08\x06", b"\x81\x00", b"\x86\xdd")
    with topology.packet_port(0) as lan:
        for _ in range(10_000):
            body = bytearray(chance.randbytes(chance.randrange(46, 400)))
            body[0] = 0x45 if chance.random() < 0.7 else body[0]
            lan.send(head + chance.choice(types) + body)
    assert answered(topology.lan, WAN_HOST) == 3
    assert appliance.generations() == generations
