"""From the manifest's tables to the model: instances, names, globs, words."""

from fnmatch import fnmatchcase

from image.manifest import abi, words
from image.manifest.model import Driver, Map, Region, Service, System
from image.manifest.problems import nearest

KINDS = {"memory": "REGION_MEMORY", "manifest": "REGION_MANIFEST", "kernel-table": "REGION_KERNEL_TABLE",
         "kernel-log": "REGION_KERNEL_LOG", "boot-config": "REGION_BOOT_CONFIG", "device": "REGION_DEVICE"}
DMA_KINDS = {"device-reads": "DMA_RULE_DEVICE_READS", "device-writes": "DMA_RULE_DEVICE_WRITES",
             "bits": "DMA_RULE_BITS"}


class Reader:
    """`kernel_sizes`: bytes of the regions that the kernel makes, by kind."""

    def __init__(self, source, problems, kernel_sizes):
        self.source, self.problems, self.kernel_sizes = source, problems, kernel_sizes

    def read(self):
        data = self.source.data
        place = self.source.place("system", "memory")
        system = System(self._word(words.size, data["system"]["memory"], place, 0), place)
        for key, values in data.get("region", {}).items():
            for name, instance in self._instances("region", key, values):
                system.regions.append(self._region(name, key, values, instance))
        for key, values in data.get("service", {}).items():
            for name, instance in self._instances("service", key, values):
                system.services.append(self._service(name, key, values, instance, len(system.services)))
        for index, region in enumerate(system.regions):
            region.index = index
        for service in system.services:
            self._join(system, service)
        return system

    def _instances(self, table, key, values):
        """(name, number as text) of each instance."""
        count = values.get("instances")
        place = self.source.place(table, key)
        if (count is None) == ("{n}" in key):
            self.problems.add(place, f"'{key}': a name with {{n}} and 'instances' go together")
            return []
        names = [(key, "")] if count is None else [(key.replace("{n}", str(n)), str(n)) for n in range(count)]
        for name, _ in names:
            if len(name) > abi.NAME_MAX:
                self.problems.add(place, f"name '{name}' is longer than {abi.NAME_MAX} characters")
        return names

    def _word(self, reader, text, place, default):
        try:
            return reader(text)
        except words.BadWord as error:
            self.problems.add(place, str(error))
            return default

    def _region(self, name, key, values, instance):
        place = self.source.place("region", key)
        kind = values.get("kind", "memory")
        if kind not in KINDS:
            self.problems.add(self.source.place("region", key, "kind"),
                              f"unknown kind of region '{kind}'{nearest(kind, KINDS)}")
            kind = "memory"
        size = self.kernel_sizes.get(kind, 0)
        if "size" in values:
            size = self._word(words.size, values["size"], self.source.place("region", key, "size"), abi.PAGE)
        if not size:
            self.problems.add(place, f"region '{name}' lacks a size")
        if (kind == "device") != ("physical" in values):
            self.problems.add(place, f"region '{name}': kind \"device\" and 'physical' go together")
        return Region(name, place, kind, size, values.get("writer", "").replace("{n}", instance),
                      values.get("physical", 0))

    def _service(self, name, key, values, instance, slot):
        place = self.source.place("service", key)
        values = {k: [i.replace("{n}", instance) for i in v] if isinstance(v, list) else v for k, v in values.items()}
        service = Service(name, place, key, slot, values, images=values.get("images", [name]))
        for size in ("stack", "heap"):
            setattr(service, size, self._word(words.size, values.get(size, "0"), self.place(service, size), 0))
        service.ports = self._list(service, "ports", words.ports)
        service.irqs = self._list(service, "irqs", words.irq)
        service.recovery = [step for step, _ in self._list(service, "recovery", words.recovery)]
        service.kernel_calls = self._calls(service)
        return service

    def place(self, service, key, item=None):
        return self.source.place("service", service.key, key, item=item)

    def _list(self, service, key, reader):
        found = []
        for text in service.values.get(key, []):
            place = self.place(service, key, text)
            word = self._word(reader, text, place, None)
            if word is not None:
                found.append((word, place))
        return found

    def _calls(self, service):
        bits = abi.CALLS_FOR_ALL
        for name in service.values.get("calls", []):
            if name in abi.CALLS:
                bits |= 1 << abi.CALLS[name]
            else:
                self.problems.add(self.place(service, "calls", name),
                                  f"unknown kernel call '{name}'{nearest(name, abi.CALLS)}")
        return bits

    def _join(self, system, service):
        """Resolves what a service says of others, now that all are known."""
        names = [other.name for other in system.services]
        for key in ("call", "notify", "after"):
            for text in service.values.get(key, []):
                place = self.place(service, key, text)
                for name in self._matches(text, names, "service", place):
                    if name != service.name or "*" not in text:
                        getattr(service, key)[name] = place
        for word, place in self._list(service, "maps", words.map_word):
            self._map(system, service, word, place)

    def _map(self, system, service, word, place):
        matched = self._matches(word.region, [region.name for region in system.regions], "region", place)
        for region in (r for r in system.regions if r.name in matched):
            alias = word.alias or region.name
            if any(known.alias == alias for known in service.maps):
                self.problems.add(place, f"duplicate name: '{service.name}' maps two regions as '{alias}'")
            if len(alias) > abi.NAME_MAX:
                self.problems.add(place, f"name '{alias}' is longer than {abi.NAME_MAX} characters")
            service.maps.append(Map(region, word.access[0] == "w", "d" in word.access, alias, place))

    def _matches(self, text, names, what, place):
        found = [name for name in names if fnmatchcase(name, text)] if "*" in text else \
            [name for name in names if name == text]
        if not found:
            self.problems.add(place, f"unknown {what} '{text}'{nearest(text, names)}")
        return found


def read_driver(source, name, problems):
    """The block in a driver's own folder."""
    driver = Driver(name, source.place())
    _read_places(source, driver, problems)
    data = source.data
    if data.get("dma", "trusted") != "trusted":
        problems.add(source.place("dma"), f"dma = \"{data['dma']}\": the only value is \"trusted\"")
    for rule in data.get("dma_rules", []):
        _read_dma_rule(source, driver, rule, problems)
    driver.bus_master = data.get("bus_master", False)
    driver.bus_master_place = source.place("bus_master")
    driver.guarded = bool(driver.dma_rules or data.get("iommu") or data.get("dma") == "trusted")
    return driver


def _read_places(source, driver, problems):
    for key, reader in (("pci", words.pci_id), ("isa", words.isa)):
        for text in source.data.get(key, []):
            place = source.place(key, item=text)
            try:
                found = reader(text)
            except words.BadWord as error:
                problems.add(place, str(error))
                continue
            getattr(driver, key).append((found, place) if key == "pci" else (*found, place))


def _read_dma_rule(source, driver, rule, problems):
    place = source.place("dma_rules")
    kind = rule.get("kind", "")
    needed = {"bits": {"offset", "width", "kind", "mask", "bits"}}.get(kind, {"offset", "width", "kind", "length"})
    if kind not in DMA_KINDS:
        problems.add(place, f"unknown kind of DMA rule '{kind}'{nearest(kind, DMA_KINDS)}")
    elif set(rule) != needed:
        problems.add(place, f"a DMA rule of kind '{kind}' has the keys {', '.join(sorted(needed))}")
    elif rule["width"] not in (1, 2, 4):
        problems.add(place, f"the width of a DMA rule is 1, 2 or 4 bytes, not {rule['width']}")
    else:
        driver.dma_rules.append({
            "offset": rule["offset"], "width_bytes": rule["width"], "kind": abi.ENUMS[DMA_KINDS[kind]],
            "length": rule.get("length", 0), "mask": rule.get("mask", 0), "bits": rule.get("bits", 0)})
