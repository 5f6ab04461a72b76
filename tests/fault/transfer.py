"""A TCP download through the router, timed and checked byte by byte.

    python3 -m tests.fault.transfer send|receive ADDRESS PORT BYTES

Sender and receiver are programs of their own, so that the campaign's
interpreter slows neither.
"""

import hashlib
import json
import socket
import subprocess
import sys
import tempfile
import time

from tests.harness.paths import ROOT
from tests.harness.topology import WAN_HOST

BLOCK = hashlib.shake_256(b"bulkhead").digest(1 << 20)
CONNECT_TIMEOUT_S = 10
SILENCE_S = 30
PROGRESS_S = 0.01  # between notes of how far it is: (time.monotonic(), bytes)

FOUND = {"bytes": 0, "seconds": 0.0, "pause_s": 0.0, "wrong_at": None, "error": None, "progress": []}


class Transfer:
    """Begins at once; `result` waits for its end."""

    def __init__(self, topology, length, port=7300):
        words = [WAN_HOST, str(port), str(length)]
        self._sender = self._popen(topology.wan, "send", words, subprocess.PIPE)
        self._sender.stdout.readline()  # it listens
        self._found = tempfile.TemporaryFile("w+")  # more than a pipe holds
        self._receiver = self._popen(topology.lan, "receive", words, self._found)

    def running(self):
        return self._receiver.poll() is None

    def result(self, timeout_s=SILENCE_S):
        """What receive() found, as a dictionary."""
        try:
            self._receiver.wait(timeout_s)
            self._found.seek(0)
            return json.loads(self._found.read())
        except (subprocess.TimeoutExpired, ValueError):
            return FOUND | {"error": "it did not end in time"}
        finally:
            self.stop()

    def stop(self):
        for process in (self._receiver, self._sender):
            process.kill()
            process.wait(5)
        self._sender.stdout.close()
        self._found.close()

    @staticmethod
    def _popen(namespace, role, words, stdout):
        return namespace.popen(sys.executable, "-m", "tests.fault.transfer", role, *words, cwd=ROOT,
                               stdout=stdout, text=True)


def send(address, port, length):
    with socket.create_server((address, port)) as listener:
        print("listening", flush=True)
        connection, _ = listener.accept()
    with connection:
        for _ in range(length // len(BLOCK)):
            connection.sendall(BLOCK)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)


def receive(address, port, length):
    """Bytes, seconds, the longest time without any, the first wrong place if there is one, and how it went on."""
    found = FOUND | {"progress": []}
    buffer = bytearray(len(BLOCK))
    with socket.create_connection((address, port), CONNECT_TIMEOUT_S) as connection:
        connection.settimeout(SILENCE_S)
        began = last = time.monotonic()
        try:
            while found["bytes"] < length and (count := connection.recv_into(buffer)):
                now = time.monotonic()
                found["pause_s"], last = max(found["pause_s"], now - last), now
                check(found, buffer, count)
                if not found["progress"] or now >= found["progress"][-1][0] + PROGRESS_S:
                    found["progress"].append((now, found["bytes"]))
        except OSError as error:
            found["error"] = str(error) or type(error).__name__
        found["seconds"] = last - began
    print(json.dumps(found))


def check(found, buffer, count):
    place, view = found["bytes"] % len(BLOCK), memoryview(buffer)[:count]
    first = min(count, len(BLOCK) - place)
    block = memoryview(BLOCK)
    right = view[:first] == block[place:place + first] and view[first:] == block[:count - first]
    if not right and found["wrong_at"] is None:
        found["wrong_at"] = found["bytes"]
    found["bytes"] += count


if __name__ == "__main__":
    {"send": send, "receive": receive}[sys.argv[1]](sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
