"""What a manifest says, instances and globs written out: the rules read this.

A `place` is (file, line).
"""

from dataclasses import dataclass, field


@dataclass
class Region:
    name: str
    place: tuple
    kind: str
    size: int
    writer: str  # "" for none
    physical: int
    warm: bool = False  # survives a warm reboot
    index: int = 0
    address: int = 0


@dataclass
class Map:
    region: Region
    write: bool
    dma: bool
    alias: str
    place: tuple


@dataclass
class Service:
    name: str
    place: tuple
    key: str  # in the file, with {n}
    slot: int
    values: dict
    images: list = field(default_factory=list)  # names
    stack: int = 0
    heap: int = 0
    maps: list = field(default_factory=list)
    ports: list = field(default_factory=list)  # (PortRange, place)
    irqs: list = field(default_factory=list)  # (Irq, place)
    recovery: list = field(default_factory=list)  # (step, argument)
    kernel_calls: int = 0
    call: dict = field(default_factory=dict)  # service name -> place
    notify: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)

    def flag(self, key):
        return bool(self.values.get(key, False))


@dataclass
class Driver:
    """The block in a driver's folder; an image without one drives no device."""

    name: str
    place: tuple
    pci: list = field(default_factory=list)  # ((vendor, device), place)
    isa: list = field(default_factory=list)  # ((PortRange, line), place)
    dma_registers: list = field(default_factory=list)
    pci_writes: list = field(default_factory=list)
    bus_master: bool = False
    dma: str = ""  # "" for not said
    dma_place: tuple = ()


@dataclass
class System:
    memory: int
    memory_place: tuple
    regions: list = field(default_factory=list)
    services: list = field(default_factory=list)
    drivers: dict = field(default_factory=dict)  # by image name
    binaries: dict = field(default_factory=dict)  # by image name, elf.Binary
    files: list = field(default_factory=list)  # of the archive, for who can read the bundle
    where: object = None  # reader.Reader.place: of a service's key

    def bundle_region(self):
        """In which services can read the bundle, or None."""
        return next((region for region in self.regions if region.kind == "bundle"), None)

    def image_names(self):
        """Of all images, each once, in the order of first use."""
        return list(dict.fromkeys(name for service in self.services for name in service.images))
