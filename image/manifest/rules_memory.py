"""Memory: each stack is enough for its program, and all of it for the machine."""

from pathlib import Path

from image.manifest import abi
from image.manifest.stack import StackUnknown, worst_case

# Beside image, stack and heap: IPC buffer, start information, top page table,
# and one page table of each of three levels for image, heap, regions and stack.
_PAGES_OF_A_SERVICE = 2 + 1 + 1 + 2 + 4 * 2


def check_memory(system, problems):
    _check_sum(system, problems)
    _check_bundle_region(system, problems)
    for service in system.services:
        for name in service.images:
            _check_stack(system, service, system.binaries[name], problems)


def shares(system):
    """(what, bytes) of all memory that the system takes."""
    services = sum(service.stack + service.heap + _PAGES_OF_A_SERVICE * abi.PAGE
                   + max(system.binaries[name].memory for name in service.images) for service in system.services)
    regions = sum(region.size for region in system.regions if region.kind not in ("device", "bundle"))
    return (("regions", regions), ("services", services), ("bundle", _bundle_bytes(system)))


def _bundle_bytes(system):
    """Behind its head, which is the region of kind "manifest"."""
    programs = sum(abi.pages(len(segment.content)) for name in system.image_names()
                   for segment in system.binaries[name].segments)
    if not system.bundle_region():
        return programs
    tail = abi.PAGE  # the archive's directory
    return programs + sum(abi.pages(Path(file).stat().st_size) for file in system.files) + tail


def _check_sum(system, problems):
    parts = shares(system)
    total = sum(size for _, size in parts)
    if total > system.memory:
        listed = ", ".join(f"{what} {size // 1024}K" for what, size in parts)
        problems.add(system.memory_place, f"the system takes {total // 1024}K ({listed}), "
                                          f"but the machine has {system.memory // 1024}K for it")


def _check_bundle_region(system, problems):
    region, size = system.bundle_region(), abi.pages(abi.MANIFEST.size) + _bundle_bytes(system)
    if region and region.size < size:
        problems.add(region.place, f"region '{region.name}' has room for {region.size // 1024}K, "
                                   f"but the bundle has {size // 1024}K")


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
