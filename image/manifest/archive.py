"""Files at the end of the bundle, for who can read it; services/install/archive.h."""

import struct
import zlib
from pathlib import Path

from image.manifest import abi

_FILE = struct.Struct("<16sII")  # name, offset in the bundle, bytes
_END = struct.Struct("<II4sI")  # where the files start, CRC-32 from there to here, magic, how many
_MAGIC = b"BKA1"


def archive(files, start):
    """The archive's bytes, as it lies at `start` of the bundle: whole pages."""
    content, directory = b"", b""
    for file in map(Path, files):
        raw = file.read_bytes()
        directory += _FILE.pack(file.name.encode("ascii"), start + len(content), len(raw))
        content += raw.ljust(abi.pages(len(raw)), b"\0")
    tail = len(directory) + _END.size
    body = content + directory.rjust(abi.pages(tail) - _END.size, b"\0")
    return body + _END.pack(start, zlib.crc32(body), _MAGIC, len(files))
