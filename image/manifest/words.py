"""The little languages inside the manifest's strings: sizes, maps, ports, ...

Each reader returns what the word means, or raises BadWord with what was meant.
"""

import re
from dataclasses import dataclass

from image.manifest import abi
from image.manifest.problems import nearest

_UNITS = {"": 1, "K": 1024, "M": 1024 * 1024}
_U32 = 1 << 32


class BadWord(Exception):
    """The text says what is wrong with the word."""


def size(text):
    """Bytes of "0", "8K", "4M"; whole pages."""
    match = re.fullmatch(r"(\d+)([KM]?)", text)
    if not match:
        raise BadWord(f"size '{text}' is not a number of bytes with K or M")
    value = int(match.group(1)) * _UNITS[match.group(2)]
    if value % abi.PAGE:
        raise BadWord(f"size '{text}' is not a multiple of the page, {abi.PAGE} bytes")
    if value >= _U32:
        raise BadWord(f"size '{text}' is over 4 GiB")
    return value


@dataclass(frozen=True)
class MapWord:
    region: str  # may be a glob
    access: str
    alias: str  # "" for the region's own name


def map_word(text):
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(parts):
        raise BadWord(f"map '{text}' is not \"region:access\" or \"region:access:alias\"")
    if parts[1] not in ("r", "w", "rd", "wd"):
        raise BadWord(f"access '{parts[1]}' of map '{text}' is none of r, w, rd, wd")
    return MapWord(parts[0], parts[1], parts[2] if len(parts) == 3 else "")


@dataclass(frozen=True)
class PortRange:
    base: int
    count: int
    probe: bool

    def overlaps(self, other):
        return self.base < other.base + other.count and other.base < self.base + self.count

    def __str__(self):
        return f"{self.base:#x}+{self.count}"


def ports(text):
    match = re.fullmatch(r"(0x[0-9a-f]+|\d+)\+(0x[0-9a-f]+|\d+)(:probe)?", text, re.I)
    if not match:
        raise BadWord(f"ports '{text}' are not \"base+count\" or \"base+count:probe\"")
    found = PortRange(int(match.group(1), 0), int(match.group(2), 0), bool(match.group(3)))
    if not found.count or found.base + found.count > 0x10000:
        raise BadWord(f"ports '{text}' are none, or lie beyond 0xffff")
    return found


@dataclass(frozen=True)
class Irq:
    line: int
    deadline_us: int
    shared: bool


def irq(text):
    match = re.fullmatch(r"(\d+):(\d+)(:shared)?", text)
    if not match:
        raise BadWord(f"interrupt '{text}' is not \"line:deadline_us\" or \"line:deadline_us:shared\"")
    found = Irq(int(match.group(1)), int(match.group(2)), bool(match.group(3)))
    if found.line > 15:
        raise BadWord(f"interrupt line {found.line} is not one of 0 to 15")
    if not 0 < found.deadline_us < 0x10000:
        raise BadWord(f"deadline of interrupt '{text}' is not one of 1 to 65535 us")
    return found


def recovery(text):
    """(step, argument) of "log" or "restart:1000"."""
    name, _, argument = text.partition(":")
    known = {key[len("RECOVERY_"):].lower().replace("_", "-"): value
             for key, value in abi.ENUMS.items() if key.startswith("RECOVERY_") and key != "RECOVERY_END"}
    if name not in known:
        raise BadWord(f"unknown recovery step '{name}'{nearest(name, known)}")
    if argument and not (argument.isdigit() and int(argument) < _U32):
        raise BadWord(f"argument '{argument}' of recovery step '{name}' is not a number")
    return known[name], int(argument or 0)


def pci_id(text):
    match = re.fullmatch(r"([0-9a-f]{4}):([0-9a-f]{4})", text, re.I)
    if not match:
        raise BadWord(f"PCI id '{text}' is not \"vendor:device\" in four hexadecimal digits each")
    return int(match.group(1), 16), int(match.group(2), 16)


def isa(text):
    """(PortRange, irq line) of "0x300+0x20:9"."""
    match = re.fullmatch(r"(0x[0-9a-f]+\+(?:0x[0-9a-f]+|\d+)):(\d+)", text, re.I)
    if not match or int(match.group(2)) > 15:
        raise BadWord(f"ISA place '{text}' is not \"base+count:irq\" with an irq of 0 to 15")
    return ports(match.group(1)), int(match.group(2))
