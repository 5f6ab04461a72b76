"""Raw frames in and out of a namespace's interface, as a hostile host sees it.

Frames are bytes; scapy builds and reads them where a test needs that.
"""

import select
import socket
import time

ETH_P_ALL = 3
SOL_PACKET = 263
SO_RCVBUFFORCE = 33
PACKET_IGNORE_OUTGOING = 23
RECEIVE_BUFFER_BYTES = 8 << 20


class PacketPort:
    def __init__(self, namespace, interface):
        self.name = f"{namespace.name}/{interface}"
        with namespace.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self._socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
            self._buffer_enlarge()
            self._socket.bind((interface, ETH_P_ALL))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def _buffer_enlarge(self):
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
        except PermissionError:  # older kernels want the first namespace's root
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    def send(self, frame):
        self._socket.send(bytes(frame))

    def drain(self):
        """All frames that have arrived by now."""
        frames = []
        while select.select([self._socket], [], [], 0)[0]:
            frames.append(self._socket.recv(65536))
        return frames

    def expect(self, wanted, timeout_s=5, what="a frame"):
        """The first frame for which wanted(frame) is true."""
        deadline, others = time.monotonic() + timeout_s, []
        while (left := deadline - time.monotonic()) > 0:
            if select.select([self._socket], [], [], left)[0]:
                frame = self._socket.recv(65536)
                if wanted(frame):
                    return frame
                others.append(frame)
        shown = [frame[:64].hex() for frame in others[-8:]]
        raise TimeoutError(f"{self.name}: waited {timeout_s} s for {what}; "
                           f"{len(others)} other frames, the last: {shown}")
