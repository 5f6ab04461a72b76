"""Drivers and their devices; above all: no bus master that nothing guards."""

from image.manifest import abi

_DMA = ("none", "registers", "iommu", "trusted")
_DEADLINE_MAX_US = 0xffff


def check_drivers(system, problems):
    used = {name for service in system.services if service.flag("device") for name in service.images}
    for driver in system.drivers.values():
        if driver.name not in used:
            problems.add(driver.place, f"driver '{driver.name}' is the image of no service with device = true")
        _check_devices(driver, problems)
        _check_dma(system, driver, problems)
    _check_one_driver_an_id(system, problems)
    for service in system.services:
        _check_service(system, service, problems)


def _check_service(system, service, problems):
    deadline_us = service.values.get("irq_deadline_us")
    if not service.flag("device"):
        if deadline_us is not None:
            problems.add(system.where(service, "irq_deadline_us"),
                         f"'{service.key}' has irq_deadline_us, which is for device = true; see irqs")
        return
    for name in service.images:
        if name not in system.drivers:
            problems.add(system.where(service, "images"), f"image '{name}' of '{service.key}' has no driver block")
    if deadline_us is None or not 0 < deadline_us <= _DEADLINE_MAX_US:
        problems.add(system.where(service, "irq_deadline_us"),
                     f"'{service.key}' needs irq_deadline_us of 1 to {_DEADLINE_MAX_US}")
    if service.irqs:
        problems.add(system.where(service, "irqs"), f"'{service.key}' gets its interrupt with its device")


def _check_devices(driver, problems):
    for items, what, limit in ((driver.pci, "PCI ids", "IMAGE_PCI_IDS_MAX"), (driver.isa, "ISA places", "IMAGE_ISA_MAX"),
                               (driver.dma_registers, "DMA registers", "IMAGE_DMA_RULES_MAX"),
                               (driver.pci_writes, "PCI registers to write", "IMAGE_PCI_WRITES_MAX")):
        if len(items) > abi.LIMITS[limit]:
            problems.add(driver.place, f"driver '{driver.name}' has {len(items)} {what}, "
                                       f"the kernel holds {abi.LIMITS[limit]}")
    if not driver.pci and not driver.isa:
        problems.add(driver.place, f"driver '{driver.name}' names no device: neither pci_ids nor isa")
    if driver.pci_writes and not driver.pci:
        problems.add(driver.place, f"driver '{driver.name}' has PCI registers to write, but no pci_ids")


def _check_dma(system, driver, problems):
    name, registers = driver.name, driver.dma_registers
    if driver.dma and driver.dma not in _DMA:
        problems.add(driver.dma_place, f"dma = \"{driver.dma}\" is none of {', '.join(_DMA)}")
    elif driver.bus_master and not registers and driver.dma not in ("iommu", "trusted"):
        problems.add(driver.place, f"driver '{name}' is a bus master with neither DMA registers nor an I/O MMU; "
                                   "if it is to be trusted with all memory, say so: dma = \"trusted\"")
    elif not driver.bus_master and (registers or driver.dma not in ("", "none")):
        problems.add(driver.place, f"driver '{name}' guards DMA, but lacks bus_master = true")
    elif driver.dma == "registers" and not registers:
        problems.add(driver.dma_place, f"driver '{name}' says dma = \"registers\" and has none")
    elif driver.dma == "iommu" and not any(service.name == "iommu" for service in system.services):
        problems.add(driver.dma_place, f"driver '{name}' relies on an I/O MMU, but there is no service 'iommu'")


def _check_one_driver_an_id(system, problems):
    known = {}
    for driver in system.drivers.values():
        for ident, place in driver.pci:
            first = known.setdefault(ident, driver.name)
            if first != driver.name:
                problems.add(place, f"PCI id {ident[0]:04x}:{ident[1]:04x} is also that of driver '{first}'")
