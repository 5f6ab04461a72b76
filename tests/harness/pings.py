"""Echo requests, and how many of them are answered.

The ping of iputils waits for the last answers only twice as long as the answers before took, so
that a busy host makes it report losses that were none.
"""

import os
import select
import socket
import struct
import time

ECHO_REPLY, ECHO_REQUEST = 0, 8
INTERVAL_S, TIMEOUT_S = 0.1, 2.0
IP_HEADER_BYTES = 20
REPLY_BYTES = 2048


def answered(namespace, address, count=3, timeout_s=TIMEOUT_S):
    """Of `count` requests, a tenth of a second apart, how many are answered until `timeout_s` after the last."""
    identifier, found = int.from_bytes(os.urandom(2)), set()
    with namespace.entered():
        line = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    with line:
        for number in range(count):
            line.sendto(_request(identifier, number), (address, 0))
            _take(line, identifier, found, INTERVAL_S if number < count - 1 else timeout_s, count)
    return len(found)


def _request(identifier, number):
    words = struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, identifier, number) + b"p" * 48
    total = sum(struct.unpack(f"!{len(words) // 2}H", words))
    total = (total & 0xffff) + (total >> 16)
    return words[:2] + struct.pack("!H", ~(total + (total >> 16)) & 0xffff) + words[4:]


def _take(line, identifier, found, for_s, count):
    """Notes the numbers that are answered, for so long or until all are."""
    end = time.monotonic() + for_s
    while len(found) < count and (left := end - time.monotonic()) > 0:
        if not select.select([line], [], [], left)[0]:
            return
        reply = line.recv(REPLY_BYTES)[IP_HEADER_BYTES:]
        if len(reply) >= 8 and reply[0] == ECHO_REPLY and reply[4:6] == identifier.to_bytes(2):
            found.add(int.from_bytes(reply[6:8]))
