"""Addresses of regions: one after another from USER_REGION_BASE, a hole after each.

A region has the same address in every service, so that a dump of one explains
another; the hole is a page that is never mapped.
"""

from image.manifest import abi


def place_regions(system, problems):
    address = abi.LIMITS["USER_REGION_BASE"]
    for region in system.regions:
        region.address = address
        address += region.size + abi.PAGE
        if address > abi.LIMITS["USER_STACK_TOP"] // 2:
            problems.add(region.place, f"region '{region.name}' lies beyond the address space of regions")
            return
