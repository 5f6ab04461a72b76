"""A disk with a partition table and a store's partition, as a file for QEMU.

The type of the partition is services/proto/block.h's, read from there.
"""

import re
import struct
import uuid
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECTOR_BYTES = 512
DISK_SECTORS = 16 * 2048  # 16 MiB
STORE_FIRST = 2048
STORE_SECTORS = 3 * 2048
CELL_SECTORS = 33  # services/store/record.h
ENTRY_COUNT, ENTRY_BYTES = 128, 128
ENTRIES_SECTORS = ENTRY_COUNT * ENTRY_BYTES // SECTOR_BYTES


def store_type():
    """The partition's type GUID, in the words of block.h's comment."""
    text = (ROOT / "services/proto/block.h").read_text()
    return uuid.UUID(re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text).group())


def _header(own, other, entries_at, entries):
    def pack(crc):
        return struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, crc, 0, own, other,
                           2 + ENTRIES_SECTORS, DISK_SECTORS - ENTRIES_SECTORS - 2, uuid.UUID(int=1).bytes_le,
                           entries_at, ENTRY_COUNT, ENTRY_BYTES, zlib.crc32(entries))
    return pack(zlib.crc32(pack(0))).ljust(SECTOR_BYTES, b"\0")


def make(path, store_guid=uuid.UUID(int=2)):
    """A new disk: protective MBR, both copies of the table, an empty store."""
    entry = struct.pack("<16s16sQQQ72s", store_type().bytes_le, store_guid.bytes_le, STORE_FIRST,
                        STORE_FIRST + STORE_SECTORS - 1, 0, "store".encode("utf-16-le"))
    entries = entry.ljust(ENTRY_COUNT * ENTRY_BYTES, b"\0")
    last = DISK_SECTORS - 1
    mbr = bytearray(SECTOR_BYTES)
    mbr[446:462] = struct.pack("<BBBBBBBBII", 0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff, 1, last)
    mbr[510:512] = b"\x55\xaa"
    with open(path, "wb") as file:
        file.truncate(DISK_SECTORS * SECTOR_BYTES)
        file.write(bytes(mbr) + _header(1, last, 2, entries) + entries)
        file.seek((last - ENTRIES_SECTORS) * SECTOR_BYTES)
        file.write(entries + _header(last, 1, last - ENTRIES_SECTORS, entries))
    return path


def store_write(path, content, sector=0):
    """Puts bytes into the store's partition, from that sector of it on."""
    with open(path, "r+b") as file:
        file.seek((STORE_FIRST + sector) * SECTOR_BYTES)
        file.write(content)


def sector_damage(path, sector):
    """Turns over a bit of that sector of the disk."""
    with open(path, "r+b") as file:
        file.seek(sector * SECTOR_BYTES + 20)
        byte = file.read(1)[0]
        file.seek(sector * SECTOR_BYTES + 20)
        file.write(bytes([byte ^ 0x10]))
