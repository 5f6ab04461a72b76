"""Syslog collectors by UDP and TCP that take, hang or end as the test says."""

import re
import socket
import threading

STOP_POLL_S = 0.2
MESSAGE = re.compile(rb"<(\d+)>1 (\S+) (\S+) (\S+) (\S+) - \[meta sequenceId=\"(\d+)\" sysUpTime=\"(\d+)\"\] (.*)", re.S)


class Message:
    def __init__(self, raw):
        match = MESSAGE.fullmatch(raw)
        assert match, raw
        priority, time, host, service, generation, sequence, uptime, text = match.groups()
        self.facility, self.severity = divmod(int(priority), 8)
        self.time, self.host, self.service = time.decode(), host.decode(), service.decode()
        self.generation, self.sequence, self.uptime = int(generation), int(sequence), int(uptime)
        self.text = text.decode()


class Collector:
    """`messages` is what it got; `errors` what it could not read."""

    def __init__(self):
        self.messages, self.errors = [], []
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopping = True
        self._thread.join(5)
        self._socket.close()

    def texts(self):
        return [message.text for message in list(self.messages)]

    def _take(self, raw):
        try:
            self.messages.append(Message(raw))
        except AssertionError as error:
            self.errors.append(error)


class UdpCollector(Collector):
    def __init__(self, namespace, address, port=514):
        super().__init__()
        with namespace.entered():
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.bind((address, port))
        self._socket.settimeout(STOP_POLL_S)

    def _serve(self):
        while not self._stopping:
            try:
                self._take(self._socket.recv(65536))
            except TimeoutError:
                continue


class TcpCollector(Collector):
    """`hang` has it read nothing; `drop()` ends the connection."""

    def __init__(self, namespace, address, port=601):
        super().__init__()
        with namespace.entered():
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self._socket.bind((address, port))
            self._socket.listen(4)
        self._socket.settimeout(STOP_POLL_S)
        self.hang = threading.Event()
        self.connections = 0
        self._drop = threading.Event()

    def drop(self):
        self._drop.set()

    def _serve(self):
        while not self._stopping:
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            self.connections += 1
            self._drop.clear()
            with connection:
                connection.settimeout(STOP_POLL_S)
                self._read(connection)

    def _read(self, connection):
        waiting = b""
        while not self._stopping and not self._drop.is_set():
            if self.hang.is_set():
                self._drop.wait(STOP_POLL_S)
                continue
            try:
                chunk = connection.recv(65536)
            except TimeoutError:
                continue
            except OSError:
                return
            if not chunk:
                return
            waiting = self._frames(waiting + chunk)

    def _frames(self, waiting):
        """Takes whole frames; returns the rest."""
        while True:
            head, space, rest = waiting.partition(b" ")
            if not space or len(rest) < int(head):
                return waiting
            self._take(rest[:int(head)])
            waiting = rest[int(head):]
