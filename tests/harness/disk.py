"""Disks as the tests see them: the partition table, and files in a FAT partition."""

import struct
import subprocess
import uuid
import zlib
from dataclasses import dataclass

SECTOR = 512
_HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")
_ENTRY = struct.Struct("<16s16sQQQ72s")


@dataclass(frozen=True)
class Partition:
    name: str
    type: uuid.UUID
    guid: uuid.UUID
    first: int  # sectors
    last: int

    @property
    def offset(self):
        return self.first * SECTOR

    @property
    def size(self):
        return (self.last - self.first + 1) * SECTOR


def partitions(path, copy=False):
    """Of the GPT, or of its copy at the end, by name; AssertionError if it does not check out."""
    with open(path, "rb") as disk:
        last = disk.seek(0, 2) // SECTOR - 1
        lba = last if copy else 1
        disk.seek(lba * SECTOR)
        head = bytearray(disk.read(92))
        (magic, _, size, crc, _, own, other, _, _, _, table, count, entry_bytes, table_crc) = _HEADER.unpack_from(head)
        head[16:20] = bytes(4)
        assert (magic, size, own, other) == (b"EFI PART", 92, lba, 1 if copy else last), (magic, size, own, other)
        assert crc == zlib.crc32(head), "the header's sum"
        disk.seek(table * SECTOR)
        entries = disk.read(count * entry_bytes)
    assert table_crc == zlib.crc32(entries), "the entries' sum"
    found = {}
    for at in range(0, len(entries), entry_bytes):
        kind, guid, first, end, _, name = _ENTRY.unpack_from(entries, at)
        if kind != bytes(16):
            name = name.decode("utf-16-le").rstrip("\0")
            found[name] = Partition(name, uuid.UUID(bytes_le=kind), uuid.UUID(bytes_le=guid), first, end)
    return found


def content(path, partition):
    with open(path, "rb") as disk:
        disk.seek(partition.offset)
        return disk.read(partition.size)


def file(path, partition, name):
    """The bytes of one file of a FAT partition."""
    return subprocess.run(["mcopy", "-n", "-i", f"{path}@@{partition.offset}", f"::{name}", "-"],
                          capture_output=True, check=True, timeout=30).stdout


def is_consistent(path, partition, scratch):
    """Whether fsck finds nothing wrong with a FAT partition."""
    scratch.write_bytes(content(path, partition))
    done = subprocess.run(["/usr/sbin/fsck.fat", "-n", scratch], capture_output=True, text=True, check=False, timeout=30)
    return done.returncode == 0, done.stdout
