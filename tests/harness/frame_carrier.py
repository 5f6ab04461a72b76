"""Carries frames between a packet socket and QEMU, until either side closes.

A program of its own, so that the tests' interpreter does not slow the link:
    python3 -m tests.harness.frame_carrier FD FD
"""

import select
import socket
import sys

FRAME_BYTES_MAX = 65536
PACKET_OUTGOING = 4


def main():
    first, second = (socket.socket(fileno=int(fd)) for fd in sys.argv[1:3])
    peers = {first: second, second: first}
    while True:
        for source in select.select(list(peers), [], [])[0]:
            frame, address = source.recvfrom(FRAME_BYTES_MAX)
            if source.family == socket.AF_PACKET and address[2] == PACKET_OUTGOING:
                continue  # what we sent ourselves
            try:
                peers[source].send(frame)
            except (BlockingIOError, OSError):
                pass  # a full or closed link loses frames, as cables do


if __name__ == "__main__":
    main()
