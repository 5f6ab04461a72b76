"""The stream of numbered datagrams from the LAN to the WAN; stream.c does the work."""

import socket
import subprocess
import time
from dataclasses import dataclass

from tests.harness.paths import BUILD, ROOT
from tests.harness.topology import WAN_HOST

PORT = 7100
DATAGRAM_BYTES = 22  # in a frame of 64 bytes, its check sequence included
RECEIVE_BUFFER_BYTES = 16 << 20
SO_RCVBUFFORCE = 33
SOURCE = ROOT / "tests" / "fault" / "stream.c"
PROGRAM = BUILD / "tests" / "fault" / "stream"


@dataclass(frozen=True)
class Window:
    """What became of the stream in one window; see window_print in stream.c."""

    sent: int
    received: int
    lost: int
    repeated: int
    overtaken: int
    gap_us: int
    late_us: int

    @property
    def gap_ms(self):
        return self.gap_us / 1000


def program():
    """The compiled stream.c."""
    if not PROGRAM.exists() or PROGRAM.stat().st_mtime < SOURCE.stat().st_mtime:
        PROGRAM.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o", PROGRAM, SOURCE],
                       check=True, timeout=60)
    return str(PROGRAM)


class Stream:
    """Runs for as long as it is entered, at rate 0 at first."""

    def __init__(self, topology, datagram_bytes=DATAGRAM_BYTES, port=PORT):
        with topology.wan.entered():
            receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
        except PermissionError:  # older kernels want the first namespace's root
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        receiver.bind((WAN_HOST, port))
        with topology.lan.entered():
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.connect((WAN_HOST, port))
        fds = sender.fileno(), receiver.fileno()
        self._process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", program(), *map(str, fds),
                                          str(datagram_bytes)], pass_fds=fds, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        sender.close()
        receiver.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait(5)
        self._process.stdin.close()
        self._process.stdout.close()

    @property
    def pid(self):
        return self._process.pid

    def rate(self, a_second):
        """Datagrams a second from now on; 0: none; -1: without a pause."""
        self._ask(f"rate {a_second}")

    def window(self):
        """What came since the window before."""
        self._ask("window")
        return Window(*map(int, self._process.stdout.readline().split()))

    def over(self, seconds):
        """A window of that length, from now."""
        self.window()
        time.sleep(seconds)
        return self.window()

    def _ask(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
