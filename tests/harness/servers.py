"""What answers on the WAN side. Each serves from threads of this process, or
as a program in the namespace, and is a context manager."""

import selectors
import socket
import sys
import threading

from tests.harness.waiting import wait_until

BACKLOG = 1024
STOP_POLL_S = 0.2


class EchoServer:
    """TCP echo for any number of clients; remembers each peer as the server saw it."""

    def __init__(self, namespace, address, port):
        with namespace.entered():
            self._listener = socket.create_server((address, port), backlog=BACKLOG)
        self._listener.setblocking(False)
        self.peers = []
        self.errors = []
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopping = True
        self._thread.join(5)

    def _serve(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            while not self._stopping:
                for key, _ in selector.select(STOP_POLL_S):
                    if key.fileobj is self._listener:
                        self._accept(selector)
                    else:
                        self._echo(selector, key.fileobj)
            for key in list(selector.get_map().values()):
                key.fileobj.close()

    def _accept(self, selector):
        connection, peer = self._listener.accept()
        self.peers.append(peer)
        selector.register(connection, selectors.EVENT_READ)

    def _echo(self, selector, connection):
        try:
            data = connection.recv(4096)
            if data:
                connection.sendall(data)
                return
        except OSError as error:
            self.errors.append(error)
        selector.unregister(connection)
        connection.close()


def echoed(namespace, address, port, sent):
    """What comes back of `sent`."""
    with namespace.entered(), socket.create_connection((address, port), 10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


class FileServer:
    """Python's own HTTP server over a directory, as a program in the namespace."""

    def __init__(self, namespace, address, port, directory):
        self._namespace, self._address, self._port = namespace, address, port
        self._argv = [sys.executable, "-m", "http.server", port, "--bind", address,
                      "--directory", directory]
        self._process = None

    def __enter__(self):
        with open("/dev/null", "wb") as nowhere:
            self._process = self._namespace.popen(*self._argv, stdout=nowhere, stderr=nowhere)
        wait_until(self._answers, 10, f"HTTP server on {self._address}:{self._port}")
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait(5)

    def _answers(self):
        with self._namespace.entered():
            try:
                socket.create_connection((self._address, self._port), 1).close()
            except OSError:
                return False
        return True


class NetworkBoot:
    """dnsmasq in the namespace: addresses, and a TFTP server of `folder` for who starts over the network.

    It is what image/pxe/README.md tells people to run, and router advertisements: without an IPv6
    router iPXE waits 15 s for one.
    """

    def __init__(self, namespace, interface, folder, log):
        self._argv = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--port=0",
                      f"--interface={interface}", "--bind-interfaces", "--no-ping", "--dhcp-range=192.168.1.200,192.168.1.210",
                      "--dhcp-boot=boot.ipxe", "--enable-tftp", f"--tftp-root={folder}", "--enable-ra", "--dhcp-range=fd00::,ra-only", f"--log-facility={log}",
                      f"--dhcp-leasefile={log}.leases", f"--pid-file={log}.pid"]
        self._namespace, self._interface = namespace, interface

    def __enter__(self):
        self._ipv6_enable()
        self._process = self._namespace.popen(*self._argv)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait(5)

    def _ipv6_enable(self):
        self._namespace.run("sh", "-c", f"echo 0 > /proc/sys/net/ipv6/conf/{self._interface}/disable_ipv6")
        for address in ("fe80::1/64", "fd00::1/64"):
            self._namespace.run("ip", "address", "replace", address, "dev", self._interface, "nodad")
