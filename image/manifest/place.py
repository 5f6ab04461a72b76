"""Addresses of regions: one after another from USER_REGION_BASE, a hole after each.

A region has the same address in every service, so that a dump of one explains
another; the hole is a page that is never mapped.
"""

from image.manifest import abi


def place_regions(system, problems):
    address = abi.LIMITS["USER_REGION_BASE"]
    end = abi.LIMITS["USER_STACK_TOP"] - max((service.stack for service in system.services), default=0) - abi.PAGE
    for region in system.regions:
        region.address = address
        address += region.size + abi.PAGE
        if address > end:
            problems.add(region.place, f"region '{region.name}' ends at {address:#x}, where the stacks are")
            return
