"""A time server that is good, wrong or hostile, and remembers who asked it."""

import socket
import struct
import threading
import time

UNIX_1900_S = 2208988800
PORT = 123
STOP_POLL_S = 0.2


def answer(request, now_s, *, leap=0, mode=4, version=4, stratum=2, reference=b"TEST", origin=None, delay=0x100,
           dispersion=0x100):
    """The packet of a server at whose clock it is `now_s` (since 1970)."""
    stamp = int((now_s + UNIX_1900_S) % 2**32 * 2**32)
    return struct.pack("!BBbbII4sQ8sQQ", leap << 6 | version << 3 | mode, stratum, 6, -20, delay, dispersion, reference,
                       stamp, request[40:48] if origin is None else origin, stamp, stamp)


class TimeServer:
    """`reply` makes the datagrams of a request: reply(request, now_s) -> list of bytes; `offset_s` is
    how far its clock is ahead of `begin_s`, which runs from its start."""

    def __init__(self, namespace, address, begin_s, reply=None):
        with namespace.entered():
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.bind((address, PORT))
            self._stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(STOP_POLL_S)
        self._begin = begin_s - time.monotonic()
        self.reply = reply or (lambda request, now_s: [answer(request, now_s)])
        self.forge = None  # forge(now_s) -> bytes sent from another port before each reply
        self.offset_s = 0.0
        self.asked = []  # (port it came from, the request)
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopping = True
        self._thread.join(5)
        self._socket.close()
        self._stranger.close()

    def now_s(self):
        return self._begin + time.monotonic() + self.offset_s

    def _serve(self):
        while not self._stopping:
            try:
                request, peer = self._socket.recvfrom(512)
            except TimeoutError:
                continue
            self.asked.append((peer[1], request))
            if self.forge is not None:
                self._stranger.sendto(self.forge(self.now_s()), peer)
            for packet in self.reply(request, self.now_s()):
                self._socket.sendto(packet, peer)
