"""A TCP transfer through the router, timed and checked byte by byte.

    python3 -m tests.fault.transfer send|receive ADDRESS:PORT|LISTENING_FD BYTES

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
    """Begins at once, from the WAN to the LAN or `upwards`; `result` waits for its end."""

    def __init__(self, topology, length, port=7300, upwards=False):
        self._found = tempfile.TemporaryFile("w+")  # more than a pipe holds
        with topology.wan.entered():
            listener = socket.create_server((WAN_HOST, port))
        wan, lan = ("receive", "send") if upwards else ("send", "receive")
        with listener:
            accepting = self._popen(topology.wan, wan, listener.fileno(), length)
        connecting = self._popen(topology.lan, lan, f"{WAN_HOST}:{port}", length)
        self._sender, self._receiver = (connecting, accepting) if upwards else (accepting, connecting)

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
        self._found.close()

    def _popen(self, namespace, role, end, length):
        """`end` is an address to connect to, or the descriptor of a listening socket."""
        fds = (end,) if isinstance(end, int) else ()
        return namespace.popen(sys.executable, "-m", "tests.fault.transfer", role, end, length, cwd=ROOT,
                               stdout=self._found if role == "receive" else None, pass_fds=fds, text=True)


def connected(end):
    """The connection that `end` describes, as in Transfer."""
    if end.isdecimal():
        with socket.socket(fileno=int(end)) as listener:
            listener.settimeout(CONNECT_TIMEOUT_S)
            return listener.accept()[0]
    address, port = end.split(":")
    return socket.create_connection((address, int(port)), CONNECT_TIMEOUT_S)


def send(connection, length):
    for _ in range(length // len(BLOCK)):
        connection.sendall(BLOCK)
    connection.shutdown(socket.SHUT_WR)
    connection.recv(1)


def receive(connection, length):
    """Bytes, seconds, the longest time without any, the first wrong place if there is one, and how it went on."""
    found = FOUND | {"progress": []}
    buffer = bytearray(len(BLOCK))
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
    with connected(sys.argv[2]) as side:
        {"send": send, "receive": receive}[sys.argv[1]](side, int(sys.argv[3]))
