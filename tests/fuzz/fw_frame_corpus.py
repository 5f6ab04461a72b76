#!/usr/bin/python3
"""Writes the seeds of tests/fuzz/corpus/fw_frame: one conversation a file."""
import os
import sys

from scapy.all import ARP, ICMP, IP, TCP, UDP, Dot1Q, Ether, Raw, fragment

LAN, WAN, HOST = 0, 1, 3
SEAL, ADDRESS = 8, 16
CLIENT, SERVER, ROUTER, OWN = "192.168.1.10", "198.51.100.7", "192.168.1.1", "203.0.113.2"


def entry(port, packet, flags=SEAL | ADDRESS):
    frame = bytes(packet if isinstance(packet, Ether) else Ether(type=0x800) / packet)
    frame += bytes(-len(frame) % 6)
    return bytes([port | flags, len(frame) // 6]) + frame


def ip(source, destination, **fields):
    return IP(src=source, dst=destination, **fields)


UDP_OUT = ip(CLIENT, SERVER) / UDP(sport=5000, dport=53) / Raw(b"x" * 30)
SYN = ip(CLIENT, SERVER) / TCP(sport=4000, dport=80, seq=100, options=[("WScale", 7)])
SYNACK = ip(SERVER, OWN) / TCP(sport=80, dport=4000, flags="SA", seq=900, ack=101)
ACK = ip(CLIENT, SERVER) / TCP(sport=4000, dport=80, flags="A", seq=101, ack=901)
ECHO = ip(CLIENT, SERVER) / ICMP(id=7) / Raw(b"p" * 20)
BIG = fragment(ip(CLIENT, SERVER) / UDP(sport=5000, dport=53) / Raw(b"f" * 1400), 800)
QUOTED = bytes(ip(OWN, SERVER) / UDP(sport=5000, dport=53) / Raw(b"x" * 30))

SEEDS = {
    "udp": entry(LAN, UDP_OUT) + entry(WAN, ip(SERVER, OWN) / UDP(sport=53, dport=5000)),
    "tcp": entry(LAN, SYN) + entry(WAN, SYNACK) + entry(LAN, ACK),
    "tcp-end": entry(LAN, SYN) + entry(WAN, SYNACK) + entry(LAN, ACK)
    + entry(LAN, ip(CLIENT, SERVER) / TCP(sport=4000, dport=80, flags="FA", seq=101, ack=901))
    + entry(WAN, ip(SERVER, OWN) / TCP(sport=80, dport=4000, flags="R", seq=901)),
    "ping": entry(LAN, ECHO) + entry(WAN, ip(SERVER, OWN) / ICMP(type=0, id=7) / Raw(b"p" * 20)),
    "fragments": b"".join(entry(LAN, part) for part in BIG),
    "error": entry(LAN, UDP_OUT) + entry(WAN, ip(SERVER, OWN) / ICMP(type=3, code=3) / QUOTED),
    "ttl": entry(LAN, ip(CLIENT, SERVER, ttl=1) / UDP(sport=5000, dport=53)),
    "arp": entry(LAN, Ether(src="02:00:00:00:01:0b", dst="ff:ff:ff:ff:ff:ff")
                 / ARP(op=1, hwsrc="02:00:00:00:01:0b", psrc="192.168.1.11", pdst=ROUTER), 0),
    "host": entry(HOST, ip(OWN, SERVER) / UDP(sport=5000, dport=53)),
    "to-host": entry(LAN, ip(CLIENT, ROUTER) / ICMP(id=1)),
    "tagged": entry(LAN, Ether(src="02:00:00:00:01:0a", dst="02:00:00:00:00:a0")
                    / Dot1Q(vlan=0) / UDP_OUT, 0),
    "dhcp": entry(LAN, Ether(src="02:00:00:00:01:0a", dst="ff:ff:ff:ff:ff:ff")
                  / ip("0.0.0.0", "255.255.255.255") / UDP(sport=68, dport=67) / Raw(b"d" * 200), 0),
    "unresolved": entry(LAN, ip(CLIENT, "203.0.113.9") / UDP(sport=1, dport=2), SEAL | ADDRESS)
    + entry(LAN, UDP_OUT, SEAL | ADDRESS | 0x20),
}


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "tests/fuzz/corpus/fw_frame"
    os.makedirs(folder, exist_ok=True)
    for name, data in SEEDS.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
