"""Guest instructions, counted by the plugin in instructions.c while the guest runs."""

import mmap
import struct

from tests.bench.program import plugin

COUNT_BYTES = 8


class Counter:
    """`words` are for QEMU's command line; `value` is the count so far."""

    def __init__(self, path):
        path.write_bytes(bytes(COUNT_BYTES))
        with open(path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), COUNT_BYTES)
        self.words = ["-plugin", f"{plugin('instructions')},count={path}"]

    @property
    def value(self):
        return struct.unpack("=Q", self._map[:COUNT_BYTES])[0]
