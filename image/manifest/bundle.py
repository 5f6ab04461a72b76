"""The bytes of the bundle; kernel/abi/manifest.h says how they lie."""

import zlib

from image.manifest import abi
from image.manifest.archive import archive
from image.manifest.reader import KINDS

_E = abi.ENUMS


def build(system, build_id):
    """The bundle of a system that has passed every rule."""
    names = system.image_names()
    head = abi.pages(abi.MANIFEST.size)
    contents, images, offset = [], [], head
    for name in names:
        content, values = _image(system, name, offset)
        contents.append(content)
        images.append(values)
        offset += len(content)
    if system.bundle_region():
        contents.append(archive(system.files, offset))
        offset += len(contents[-1])
    manifest = {
        "magic": abi.LIMITS["MANIFEST_MAGIC"], "version": abi.LIMITS["MANIFEST_VERSION"],
        "manifest_bytes": head, "bundle_bytes": offset, "build_id": build_id,
        "service_count": len(system.services), "region_count": len(system.regions), "image_count": len(images),
        "rs_slot": next(service.slot for service in system.services if service.flag("rs")),
        "services": [_service(system, service, names) for service in system.services],
        "regions": [_region(region) for region in system.regions], "images": images,
    }
    crc = zlib.crc32(abi.MANIFEST.pack(manifest).ljust(head, b"\0"))
    return abi.MANIFEST.pack(manifest | {"crc32": crc}).ljust(head, b"\0") + b"".join(contents)


def _whole_pages(content):
    return content.ljust(abi.pages(len(content)), b"\0")


def _image(system, name, offset):
    """Its bytes in the bundle, and struct manifest_image."""
    binary = system.binaries[name]
    content, segments = b"", []
    for segment in binary.segments:
        access = _E["SEGMENT_WRITE"] * segment.write | _E["SEGMENT_EXECUTE"] * segment.execute
        segments.append({"offset": offset + len(content), "address": segment.address,
                         "file_bytes": len(segment.content), "memory_bytes": segment.memory, "access": access})
        content += _whole_pages(segment.content)
    values = {"name": name, "offset": offset, "size_bytes": len(content), "crc32": zlib.crc32(content),
              "entry": binary.entry, "crash_entry": binary.symbols.get("service_crash", 0),
              "segment_count": len(segments), "segments": segments}
    return content, values | _driver(system.drivers.get(name))


def _driver(driver):
    if driver is None:
        return {}
    pci_ids = [{"vendor": vendor, "device": device} for (vendor, device), _ in driver.pci]
    isa = [{"port": ports.base, "count": ports.count, "irq": line} for (ports, line), _ in driver.isa]
    return {"pci_id_count": len(pci_ids), "isa_count": len(isa), "dma_rule_count": len(driver.dma_registers),
            "pci_ids": pci_ids, "isa": isa, "dma_rules": driver.dma_registers,
            "pci_write_count": len(driver.pci_writes), "pci_writes": driver.pci_writes}


def _region(region):
    return {"name": region.name, "kind": _E[KINDS[region.kind]], "address": region.address,
            "size_bytes": region.size, "physical": region.physical,
            "flags": abi.ENUMS["REGION_WARM"] if region.warm else 0}


def _bits(system, names):
    return sum(1 << service.slot for service in system.services if service.name in names)


def _flags(service):
    return (_E["SERVICE_FPU"] * service.flag("fpu") | _E["SERVICE_DEVICE"] * service.flag("device")
            | _E["SERVICE_RS"] * service.flag("rs"))


def _map(item):
    access = _E["MAP_WRITE"] * item.write | _E["MAP_DMA"] * item.dma
    return {"alias": item.alias, "region": item.region.index, "access": access}


def _irqs(service):
    """A device's line is known when it is assigned; it is the first, with this deadline."""
    if service.flag("device"):
        return [{"line": 0, "deadline_us": service.values["irq_deadline_us"]}]
    return [{"line": irq.line, "deadline_us": irq.deadline_us} for irq, _ in service.irqs]


def _service(system, service, names):
    values = service.values
    irqs = _irqs(service)
    return {
        "name": service.name, "flags": _flags(service), "priority": values["priority"],
        "budget_us": values["budget_us"], "period_us": values["period_us"], "stack_bytes": service.stack,
        "heap_bytes": service.heap, "heartbeat_ms": values.get("heartbeat_ms", 0),
        "kernel_calls": service.kernel_calls, "call_targets": _bits(system, service.call),
        "notify_targets": _bits(system, service.notify), "start_after": _bits(system, service.after),
        "image_count": len(service.images), "map_count": len(service.maps), "port_count": len(service.ports),
        "irq_count": len(irqs), "images": [names.index(name) for name in service.images],
        "maps": [_map(item) for item in service.maps],
        "ports": [{"base": p.base, "count": p.count, "probe": int(p.probe)} for p, _ in service.ports],
        "irqs": irqs,
        "recovery": [{"step": step, "argument": argument} for step, argument in service.recovery],
    }
