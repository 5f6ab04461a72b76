"""Memory: each stack is enough for its program, and all of it for the machine."""

from pathlib import Path

from image.manifest import abi
from image.manifest.stack import StackUnknown, worst_case

# Beside image, stack and heap: IPC buffer, start information, top page table,
# and one page table of each of three levels for image, heap, regions and stack.
_PAGES_OF_A_SERVICE = 2 + 1 + 1 + 2 + 4 * 2


def check_memory(system, problems):
    _check_sum(system, problems)
    _check_bundle_reader(system, problems)
    for service in system.services:
        for name in service.images:
            _check_stack(system, service, system.binaries[name], problems)


def shares(system):
    """(what, bytes) of all memory that the system takes."""
    services = sum(service.stack + service.heap + _PAGES_OF_A_SERVICE * abi.PAGE
                   + max(system.binaries[name].memory for name in service.images) for service in system.services)
    bundle = sum(abi.pages(len(segment.content)) for name in system.image_names()
                 for segment in system.binaries[name].segments)
    if system.bundle_reader():
        bundle += sum(abi.pages(Path(file).stat().st_size) for file in system.files)
        services += bundle  # its program's last segment
    regions = sum(region.size for region in system.regions if region.kind != "device")
    return (("regions", regions), ("services", services), ("bundle", bundle))


def _check_sum(system, problems):
    parts = shares(system)
    total = sum(size for _, size in parts)
    if total > system.memory:
        listed = ", ".join(f"{what} {size // 1024}K" for what, size in parts)
        problems.add(system.memory_place, f"the system takes {total // 1024}K ({listed}), "
                                          f"but the machine has {system.memory // 1024}K for it")


def _check_bundle_reader(system, problems):
    readers = [service for service in system.services if service.flag("bundle")]
    for service in readers[1:]:
        problems.add(system.where(service, "bundle"),
                     f"'{service.key}' has bundle = true, as '{readers[0].key}' has: it costs the memory of a bundle")
    for service in readers[:1]:
        if len(service.images) != 1:
            problems.add(system.where(service, "bundle"), f"'{service.key}' has bundle = true and more than one image")
        elif len(system.binaries[service.images[0]].segments) >= abi.LIMITS["IMAGE_SEGMENTS_MAX"]:
            problems.add(system.where(service, "bundle"),
                         f"the binary of '{service.key}' leaves no segment for the bundle")


def _check_stack(system, service, binary, problems):
    place = system.where(service, "stack")
    try:
        worst = worst_case(binary, service.values.get("stack_indirect"), service.values.get("stack_recursion"))
    except StackUnknown as error:
        problems.add(place, f"the stack of '{service.key}' has no worst case: {error}")
        return
    if worst.bytes > service.stack:
        problems.add(place, f"stack of '{service.key}' is {service.stack} bytes, "
                            f"its worst case {worst.bytes}: {' > '.join(worst.path)}")
