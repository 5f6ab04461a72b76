"""IPv4 packets built and read, as far as the benchmarks need."""

import struct
from dataclasses import dataclass

PROTOCOL_TCP, PROTOCOL_UDP = 6, 17
FLAGS = {"F": 1, "S": 2, "P": 8, "A": 16}
WINDOW = 16384
TTL = 64
IP_BYTES = 20


def address_bytes(address):
    return bytes(int(part) for part in address.split("."))


def udp(source, target, payload):
    """`source` and `target` are End."""
    head = struct.pack("!HHHH", source.port, target.port, 8 + len(payload), 0)
    return _ipv4(source, target, PROTOCOL_UDP, head + payload, 6)


def tcp(source, target, flags, sequence, acknowledgement, payload=b""):
    """A segment without options; `flags` are letters of FLAGS."""
    head = struct.pack("!HHIIBBHHH", source.port, target.port, sequence, acknowledgement, 5 << 4,
                       sum(FLAGS[letter] for letter in flags), WINDOW, 0, 0)
    return _ipv4(source, target, PROTOCOL_TCP, head + payload, 16)


@dataclass(frozen=True)
class End:
    """One end of a flow."""

    address: str
    port: int


def ends(packet):
    """Source and target of a TCP or UDP packet."""
    ports = struct.unpack_from("!HH", packet, IP_BYTES)
    places = [".".join(map(str, packet[offset:offset + 4])) for offset in (12, 16)]
    return [End(place, port) for place, port in zip(places, ports, strict=True)]


def _sum(data):
    """RFC 1071."""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def _ipv4(source, target, protocol, content, sum_at):
    places = address_bytes(source.address) + address_bytes(target.address)
    pseudo = places + struct.pack("!HH", protocol, len(content))
    content = content[:sum_at] + struct.pack("!H", _sum(pseudo + content) or 0xffff) + content[sum_at + 2:]
    head = struct.pack("!BBHHHBBH", 0x45, 0, IP_BYTES + len(content), 0, 0x4000, TTL, protocol, 0) + places
    return head[:10] + struct.pack("!H", _sum(head)) + head[12:] + content
