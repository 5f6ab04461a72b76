"""One cable between a namespace and a QEMU network card.

Usually a tap. Where /dev/net/tun may not be opened (a machine that gives it to
root only, and we are not), a veth pair with a small program that carries
frames between its far end and QEMU.

Offloads are off: QEMU's old cards know none, and a capture shall show the
frames with the checksums that were on the wire.
"""

import fcntl
import os
import socket
import struct
import sys

from tests.harness.paths import ROOT

TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
ETH_P_ALL = 3
OFFLOADS = [word for name in ("tx", "rx", "tso", "gso", "gro", "sg") for word in (name, "off")]


class Link:
    """Interface `name` in `namespace`; `fd` and `netdev` are for QEMU."""

    def __init__(self, namespace, name, address=None, gateway=None, mac=None):
        self.namespace, self.name = namespace, name
        self._carrier = None
        try:
            self.fd = self._tap_open()
            self.netdev = f"tap,fd={self.fd}"
        except PermissionError:
            self.fd = self._veth_open()
            self.netdev = f"socket,fd={self.fd}"
        self._configure(address, gateway, mac)

    def close(self):
        if self._carrier is not None:
            self._carrier.kill()
            self._carrier.wait(10)
            self._carrier = None
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
        self.namespace.run("ip", "link", "del", self.name, check=False)

    def dropped(self):
        """Frames lost in this cable itself, both ways (proc_net(5), /proc/net/dev)."""
        with self.namespace.entered(), open("/proc/thread-self/net/dev", encoding="ascii") as file:
            row = next(line for line in file if line.lstrip().startswith(f"{self.name}:"))
        counts = row.split(":")[1].split()
        return int(counts[3]) + int(counts[11])

    def _tap_open(self):
        with self.namespace.entered():
            fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", self.name.encode(), IFF_TAP | IFF_NO_PI))
        return fd

    def _veth_open(self):
        far = self.name + "-far"
        self.namespace.run("ip", "link", "add", self.name, "type", "veth", "peer", "name", far)
        self.namespace.run("ethtool", "-K", far, *OFFLOADS, check=False)
        self.namespace.run("ip", "link", "set", far, "up")
        with self.namespace.entered():
            port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            port.bind((far, ETH_P_ALL))
        ours, qemus = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        fds = port.fileno(), ours.fileno()
        self._carrier = self.namespace.popen(sys.executable, "-m", "tests.harness.frame_carrier", *fds,
                                             pass_fds=fds, cwd=ROOT)
        port.close()
        ours.close()
        return qemus.detach()

    def _configure(self, address, gateway, mac):
        run = self.namespace.run
        run("ethtool", "-K", self.name, *OFFLOADS, check=False)
        run("ip", "link", "set", self.name, "addrgenmode", "none", check=False)
        if mac is not None:
            run("ip", "link", "set", self.name, "address", mac)
        run("ip", "link", "set", self.name, "up")
        if address is not None:
            run("ip", "address", "add", address, "dev", self.name)
        if gateway is not None:
            run("ip", "route", "add", "default", "via", gateway)
