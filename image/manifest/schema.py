"""The keys of a manifest and of a driver's block, and the type of each."""

from image.manifest.problems import nearest

_TYPES = {
    "integer": (lambda v: isinstance(v, int) and not isinstance(v, bool), "an integer"),
    "boolean": (lambda v: isinstance(v, bool), "true or false"),
    "text": (lambda v: isinstance(v, str), "a string"),
    "texts": (lambda v: isinstance(v, list) and all(isinstance(i, str) for i in v), "a list of strings"),
    "tables": (lambda v: isinstance(v, list) and all(isinstance(i, dict) for i in v), "a list of tables"),
    "table": (lambda v: isinstance(v, dict), "a table"),
}

TOP = {"system": "table", "region": "table", "service": "table"}
SYSTEM = {"memory": "text"}
REGION = {"instances": "integer", "size": "text", "writer": "text", "kind": "text", "physical": "integer"}
SERVICE = {
    "instances": "integer", "images": "texts", "rs": "boolean", "device": "boolean", "fpu": "boolean",
    "priority": "integer", "budget_us": "integer", "period_us": "integer", "stack": "text", "heap": "text",
    "stack_recursion": "integer", "stack_indirect": "integer", "heartbeat_ms": "integer",
    "irq_deadline_us": "integer", "calls": "texts", "call": "texts", "notify": "texts", "after": "texts",
    "maps": "texts", "ports": "texts", "irqs": "texts", "recovery": "texts",
}
SERVICE_REQUIRED = ("priority", "budget_us", "period_us", "stack")
DRIVER = {"pci": "texts", "isa": "texts", "bus_master": "boolean", "iommu": "boolean", "dma": "text",
          "dma_rules": "tables"}
DMA_RULE = {"offset": "integer", "width": "integer", "kind": "text", "length": "integer", "mask": "integer",
            "bits": "integer"}


def _check(source, problems, path, values, known, required=()):
    where = f"[{'.'.join(path)}]" if path else "the file"
    good = {}
    for key, value in values.items():
        place = source.place(*path, key)
        if key not in known:
            problems.add(place, f"unknown key '{key}' in {where}{nearest(key, known)}")
        elif not _TYPES[known[key]][0](value):
            problems.add(place, f"'{key}' has to be {_TYPES[known[key]][1]}")
        else:
            good[key] = value
    for key in required:
        if key not in values:
            problems.add(source.place(*path), f"{where} lacks '{key}'")
    return good


def check_manifest(source, problems):
    """True if every key is known and of its type; what is meant is not looked at."""
    top = _check(source, problems, (), source.data, TOP)
    _check(source, problems, ("system",), top.get("system", {}), SYSTEM, ("memory",))
    for table, known, required in (("region", REGION, ()), ("service", SERVICE, SERVICE_REQUIRED)):
        for name, values in top.get(table, {}).items():
            if isinstance(values, dict):
                _check(source, problems, (table, name), values, known, required)
            else:
                problems.add(source.place(table, name), f"'{name}' has to be a table: [{table}.{name}]")
    return not problems


def check_driver(source, problems):
    good = _check(source, problems, (), source.data, DRIVER)
    for rule in good.get("dma_rules", []):
        for key, value in rule.items():
            if key not in DMA_RULE:
                problems.add(source.place("dma_rules"), f"unknown key '{key}' in dma_rules{nearest(key, DMA_RULE)}")
            elif not _TYPES[DMA_RULE[key]][0](value):
                problems.add(source.place("dma_rules"), f"'{key}' in dma_rules has to be {_TYPES[DMA_RULE[key]][1]}")
    return not problems
