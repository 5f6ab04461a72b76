"""Frames that tests send and look for. scapy builds them; its routing and
interface tables, which know nothing of our namespaces, are not used."""

import struct

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import Ether

HOSTILE_MAC = "02:00:00:00:00:66"
ETHERTYPE_IPV4 = b"\x08\x00"
MARK = b"probe of the tests"


def ethernet(to_mac, from_mac=HOSTILE_MAC):
    """The header of a frame with IPv4 in it, be that a scapy packet or bytes."""
    return Ether(dst=to_mac, src=from_mac, type=0x0800)


def probe_tcp(to_mac, source, target, port):
    return bytes(ethernet(to_mac) / IP(src=source, dst=target) / TCP(sport=port, dport=port, flags="S"))


def probe_udp(to_mac, source, target, port):
    return bytes(ethernet(to_mac) / IP(src=source, dst=target) / UDP(sport=port, dport=port) / MARK)


def datagram(to_mac, source, target, payload):
    return bytes(ethernet(to_mac) / IP(src=source, dst=target) / UDP(sport=9999, dport=9999) / payload)


def probe_ping(to_mac, source, target, number):
    return bytes(ethernet(to_mac) / IP(src=source, dst=target) / ICMP(id=77, seq=number) / MARK)


def address_bytes(address):
    return bytes(int(part) for part in address.split("."))


def frames_from(frames, source, to=None):
    """Those of the frames that carry IPv4 from `source` (and to `to`)."""
    found = [frame for frame in frames
             if frame[12:14] == ETHERTYPE_IPV4 and frame[26:30] == address_bytes(source)]
    return [frame.hex() for frame in found if to is None or frame[30:34] == address_bytes(to)]


def from_network(frames, prefix):
    """Those of the frames that carry IPv4 from an address starting with `prefix` bytes."""
    return [frame.hex() for frame in frames
            if frame[12:14] == ETHERTYPE_IPV4 and frame[26:26 + len(prefix)] == bytes(prefix)]


def ports_of(frame):
    """Source and destination port of an unfragmented TCP or UDP frame."""
    offset = 14 + (frame[14] & 15) * 4
    return struct.unpack_from("!HH", frame, offset)
