"""Numbers: budgets, priorities, and the sizes of the kernel's tables."""

from image.manifest import abi

_TABLES = (("maps", "maps", "SERVICE_MAPS_MAX"), ("ports", "port ranges", "SERVICE_PORTS_MAX"),
           ("irqs", "interrupts", "SERVICE_IRQS_MAX"), ("images", "images", "SERVICE_IMAGES_MAX"),
           ("recovery", "recovery steps", "RECOVERY_STEPS_MAX"))


def check_limits(system, problems):
    for items, what, limit in ((system.services, "services", "SERVICE_MAX"),
                               (system.regions, "regions", "REGION_MAX"),
                               (system.image_names(), "images", "IMAGE_MAX")):
        if len(items) > abi.LIMITS[limit]:
            problems.add(system.memory_place, f"{len(items)} {what}, the kernel holds {abi.LIMITS[limit]}")
    for service in system.services:
        _check_tables(system, service, problems)
        _check_time(system, service, problems)
    _check_shares(system, problems)
    for region in system.regions:
        if region.physical % abi.PAGE:
            problems.add(region.place, f"region '{region.name}' does not begin on a page, {region.physical:#x}")


def _check_shares(system, problems):
    """Shares that add up to more than the processor could starve the less urgent."""
    share = sum(min(service.values["budget_us"] / service.values["period_us"], 1)
                for service in system.services if service.values["period_us"])
    if share > 1:
        problems.add(system.memory_place, f"the budgets of all services add up to {share:.1%} of the processor: "
                                          "nobody's share would be certain")


def _check_tables(system, service, problems):
    for key, what, limit in _TABLES:
        count = len(getattr(service, key))
        if count > abi.LIMITS[limit]:
            problems.add(system.where(service, key),
                         f"'{service.key}' has {count} {what}, the kernel holds {abi.LIMITS[limit]}")


def _check_time(system, service, problems):
    values = service.values
    if values["priority"] >= abi.LIMITS["PRIORITY_COUNT"]:
        problems.add(system.where(service, "priority"),
                     f"priority {values['priority']} is not one of 0 to {abi.LIMITS['PRIORITY_COUNT'] - 1}")
    if not values["budget_us"]:
        problems.add(system.where(service, "budget_us"), f"'{service.key}' has no budget: it would never run")
    if values["budget_us"] > values["period_us"]:
        problems.add(system.where(service, "budget_us"),
                     f"budget of {values['budget_us']} us is over the period of {values['period_us']} us")
