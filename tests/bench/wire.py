"""A cable from QEMU's card to us: frames in a stream socket, and one host at our end that answers ARP.

QEMU's stream sockets put a length of four bytes before each frame. What is
written at once is read at once, so a burst reaches the card as a whole.
"""

import socket
import struct
import threading
import time

from tests.bench.segments import address_bytes, ends

LENGTH = struct.Struct("!I")
READ_BYTES = 1 << 16
ARP, IPV4 = b"\x08\x06", b"\x08\x00"
ARP_REQUEST, ARP_REPLY = b"\x00\x01", b"\x00\x02"
ETHERNET_BYTES = 14
RECEIVE_LIMIT_S = 20


class Wire:
    """`netdev` is for QEMU's command line, `fd` to be passed to it; `address` is the host's.

    It hears what is for its `ports`: the appliance asks for names and the time as well. None: all.
    """

    def __init__(self, address, mac, gateway_mac, ports=None):
        self._address = address_bytes(address)
        self._mac, self._gateway = (bytes.fromhex(text.replace(":", "")) for text in (mac, gateway_mac))
        self._ports = ports
        self._ours, self._qemus = socket.socketpair()
        self.fd = self._qemus.fileno()
        self.netdev = f"socket,fd={self.fd}"
        self._arrived, self._changed = [], threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def close(self):
        for end in (self._ours, self._qemus):
            end.close()

    def send(self, packets):
        """IPv4 packets to the gateway, all at once."""
        self._write(self._gateway + self._mac + IPV4 + packet for packet in packets)

    def receive(self, count):
        """The next `count` IPv4 packets that came."""
        limit = time.monotonic() + RECEIVE_LIMIT_S
        with self._changed:
            while len(self._arrived) < count:
                if not self._changed.wait(limit - time.monotonic()):
                    raise TimeoutError(f"{len(self._arrived)} of {count} packets arrived")
            found, self._arrived = self._arrived[:count], self._arrived[count:]
        return found

    def _write(self, frames):
        self._ours.sendall(b"".join(LENGTH.pack(len(frame)) + frame for frame in frames))

    def _read(self):
        data = b""
        try:
            while chunk := self._ours.recv(READ_BYTES):
                data = self._frames_take(data + chunk)
        except OSError:
            return  # closed

    def _frames_take(self, data):
        """What is left behind the last whole frame."""
        while len(data) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(data)[0]
            if len(data) < end:
                break
            self._frame_take(data[LENGTH.size:end])
            data = data[end:]
        return data

    def _frame_take(self, frame):
        content = frame[ETHERNET_BYTES:]
        if frame[12:14] == ARP:
            self._arp_answer(content)
        elif frame[12:14] == IPV4 and frame[:6] == self._mac:
            self._packet_take(content[:int.from_bytes(content[2:4], "big")])

    def _packet_take(self, packet):
        if self._ports is not None and ends(packet)[1].port not in self._ports:
            return
        with self._changed:
            self._arrived.append(packet)
            self._changed.notify()

    def _arp_answer(self, request):
        """RFC 826."""
        if request[6:8] != ARP_REQUEST or request[24:28] != self._address:
            return
        asker = request[8:14]
        self._write([asker + self._mac + ARP + request[:6] + ARP_REPLY + self._mac + self._address + request[8:18]])
