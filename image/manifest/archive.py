"""Files at the end of the bundle, for who can read it; services/install/archive.h."""

import struct
from pathlib import Path

from image.manifest import abi

_FILE = struct.Struct("<16sII")  # name, offset in the bundle, bytes
_END = struct.Struct("<4sI")  # magic, how many
_MAGIC = b"BKA1"


def archive(files, start):
    """The archive's bytes, as it lies at `start` of the bundle: whole pages."""
    content, directory = b"", b""
    for file in map(Path, files):
        raw = file.read_bytes()
        directory += _FILE.pack(file.name.encode("ascii"), start + len(content), len(raw))
        content += raw.ljust(abi.pages(len(raw)), b"\0")
    tail = directory + _END.pack(_MAGIC, len(files))
    return content + tail.rjust(abi.pages(len(tail)), b"\0")
