"""What two may not have: one writer a region, and ports, lines and memory once."""

from image.manifest.problems import nearest


def check_sharing(system, problems):
    _check_writers(system, problems)
    _check_names(system, problems)
    _check_ports(system, problems)
    _check_lines(system, problems)
    _check_device_memory(system, problems)


def _check_writers(system, problems):
    services = {service.name for service in system.services}
    for region in system.regions:
        if region.writer and region.writer not in services:
            problems.add(region.place, f"the writer of region '{region.name}', '{region.writer}', is no service"
                                       f"{nearest(region.writer, services)}")
        if region.kind not in ("memory", "device") and region.writer:
            problems.add(region.place, f"region '{region.name}' of kind \"{region.kind}\" has no writer but the kernel")
    for service in system.services:
        for item in service.maps:
            _check_map(service, item, problems)


def _check_map(service, item, problems):
    region = item.region
    if item.write and region.writer != service.name:
        said = f"'{service.name}' maps region '{region.name}' writable, but"
        problems.add(item.place, f"two writers: {said} its one writer is '{region.writer}'" if region.writer
                     else f"{said} it has no writer")
    if item.dma and region.kind != "memory":
        problems.add(item.place, f"region '{region.name}' is not memory: no device can be pointed at it")
    if item.dma and not service.flag("device"):
        problems.add(item.place, f"'{service.name}' lets a device reach region '{region.name}', "
                                 "but has none (device = true)")


def _check_names(system, problems):
    for what, items in (("regions", system.regions), ("services", system.services)):
        known = {}
        for item in items:
            first = known.setdefault(item.name, item)
            if first is not item:
                problems.add(item.place, f"two {what} are named '{item.name}'; the other is in line {first.place[1]}")


def _pairs(items):
    """Each two of them, in their order."""
    for number, first in enumerate(items):
        for second in items[number + 1:]:
            yield first, second


def _check_ports(system, problems):
    held = [(service.name, ports, place) for service in system.services for ports, place in service.ports]
    for (first, ports, _), (second, others, place) in _pairs(held):
        if ports.overlaps(others):
            problems.add(place, f"ports {others} of '{second}' overlap {ports} of '{first}'")
    for driver in system.drivers.values():
        for (ports, _), place in driver.isa:
            for service, others, _ in held:
                if ports.overlaps(others) and not others.probe:
                    problems.add(place, f"ports {ports} of driver '{driver.name}' overlap {others} of '{service}'")


def _check_lines(system, problems):
    held = [(service.name, irq, place) for service in system.services for irq, place in service.irqs]
    for (first, one, _), (second, other, place) in _pairs(held):
        if one.line == other.line and not (one.shared and other.shared):
            problems.add(place, f"interrupt line {other.line} of '{second}' is also that of '{first}'; "
                                "if both may have it, write \":shared\" at both")


def _check_device_memory(system, problems):
    devices = [region for region in system.regions if region.kind == "device"]
    for first, second in _pairs(devices):
        if first.physical < second.physical + second.size and second.physical < first.physical + first.size:
            problems.add(second.place, f"region '{second.name}' overlaps region '{first.name}' in physical memory")
