"""From files to a checked system, to a bundle and a picture."""

from pathlib import Path

from image.disassembly import disassemble
from image.floating_point import uses
from image.manifest import abi, bundle, c_layout, elf, rules, schema
from image.manifest.driver_reader import read_drivers
from image.manifest.place import place_regions
from image.manifest.problems import Problems
from image.manifest.reader import Reader
from image.manifest.source import Source


class Refused(Exception):
    """The manifest has mistakes: `lines` says which."""

    def __init__(self, problems):
        super().__init__("\n".join(problems.lines()))
        self.lines = problems.lines()


def _stop_if(problems):
    if problems:
        raise Refused(problems)


def read_system(manifest, driver_files, files=()):
    """The system as written, its words understood and its rules kept."""
    problems = Problems()
    source = Source(manifest)
    if source.parse(problems):
        schema.check_manifest(source, problems)
    blocks = [Source(file) for file in driver_files]
    for block in blocks:
        if block.parse(problems):
            schema.check_drivers(block, problems)
    _stop_if(problems)
    system = Reader(source, problems, c_layout.kernel_sizes()).read()
    system.files = list(files)
    for block in blocks:
        _add_drivers(system, read_drivers(block, problems), problems)
    _stop_if(problems)
    rules.check(system, problems)
    place_regions(system, problems)
    _stop_if(problems)
    return system


def _add_drivers(system, drivers, problems):
    for driver in drivers:
        first = system.drivers.setdefault(driver.name, driver)
        if first is not driver:
            problems.add(driver.place, f"driver '{driver.name}' has another block in {first.place[0]}")


def read_programs(system, folder):
    """The program of each image; then the rules about them."""
    problems = Problems()
    for service in system.services:
        for name in service.images:
            if name not in system.binaries:
                _read_program(system, service, name, Path(folder) / f"{name}.elf", problems)
    _stop_if(problems)
    _check_floating_point(system, problems)
    rules.check_programs(system, problems)
    _stop_if(problems)


def _read_program(system, service, name, path, problems):
    try:
        system.binaries[name] = elf.read(path)
    except FileNotFoundError:
        problems.add(service.place, f"'{service.key}' lacks its binary {path}")
    except OSError as error:
        problems.add(service.place, f"the binary {path} of '{service.key}' cannot be read: {error.strerror}")
    except elf.BadElf as error:
        problems.add(service.place, f"the binary {path} of '{service.key}' {error}")


def _check_floating_point(system, problems):
    for service in system.services:
        for name in () if service.flag("fpu") else service.images:
            found = uses(disassemble(system.binaries[name].path))
            if found:
                problems.add(service.place, f"'{service.key}' lacks fpu = true, but its program uses floating "
                                            f"point in {found[0][0]}")


def compile_bundle(system, build_id):
    if differences := c_layout.differences():
        raise AssertionError(f"abi.py and kernel/abi differ: {differences}")
    limit = next(count for field, _, count in abi.MANIFEST.fields if field == "build_id")
    return bundle.build(system, build_id[:limit - 1])
