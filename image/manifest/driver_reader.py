"""The blocks in the drivers' own folders: which devices, and their DMA registers."""

from image.manifest import abi, words
from image.manifest.model import Driver
from image.manifest.problems import nearest

REGISTER_KINDS = {"device-reads": "DMA_RULE_DEVICE_READS", "device-writes": "DMA_RULE_DEVICE_WRITES",
                  "bits": "DMA_RULE_BITS"}
_KEYS = {"bits": {"offset", "width", "kind", "mask", "bits"}}
_KEYS_OF_ADDRESS = {"offset", "width", "kind", "length"}
_WIDTHS = (1, 2, 4)
_OFFSET_MAX = 0xffff
_PCI_OWN, _PCI_END = 0x40, 0x100  # PCI 3.0, 6.1: what lies below is the same in all devices, and the pci service's


def read_drivers(source, problems):
    """The drivers of one file, whose keys and types are right."""
    return [_driver(source, name, values, problems) for name, values in source.data.get("driver", {}).items()]


def _driver(source, name, values, problems):
    path = ("driver", name)
    driver = Driver(name, source.place(*path), bus_master=values.get("bus_master", False),
                    dma=values.get("dma", ""), dma_place=source.place(*path, "dma"))
    for key, reader, found in (("pci_ids", words.pci_id, driver.pci), ("isa", words.isa, driver.isa)):
        for text in values.get(key, []):
            place = source.place(*path, key, item=text)
            try:
                found.append((reader(text), place))
            except words.BadWord as error:
                problems.add(place, str(error))
    for number, register in enumerate(values.get("dma_register", [])):
        _register(driver, register, source.place(*path, "dma_register", number), problems)
    driver.dma_registers.sort(key=lambda register: register["offset"])  # as kernel/dma_guard.c looks for them
    for number, write in enumerate(values.get("pci_write", [])):
        _pci_write(driver, write, source.place(*path, "pci_write", number), problems)
    return driver


def _pci_write(driver, write, place, problems):
    offset, width, value = write["offset"], write["width"], write["value"]
    if width not in _WIDTHS or offset % width:
        problems.add(place, f"a PCI register has 1, 2 or 4 bytes and lies on a multiple of that, not {width} at {offset:#x}")
    elif not _PCI_OWN <= offset < _PCI_END:
        problems.add(place, f"PCI registers of the device's own lie from {_PCI_OWN:#x} to {_PCI_END - 1:#x}, not at {offset:#x}")
    elif value >> 8 * width:
        problems.add(place, f"{value:#x} is too much for a PCI register of {width} bytes")
    else:
        driver.pci_writes.append({"offset": offset, "width_bytes": width, "value": value})


def _overlap(register, other):
    return register["offset"] < other["offset"] + other["width_bytes"] and \
        other["offset"] < register["offset"] + register["width"]


def _register(driver, register, place, problems):
    kind = register.get("kind", "")
    needed = _KEYS.get(kind, _KEYS_OF_ADDRESS)
    if kind not in REGISTER_KINDS:
        problems.add(place, f"unknown kind of DMA register '{kind}'{nearest(kind, REGISTER_KINDS)}")
    elif set(register) != needed:
        problems.add(place, f"a DMA register of kind '{kind}' has the keys {', '.join(sorted(needed))}")
    elif register["width"] not in _WIDTHS:
        problems.add(place, f"the width of a DMA register is 1, 2 or 4 bytes, not {register['width']}")
    elif register["offset"] > _OFFSET_MAX:
        problems.add(place, f"the offset of a DMA register is at most {_OFFSET_MAX:#x}")
    elif any(_overlap(register, other) for other in driver.dma_registers):
        problems.add(place, f"the DMA register at {register['offset']:#x} overlaps another")
    else:
        driver.dma_registers.append({
            "offset": register["offset"], "width_bytes": register["width"],
            "kind": abi.ENUMS[REGISTER_KINDS[kind]], "length": register.get("length", 0),
            "mask": register.get("mask", 0), "bits": register.get("bits", 0)})
