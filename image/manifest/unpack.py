"""Reads a compiled manifest back: for tests, and for tools that need a name or a number."""

import struct

from image.manifest import abi


def unpack(layout, raw, start=0):
    """The struct at `start` as a dict: text, numbers, lists of them, nested dicts."""
    found = {}
    for field, kind, count in layout.fields:
        found[field] = _field(kind, count, raw, start + layout.offsets[field])
    return found


def _field(kind, count, raw, start):
    if kind == "s":
        return raw[start:start + count].split(b"\0")[0].decode("ascii")
    if isinstance(kind, abi.Layout):
        items = [unpack(kind, raw, start + number * kind.size) for number in range(count)]
    else:
        items = list(struct.unpack_from(f"<{count}{kind}", raw, start))
    return items[0] if count == 1 else items
