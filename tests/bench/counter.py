"""Guest instructions, counted by the plugin in instructions.c while the guest runs."""

import mmap
import struct
import subprocess

from tests.harness.paths import BUILD, ROOT

SOURCE = ROOT / "tests" / "bench" / "instructions.c"
PLUGIN = BUILD / "bench" / "instructions.so"
COUNT_BYTES = 8


class Counter:
    """`words` are for QEMU's command line; `value` is the count so far."""

    def __init__(self, path):
        path.write_bytes(bytes(COUNT_BYTES))
        with open(path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), COUNT_BYTES)
        self.words = ["-plugin", f"{_plugin()},count={path}"]

    @property
    def value(self):
        return struct.unpack("=Q", self._map[:COUNT_BYTES])[0]


def _plugin():
    if not PLUGIN.exists() or PLUGIN.stat().st_mtime < SOURCE.stat().st_mtime:
        PLUGIN.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-std=gnu17", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra",
                        "-Werror", "-o", PLUGIN, SOURCE], check=True, timeout=60)
    return PLUGIN
