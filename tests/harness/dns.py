"""A name server on the WAN side, by UDP and TCP, that remembers what it was asked."""

import socket
import struct
import threading

A, NS, SOA, TXT = 1, 2, 6, 16
NO_NAME = 3
STOP_POLL_S = 0.2


def _question(message):
    """The name asked for, its type, and where the question ends."""
    at, labels = 12, []
    while message[at]:
        labels.append(message[at + 1:at + 1 + message[at]].decode().lower())
        at += 1 + message[at]
    return ".".join(labels), struct.unpack_from("!H", message, at + 1)[0], at + 5


def _record(kind, ttl, data):
    return struct.pack("!HHHIH", 0xC00C, kind, 1, ttl, len(data)) + data


class NameServer:
    """Knows NAME.example: 'aN' is 198.51.100.N for 300 s, 'short' for 1 s, 'big' 3,000 bytes of
    text, 'none' does not exist (for 300 s). `silent` has it swallow all it is asked."""

    def __init__(self, namespace, address):
        with namespace.entered():
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._udp.bind((address, 53))
            self._tcp = socket.create_server((address, 53))
        self._udp.settimeout(STOP_POLL_S)
        self._tcp.settimeout(STOP_POLL_S)
        self.silent = False
        self.asked = []  # name, transport, port it came from, id
        self._stopping = False
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._serve_udp, self._serve_tcp)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopping = True
        for thread in self._threads:
            thread.join(5)
        self._udp.close()
        self._tcp.close()

    def count(self, name):
        return sum(asked[0] == name for asked in self.asked)

    def _serve_udp(self):
        while not self._stopping:
            try:
                message, peer = self._udp.recvfrom(4096)
            except TimeoutError:
                continue
            answer = self._answer(message, "udp", peer[1])
            if answer is not None:
                self._udp.sendto(answer, peer)

    def _serve_tcp(self):
        while not self._stopping:
            try:
                connection, peer = self._tcp.accept()
            except TimeoutError:
                continue
            with connection, connection.makefile("rb") as stream:
                length = struct.unpack("!H", stream.read(2))[0]
                answer = self._answer(stream.read(length), "tcp", peer[1])
                if answer is not None:
                    connection.sendall(struct.pack("!H", len(answer)) + answer)

    def _answer(self, message, transport, port):
        name, _, end = _question(message)
        self.asked.append((name, transport, port, message[:2]))
        if self.silent:
            return None
        host, flags, answers, authority = name.removesuffix(".example"), 0x8180, [], []
        if host.startswith("a"):
            answers = [_record(A, 300, bytes((198, 51, 100, int(host[1:]))))]
        elif host == "short":
            answers = [_record(A, 1, bytes((198, 51, 100, 1)))]
        elif host == "big":
            answers = [_record(TXT, 300, bytes([200]) + b"x" * 200) for _ in range(15)]
        else:
            flags |= NO_NAME
            authority = [_record(SOA, 300, b"\0\0" + struct.pack("!IIIII", 1, 2, 3, 4, 300))]
        if transport == "udp" and host == "big":
            flags, answers = flags | 0x0200, []
        head = message[:2] + struct.pack("!HHHHH", flags, 1, len(answers), len(authority), 0)
        return head + message[12:end] + b"".join(answers + authority)
