"""The keys of a manifest and of a driver's block, and the type of each."""

from image.manifest.problems import nearest

_NUMBER_MAX = (1 << 32) - 1


def _is_number(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _NUMBER_MAX


def _is_list_of(kind):
    return lambda value: isinstance(value, list) and all(isinstance(item, kind) for item in value)


_TYPES = {
    "number": (_is_number, "a whole number of 0 to 4294967295"),
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "text": (lambda value: isinstance(value, str), "a string"),
    "texts": (_is_list_of(str), "a list of strings"),
    "tables": (_is_list_of(dict), "a list of tables"),
    "table": (lambda value: isinstance(value, dict), "a table"),
}

TOP = {"system": "table", "region": "table", "service": "table"}
SYSTEM = {"memory": "text"}
REGION = {"instances": "number", "size": "text", "writer": "text", "kind": "text", "physical": "number", "warm": "boolean"}
SERVICE = {
    "instances": "number", "images": "texts", "rs": "boolean", "device": "boolean", "fpu": "boolean",
    "priority": "number", "budget_us": "number", "period_us": "number", "stack": "text", "heap": "text",
    "stack_recursion": "number", "stack_indirect": "number", "heartbeat_ms": "number",
    "irq_deadline_us": "number", "calls": "texts", "call": "texts", "notify": "texts", "after": "texts",
    "maps": "texts", "ports": "texts", "irqs": "texts", "recovery": "texts",
}
SERVICE_REQUIRED = ("priority", "budget_us", "period_us", "stack")
DRIVER_TOP = {"driver": "table"}
DRIVER = {"pci_ids": "texts", "isa": "texts", "bus_master": "boolean", "dma": "text", "dma_register": "tables",
          "pci_write": "tables"}
DMA_REGISTER = {"offset": "number", "width": "number", "kind": "text", "length": "number", "mask": "number",
                "bits": "number"}
PCI_WRITE = {"offset": "number", "width": "number", "value": "number"}


def _check(source, problems, path, values, known, required=()):
    where = f"[{'.'.join(str(part) for part in path)}]" if path else "the file"
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


def _tables(source, problems, table, tables):
    """(name, values) of each table in `tables`, which has to hold nothing else."""
    for name, values in tables.items():
        if isinstance(values, dict):
            yield name, values
        else:
            problems.add(source.place(table, name), f"'{name}' has to be a table: [{table}.{name}]")


def check_manifest(source, problems):
    """Says so where a key is not known or not of its type; what is meant is not looked at."""
    top = _check(source, problems, (), source.data, TOP)
    _check(source, problems, ("system",), top.get("system", {}), SYSTEM, ("memory",))
    for table, known, required in (("region", REGION, ()), ("service", SERVICE, SERVICE_REQUIRED)):
        for name, values in _tables(source, problems, table, top.get(table, {})):
            _check(source, problems, (table, name), values, known, required)


def check_drivers(source, problems):
    """The same for a file with drivers' blocks."""
    top = _check(source, problems, (), source.data, DRIVER_TOP)
    for name, values in _tables(source, problems, "driver", top.get("driver", {})):
        good = _check(source, problems, ("driver", name), values, DRIVER)
        for number, register in enumerate(good.get("dma_register", [])):
            _check(source, problems, ("driver", name, "dma_register", number), register, DMA_REGISTER)
        for number, write in enumerate(good.get("pci_write", [])):
            _check(source, problems, ("driver", name, "pci_write", number), write, PCI_WRITE, PCI_WRITE)
