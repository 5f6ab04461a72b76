"""What the kernel's headers say: limits, numbers, and the layout of the structs.

Numbers are read from kernel/abi, so that they stand once. The struct layouts
are written out here, since Python cannot read C; c_layout.py compares every
size and offset with what the C compiler makes of the headers.
"""

import re
import struct
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ABI = ROOT / "kernel" / "abi"


def _read(header):
    path = ROOT / header if "/" in header else _ABI / header
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S).replace("\\\n", " ")


def _number(text):
    return int(re.sub(r"[uUlL]+$", "", text), 0)


def _defines(header):
    found = re.findall(r"^#define (\w+) +(0x[0-9a-fA-F]+[uUlL]*|\d+[uUlL]*) *$", _read(header), re.M)
    return {name: _number(value) for name, value in found}


def _enums(header):
    found = re.findall(r"^\s*([A-Z][A-Z0-9_]+) = (\d+),", _read(header), re.M)
    return {name: int(value) for name, value in found}


def _syscalls():
    return {word: int(number) for number, word in re.findall(r'X\(\w+, (\d+), "(\w+)"\)', _table("SYSCALL_TABLE"))}


def _table(name):
    return re.search(rf"#define {name}\(X\)(.*)", _read("syscall.h")).group(1)


def _calls_for_all():
    names = re.findall(r"SYS_(\w+)", re.search(r"#define SYSCALLS_FOR_ALL(.*)", _read("syscall.h")).group(1))
    return sum(1 << CALLS[name.lower()] for name in names)


LIMITS = _defines("layout.h") | _defines("manifest.h")
ENUMS = _enums("manifest.h") | _enums("services/proto/recovery.h")
CALLS = _syscalls()
CALLS_FOR_ALL = _calls_for_all()
PAGE = LIMITS["PAGE_BYTES"]
NAME_MAX = LIMITS["NAME_BYTES"] - 1


def pages(size):
    """`size` rounded up to whole pages."""
    return (size + PAGE - 1) // PAGE * PAGE


class Layout:
    """A C struct: named fields with struct-module formats, nested ones as Layout."""

    def __init__(self, name, *fields):
        self.name, self.fields, self.offsets = name, fields, {}
        offset = align = 0
        for field, kind, count in fields:
            size, alignment = _size_of(kind)
            offset = (offset + alignment - 1) // alignment * alignment
            self.offsets[field] = offset
            offset, align = offset + size * count, max(align, alignment)
        self.align = align
        self.size = (offset + align - 1) // align * align

    def pack(self, values):
        """Bytes; what `values` leaves out is zero, a surplus is an error of ours."""
        unknown = set(values) - set(self.offsets)
        assert not unknown, f"{self.name}: {unknown}"
        raw = bytearray(self.size)
        for field, kind, count in self.fields:
            if field in values:
                content = _pack_field(kind, count, values[field])
                raw[self.offsets[field]:self.offsets[field] + len(content)] = content
        return bytes(raw)


def _size_of(kind):
    if isinstance(kind, Layout):
        return kind.size, kind.align
    size = struct.calcsize("<" + kind)
    return size, size


def _pack_field(kind, count, value):
    if kind == "s":
        text = value.encode("ascii")
        assert len(text) < count, value
        return text.ljust(count, b"\0")
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    assert len(items) <= count
    if isinstance(kind, Layout):
        return b"".join(kind.pack(item) for item in items)
    return struct.pack(f"<{len(items)}{kind}", *items)


_NAME = LIMITS["NAME_BYTES"]
REGION = Layout("manifest_region", ("name", "s", _NAME), ("kind", "I", 1), ("address", "I", 1),
                ("size_bytes", "I", 1), ("flags", "I", 1), ("physical", "Q", 1))
MAP = Layout("manifest_map", ("alias", "s", _NAME), ("region", "H", 1), ("access", "H", 1), ("reserved", "I", 1))
PORTS = Layout("manifest_ports", ("base", "H", 1), ("count", "H", 1), ("probe", "I", 1))
IRQ = Layout("manifest_irq", ("line", "B", 1), ("reserved", "B", 1), ("deadline_us", "H", 1))
RECOVERY = Layout("manifest_recovery", ("step", "H", 1), ("reserved", "H", 1), ("argument", "I", 1))
SERVICE = Layout(
    "manifest_service", ("name", "s", _NAME), ("flags", "I", 1), ("priority", "I", 1), ("budget_us", "I", 1),
    ("period_us", "I", 1), ("stack_bytes", "I", 1), ("heap_bytes", "I", 1), ("heartbeat_ms", "I", 1),
    ("kernel_calls", "I", 1), ("call_targets", "Q", 1), ("notify_targets", "Q", 1), ("start_after", "Q", 1),
    ("image_count", "I", 1), ("map_count", "I", 1), ("port_count", "I", 1), ("irq_count", "I", 1),
    ("images", "H", LIMITS["SERVICE_IMAGES_MAX"]), ("maps", MAP, LIMITS["SERVICE_MAPS_MAX"]),
    ("ports", PORTS, LIMITS["SERVICE_PORTS_MAX"]), ("irqs", IRQ, LIMITS["SERVICE_IRQS_MAX"]),
    ("recovery", RECOVERY, LIMITS["RECOVERY_STEPS_MAX"]))
SEGMENT = Layout("manifest_segment", ("offset", "Q", 1), ("address", "I", 1), ("file_bytes", "I", 1),
                 ("memory_bytes", "I", 1), ("access", "I", 1))
PCI_ID = Layout("manifest_pci_id", ("vendor", "H", 1), ("device", "H", 1))
ISA = Layout("manifest_isa", ("port", "H", 1), ("count", "H", 1), ("irq", "I", 1))
DMA_RULE = Layout("manifest_dma_rule", ("offset", "H", 1), ("width_bytes", "B", 1), ("kind", "B", 1),
                  ("length", "I", 1), ("mask", "I", 1), ("bits", "I", 1))
PCI_WRITE = Layout("manifest_pci_write", ("offset", "B", 1), ("width_bytes", "B", 1), ("reserved", "H", 1),
                   ("value", "I", 1))
IMAGE = Layout(
    "manifest_image", ("name", "s", _NAME), ("offset", "Q", 1), ("size_bytes", "I", 1), ("crc32", "I", 1),
    ("entry", "Q", 1), ("crash_entry", "Q", 1), ("segment_count", "I", 1), ("pci_id_count", "I", 1),
    ("isa_count", "I", 1), ("dma_rule_count", "I", 1), ("segments", SEGMENT, LIMITS["IMAGE_SEGMENTS_MAX"]),
    ("pci_ids", PCI_ID, LIMITS["IMAGE_PCI_IDS_MAX"]), ("isa", ISA, LIMITS["IMAGE_ISA_MAX"]),
    ("dma_rules", DMA_RULE, LIMITS["IMAGE_DMA_RULES_MAX"]), ("pci_write_count", "I", 1), ("reserved", "I", 1),
    ("pci_writes", PCI_WRITE, LIMITS["IMAGE_PCI_WRITES_MAX"]))
MANIFEST = Layout(
    "manifest", ("magic", "I", 1), ("version", "I", 1), ("crc32", "I", 1), ("manifest_bytes", "I", 1),
    ("bundle_bytes", "Q", 1), ("service_count", "I", 1), ("region_count", "I", 1), ("image_count", "I", 1),
    ("rs_slot", "I", 1), ("build_id", "s", 64), ("services", SERVICE, LIMITS["SERVICE_MAX"]),
    ("regions", REGION, LIMITS["REGION_MAX"]), ("images", IMAGE, LIMITS["IMAGE_MAX"]))
LAYOUTS = (REGION, MAP, PORTS, IRQ, RECOVERY, SERVICE, SEGMENT, PCI_ID, ISA, DMA_RULE, PCI_WRITE, IMAGE, MANIFEST)
