"""From the manifest's tables to the model: instances, names, globs, words."""

from fnmatch import fnmatchcase

from image.manifest import abi, words
from image.manifest.model import Map, Region, Service, System
from image.manifest.problems import nearest

KINDS = {"memory": "REGION_MEMORY", "manifest": "REGION_MANIFEST", "kernel-table": "REGION_KERNEL_TABLE",
         "kernel-log": "REGION_KERNEL_LOG", "boot-config": "REGION_BOOT_CONFIG", "device": "REGION_DEVICE",
         "crashes": "REGION_CRASHES", "bundle": "REGION_MANIFEST"}


class Reader:
    """`kernel_sizes`: bytes of the regions that the kernel makes, by kind."""

    def __init__(self, source, problems, kernel_sizes):
        self.source, self.problems, self.kernel_sizes = source, problems, kernel_sizes

    def read(self):
        data = self.source.data
        place = self.source.place("system", "memory")
        system = System(self._word(words.size, data["system"]["memory"], place, 0), place, where=self.place)
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

    def place(self, service, key, item=None):
        """Of a key of the service, or of an item of that key's list as it stands in the file."""
        return self.source.place("service", service.key, key, item=item)

    def _instances(self, table, key, values):
        """(name, number as text) of each instance."""
        count = values.get("instances")
        place = self.source.place(table, key)
        if (count is None) == ("{n}" in key):
            self.problems.add(place, f"'{key}': a name with {{n}} and 'instances' go together")
            return []
        names = [(key, "")] if count is None else [(key.replace("{n}", str(n)), str(n)) for n in range(count)]
        for name, _ in names:
            self._check_name(name, place)
        return names

    def _check_name(self, name, place):
        if not 0 < len(name) <= abi.NAME_MAX or not name.isascii():
            self.problems.add(place, f"name '{name}' is not 1 to {abi.NAME_MAX} ASCII characters long")

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
        size = self.kernel_sizes.get(kind, 0 if kind in ("memory", "device", "bundle") else abi.PAGE)
        if "size" in values:
            size = self._word(words.size, values["size"], self.source.place("region", key, "size"), abi.PAGE)
        if not size:
            self.problems.add(place, f"region '{key}' lacks a size")
        if (kind == "device") != ("physical" in values):
            self.problems.add(place, f"region '{key}': kind = \"device\" and 'physical' go together")
        writer = values.get("writer", "").replace("{n}", instance)
        warm = values.get("warm", False)
        if warm and kind != "memory":
            self.problems.add(self.source.place("region", key, "warm"),
                              f"region '{key}': only kind = \"memory\" can be warm")
        return Region(name, place, kind, size, writer, values.get("physical", 0), warm)

    def _service(self, name, key, values, instance, slot):
        service = Service(name, self.source.place("service", key), key, slot, values | {"n": instance})
        service.images = [text for text, _ in self._items(service, "images")] or [name]
        service.stack = self._word(words.size, values.get("stack", "0"), self.place(service, "stack"), 0)
        service.heap = self._word(words.size, values.get("heap", "0"), self.place(service, "heap"), 0)
        service.ports = self._words(service, "ports", words.ports)
        service.irqs = self._words(service, "irqs", words.irq)
        service.recovery = [step for step, _ in self._words(service, "recovery", words.recovery)]
        service.kernel_calls = self._calls(service)
        return service

    def _items(self, service, key):
        """(text, place) of a list's items, with the instance's number put in."""
        return [(raw.replace("{n}", service.values["n"]), self.place(service, key, raw))
                for raw in service.values.get(key, [])]

    def _words(self, service, key, reader):
        found = []
        for text, place in self._items(service, key):
            word = self._word(reader, text, place, None)
            if word is not None:
                found.append((word, place))
        return found

    def _calls(self, service):
        bits = abi.CALLS_FOR_ALL
        for name, place in self._items(service, "calls"):
            if name in abi.CALLS:
                bits |= 1 << abi.CALLS[name]
            else:
                self.problems.add(place, f"unknown kernel call '{name}'{nearest(name, abi.CALLS)}")
        return bits

    def _join(self, system, service):
        """Resolves what a service says of others, now that all are known."""
        names = [other.name for other in system.services]
        for key in ("call", "notify", "after"):
            for text, place in self._items(service, key):
                for name in self._matches(text, names, "service", place):
                    if name != service.name or "*" not in text:
                        getattr(service, key)[name] = place
        for word, place in self._words(service, "maps", words.map_word):
            self._map(system, service, word, place)

    def _map(self, system, service, word, place):
        matched = self._matches(word.region, [region.name for region in system.regions], "region", place)
        for region in (r for r in system.regions if r.name in matched):
            alias = word.alias or region.name
            self._check_name(alias, place)
            if any(known.alias == alias for known in service.maps):
                self.problems.add(place, f"'{service.key}' maps two regions as '{alias}'")
            service.maps.append(Map(region, word.access[0] == "w", "d" in word.access, alias, place))

    def _matches(self, text, names, what, place):
        found = [name for name in names if fnmatchcase(name, text)] if "*" in text else \
            [name for name in names if name == text]
        if not found and text != "*":
            self.problems.add(place, f"unknown {what} '{text}'{nearest(text, names)}")
        return found
