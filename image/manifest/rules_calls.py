"""Who waits for whom: no cycle, so that deadlock cannot be expressed."""

_WHAT = {"call": "call cycle", "after": "start order is a cycle"}


def check_calls(system, problems):
    for key, what in _WHAT.items():
        for cycle, place in _cycles(system, key):
            problems.add(place, f"{what}: {' -> '.join(cycle)}")
    leaders = [service for service in system.services if service.flag("rs")]
    if not leaders:
        problems.add(system.memory_place, "no service has rs = true")
    for service in leaders[1:]:
        problems.add(system.where(service, "rs"),
                     f"'{service.name}' has rs = true, and so has '{leaders[0].name}': there can be one only")


def _cycles(system, key):
    """(names around the cycle, place of the edge that closes it), depth first."""
    edges = {service.name: getattr(service, key) for service in system.services}
    done, path = set(), []

    def visit(name):
        path.append(name)
        for target, place in edges[name].items():
            if target in path:
                yield path[path.index(target):] + [target], place
            elif target not in done:
                yield from visit(target)
        done.add(path.pop())

    for name in edges:
        if name not in done:
            yield from visit(name)
