"""The programs: what the bundle needs of a static ELF64 executable.

System V ABI, ELF-64 object file format 1.5; only little-endian x86-64.
"""

import struct
from dataclasses import dataclass, field

from image.manifest import abi

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_IDENT = b"\x7fELF\x02\x01\x01"
_TYPE_EXECUTABLE, _MACHINE_X86_64 = 2, 62
_PT_LOAD, _SHT_SYMTAB = 1, 2
_PF_EXECUTE, _PF_WRITE = 1, 2


class BadElf(Exception):
    """The text says what is wrong with the program."""


@dataclass
class Segment:
    address: int  # on a page boundary
    content: bytes
    memory: int  # bytes, the rest zero
    write: bool
    execute: bool


@dataclass
class Binary:
    path: str
    entry: int
    segments: list
    symbols: dict = field(default_factory=dict)  # name -> address

    @property
    def memory(self):
        return sum(abi.pages(segment.memory) for segment in self.segments)

    def word_at(self, address):
        """The eight bytes there as a number, or None outside of the file's content."""
        for segment in self.segments:
            offset = address - segment.address
            if 0 <= offset <= len(segment.content) - 8:
                return int.from_bytes(segment.content[offset:offset + 8], "little")
        return None


def read(path):
    """The program, or BadElf, or OSError."""
    with open(path, "rb") as file:
        raw = file.read()
    kind = struct.pack("<HH", _TYPE_EXECUTABLE, _MACHINE_X86_64)
    if not raw.startswith(_IDENT) or raw[16:20] != kind:
        raise BadElf("is not a static ELF64 executable for x86-64")
    try:
        header = _HEADER.unpack_from(raw)
        binary = Binary(str(path), header[4], _segments(raw, header), _symbols(raw, header))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise BadElf("is a damaged ELF file") from error
    _check(binary)
    return binary


def _segments(raw, header):
    found = []
    for number in range(header[10]):
        kind, flags, offset, address, _, file_bytes, memory, _ = \
            _SEGMENT.unpack_from(raw, header[5] + number * header[9])
        if kind != _PT_LOAD or not memory:
            continue
        if offset + file_bytes > len(raw) or file_bytes > memory:
            raise BadElf("is a damaged ELF file")
        # What lies before it in its first page belongs to no one: zeros.
        lead = address % abi.PAGE
        found.append(Segment(address - lead, bytes(lead) + raw[offset:offset + file_bytes], lead + memory,
                             bool(flags & _PF_WRITE), bool(flags & _PF_EXECUTE)))
    return found


def _symbols(raw, header):
    sections = [_SECTION.unpack_from(raw, header[6] + number * header[11]) for number in range(header[12])]
    symbols = {}
    for section in (s for s in sections if s[1] == _SHT_SYMTAB):
        names = sections[section[6]]
        for offset in range(section[4], section[4] + section[5], _SYMBOL.size):
            name, _, _, place, value, _ = _SYMBOL.unpack_from(raw, offset)
            if place:
                start = names[4] + name
                symbols[raw[start:raw.index(b"\0", start)].decode()] = value
    return symbols


def _check(binary):
    segments = binary.segments
    if not segments:
        raise BadElf("has nothing to load")
    if len(segments) > abi.LIMITS["IMAGE_SEGMENTS_MAX"]:
        raise BadElf(f"has {len(segments)} segments, at most {abi.LIMITS['IMAGE_SEGMENTS_MAX']} are possible")
    end = abi.LIMITS["USER_IMAGE_BASE"]
    for segment in sorted(segments, key=lambda s: s.address):
        if segment.address < end or segment.address + segment.memory > abi.LIMITS["USER_HEAP_BASE"]:
            raise BadElf(f"has a segment at {segment.address:#x} that shares a page with another or lies outside "
                         "of the addresses for images")
        if segment.write and segment.execute:
            raise BadElf(f"has a segment at {segment.address:#x} that is writable and executable")
        end = segment.address + abi.pages(segment.memory)
    if not any(s.execute and s.address <= binary.entry < s.address + len(s.content) for s in segments):
        raise BadElf("has an entry that is not in its text")
