"""A door from this machine into the LAN of `make run`: what connects to 127.0.0.1 here
arrives at the router's LAN address, as if the LAN host had connected.
"""

import socket
import threading

FIRST_PORT, LAST_PORT = 8443, 8463
CHUNK_BYTES = 65536


class Doorway:
    """Opened in the network that this thread is in; leads nowhere until `lead`."""

    def __init__(self):
        self._listener = _listener_open()
        self.port = self._listener.getsockname()[1]

    def lead(self, namespace, address, port):
        """From now on connections go to `address`:`port` in `namespace`."""
        threading.Thread(target=self._serve, args=(namespace, (address, port)), daemon=True).start()

    def close(self):
        self._listener.close()

    def _serve(self, namespace, target):
        while True:
            try:
                outside, _ = self._listener.accept()
            except OSError:
                return  # closed
            with namespace.entered():
                inside = socket.socket()  # belongs to that namespace for good
            threading.Thread(target=_carry, args=(outside, inside, target), daemon=True).start()


def _listener_open():
    for port in range(FIRST_PORT, LAST_PORT):
        try:
            return socket.create_server(("127.0.0.1", port))
        except OSError:
            continue  # somebody else's
    return socket.create_server(("127.0.0.1", 0))


def _carry(outside, inside, target):
    """Both ways, until both have ended."""
    with outside, inside:
        try:
            inside.connect(target)
        except OSError:
            return
        back = threading.Thread(target=_pour, args=(inside, outside), daemon=True)
        back.start()
        _pour(outside, inside)
        back.join()


def _pour(source, sink):
    try:
        while chunk := source.recv(CHUNK_BYTES):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        source.close()  # the other way ends, too
