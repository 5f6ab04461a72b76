"""Where an idle Bulkhead spends its instructions: python3 -m tests.bench.profile [--seconds N] [--nics A,B]

Counted by the plugin in profile.c, block by block, and told apart by address and
code: each program is a line of its own, and so are its functions. Programs that
share a block (none does in practice but for start-up code) share its count.
"""

import argparse
import bisect
import json
import shutil
import struct
import subprocess
import time
from collections import Counter
from pathlib import Path

from tests.bench.program import plugin
from tests.bench.routers import QUIET
from tests.harness.machine import Machine, Spec
from tests.harness.paths import ARTIFACTS, BUILD
from tests.harness.topology import WAN_HOST, Topology

BLOCK = struct.Struct("=QQII104s")
KERNEL_FROM = 0xffffffff80000000
BOOT_TIMEOUT_S = 90


class Program:
    """An ELF file: its code, and the functions in it."""

    def __init__(self, path):
        self.name = path.stem
        self._path, self._image = path, path.read_bytes()
        self._stretches = list(self._code())
        symbols = subprocess.run(["nm", "-n", "--defined-only", path], capture_output=True, text=True, check=True,
                                 timeout=60).stdout.split("\n")
        found = [(int(words[0], 16), words[2]) for words in map(str.split, symbols)
                 if len(words) == 3 and words[1] in "tT"]
        self._starts = [address for address, _ in found]
        self._names = [name for _, name in found]

    def _code(self):
        """(address, file offset, bytes) of what is executable: ELF-64, program headers."""
        offset, = struct.unpack_from("<Q", self._image, 32)
        size, count = struct.unpack_from("<HH", self._image, 54)
        for index in range(count):
            kind, flags, place, address, _, length = struct.unpack_from("<IIQQQQ", self._image, offset + index * size)
            if kind == 1 and flags & 1:
                yield address, place, length

    def has(self, address, code):
        for start, place, length in self._stretches:
            if start <= address and address + len(code) <= start + length:
                begin = place + address - start
                return self._image[begin:begin + len(code)] == code
        return False

    def function(self, address):
        index = bisect.bisect_right(self._starts, address) - 1
        return self._names[index] if index >= 0 else "?"


class Blocks:
    """What the plugin has counted so far."""

    def __init__(self, path):
        self.path = Path(path)
        self.words = ["-plugin", f"{plugin('profile')},blocks={path}"]

    def read(self):
        """[(address, executed, code)] in the order in which QEMU met them."""
        found = []
        with open(self.path, "rb") as file:
            while block := file.read(BLOCK.size):
                address, executed, entry, length, code = BLOCK.unpack(block)
                if entry == 0:
                    break
                found.append((address, executed, code[:length]))
        return found


def spent(blocks, seconds):
    """Counter of (program, function) over `seconds`, by two looks."""
    before = blocks.read()
    time.sleep(seconds)
    after = blocks.read()
    programs = [Program(path) for path in (BUILD / "services").glob("*.elf")]
    kernel = Program(BUILD / "kernel.elf")
    found = Counter()
    for index, (address, executed, code) in enumerate(after):
        executed -= before[index][1] if index < len(before) else 0
        if not executed:
            continue
        owners = [kernel] if address >= KERNEL_FROM else [one for one in programs if one.has(address, code)]
        for owner in owners:
            found[owner.name, owner.function(address)] += executed / len(owners) / seconds
        if not owners:
            found["?", hex(address)] += executed / seconds
    return found


def report(found, functions):
    programs = Counter()
    for (program, _), executed in found.items():
        programs[program] += executed
    print(f"{sum(found.values()):12,.0f} instructions a second")
    for program, executed in programs.most_common():
        print(f"{executed:12,.0f} {program}")
    print()
    for (program, function), executed in found.most_common(functions):
        print(f"{executed:12,.0f} {program}: {function}")


def main():
    parser = argparse.ArgumentParser(prog="tests.bench.profile", description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--settle", type=float, default=40)
    parser.add_argument("--nics", type=lambda text: tuple(text.split(",")), default=("rtl8139", "rtl8139"))
    parser.add_argument("--functions", type=int, default=40)
    parser.add_argument("--devices", default="", help="more words for QEMU")
    options = parser.parse_args()
    directory = ARTIFACTS / "bench-profile"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    blocks = Blocks(directory / "blocks")
    spec = Spec(nics=options.nics, capture=False, devices=(*blocks.words, *options.devices.split()),
                iso=str(BUILD / "bulkhead.iso"), config=json.dumps(QUIET))
    topology = Topology(len(options.nics))
    try:
        with Machine(spec, topology, directory) as machine:
            machine.console.wait_ready(BOOT_TIMEOUT_S)
            topology.lan.run("ping", "-n", "-c", 3, "-i", 0.2, "-W", 5, WAN_HOST)
            time.sleep(options.settle)
            report(spent(blocks, options.seconds), options.functions)
    finally:
        topology.close()


if __name__ == "__main__":
    main()
