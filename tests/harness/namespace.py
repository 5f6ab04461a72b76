"""A network namespace: lives as long as this object, needs no name.

The kernel keeps a namespace while a file descriptor refers to it, so nothing
is left behind when the tests end or are killed. A socket belongs for ever to
the namespace in which it was made, and a program to the one it was started
in: `entered` covers only that moment.
"""

import os
import subprocess
from contextlib import contextmanager

from tests.harness.sandbox import CLONE_NEWNET, libc_call

THREAD_NAMESPACE = "/proc/thread-self/ns/net"


class Namespace:
    def __init__(self, name):
        self.name = name
        home = os.open(THREAD_NAMESPACE, os.O_RDONLY)
        try:
            libc_call("unshare", CLONE_NEWNET)
            self.fd = os.open(THREAD_NAMESPACE, os.O_RDONLY)
            self._configure()
        finally:
            libc_call("setns", home, CLONE_NEWNET)
            os.close(home)

    @classmethod
    def found(cls, name, path):
        """One that somebody else has made; `path` is a file of /proc that refers to it."""
        namespace = cls.__new__(cls)
        namespace.name, namespace.fd = name, os.open(path, os.O_RDONLY)
        return namespace

    @classmethod
    def here(cls):
        """That of the calling thread."""
        return cls.found("here", THREAD_NAMESPACE)

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    @contextmanager
    def entered(self):
        """The calling thread is inside for the length of the block."""
        home = os.open(THREAD_NAMESPACE, os.O_RDONLY)
        try:
            libc_call("setns", self.fd, CLONE_NEWNET)
            yield self
        finally:
            libc_call("setns", home, CLONE_NEWNET)
            os.close(home)

    def popen(self, *argv, **options):
        """Starts a program inside that dies with us."""
        with self.entered():
            return subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *map(str, argv)], **options)

    def run(self, *argv, timeout=10, check=True, **options):
        """Runs a program inside; fails with all it printed."""
        process = self.popen(*argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, **options)
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as late:
            process.kill()
            output, _ = process.communicate()
            raise TimeoutError(f"{self._shown(argv)} took over {timeout} s: {output}") from late
        if check and process.returncode != 0:
            raise RuntimeError(f"{self._shown(argv)} ended with {process.returncode}: {output}")
        return subprocess.CompletedProcess(argv, process.returncode, output)

    def neighbours_forget(self):
        """Empties the ARP cache, also of entries in use."""
        self.run("ip", "neigh", "flush", "all", "nud", "all")

    def _shown(self, argv):
        return f"{self.name}: {' '.join(map(str, argv))}"

    @staticmethod
    def _configure():
        """Inside: loopback up, and no limit on the ICMP errors that tests count."""
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=10)
        for path, value in (("ipv4/icmp_ratelimit", "0"), ("ipv6/conf/default/disable_ipv6", "1"),
                            ("ipv4/ip_local_port_range", "10000 60999")):
            try:
                with open(f"/proc/sys/net/{path}", "w", encoding="ascii") as file:
                    file.write(value)
            except OSError:
                pass  # not there without IPv6, or read-only in a container
