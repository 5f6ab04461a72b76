"""The build in which drivers and firewall share one address space.

A copy of the sources with shared.patch, in which only the kernel, the drivers
of two ports and the firewall are built anew: every other program is the
product's, to the byte. The result is an ISO as bulkhead.iso is one.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.harness import image
from tests.harness.paths import BUILD, ROOT

FOLDER = BUILD / "bench" / "isolation"
TREE = FOLDER / "tree"
ISO = FOLDER / "shared.iso"
HERE = Path(__file__).parent
KERNEL, BUNDLE, GRUB = "boot/kernel.elf", "boot/bulkhead.bundle", "boot/grub/grub.cfg"
DRIVERS = ("rtl8139", "ne2k")
SHARING_PORTS, PORTS = 2, 6
PROGRAMS = [f"{driver}_{port}" for driver in DRIVERS for port in range(SHARING_PORTS)] + ["firewall_shared"]
BUILD_LIMIT_S = 1800


def built(iso):
    """The ISO, with what is not built anew from the product's `iso` and the programs beside it."""
    _tree_make()
    _programs_make()
    files = {path: image.extract(f"/{path}", iso) for path in (KERNEL, GRUB)}
    files[KERNEL] = (TREE / "build" / KERNEL).read_bytes()
    files[BUNDLE] = _bundle(iso.parent / "services").read_bytes()
    return image.mkrescue(ISO, files)


def _tree_make():
    """The sources of today, patched; what was built of the same ones before stays."""
    listed = _run("git", "ls-files", "-z", cwd=ROOT).split("\0")[:-1]
    for name in listed:
        if (ROOT / name).is_file():
            (TREE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, TREE / name)
    _run("patch", "--no-backup-if-mismatch", "-p1", "-i", HERE / "shared.patch", cwd=TREE)
    shutil.copy2(HERE / "windows.mk", TREE / "tests" / "bench" / "isolation" / "module.mk")
    (TREE / "build").mkdir(exist_ok=True)
    if not (TREE / "build" / "third").exists():
        (TREE / "build" / "third").symlink_to(BUILD / "third")
    (TREE / "build" / "setup.stamp").touch()


def _programs_make():
    kept = [word for stamp in BUILD.glob("third/*.stamp") for word in ("-o", f"build/third/{stamp.name}")]
    _run("make", f"-j{os.cpu_count()}", *kept, f"build/{KERNEL}", *(f"build/services/{name}.elf" for name in PROGRAMS),
         cwd=TREE)


def _bundle(services):
    """The manifest's bundle: ports that nobody measures have the product's drivers, each in its own space."""
    folder = FOLDER / "services"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for elf in services.glob("*.elf"):
        (folder / elf.name).symlink_to(elf)
    for driver in DRIVERS:
        for port in range(SHARING_PORTS, PORTS):
            (folder / f"{driver}_{port}.elf").symlink_to(services / f"{driver}.elf")
    for name in PROGRAMS:
        (folder / f"{name}.elf").symlink_to(TREE / "build" / "services" / f"{name}.elf")
    bundle = FOLDER / "shared.bundle"
    blocks = [word for file in _driver_blocks() for word in ("--drivers", file)]
    _run(sys.executable, "-m", "image.manifest", "config/system.toml", *blocks, "--images", folder,
         "--build-id", "one address space", "-o", bundle, cwd=TREE)
    return bundle


def _driver_blocks():
    """Of each driver one for each port, as each port has a program of its own."""
    for file in sorted(TREE.glob("drivers/*/*/manifest.toml")):
        text, name = file.read_text(), file.parent.name
        if name in DRIVERS:
            text = "\n".join(re.sub(rf"driver\.{name}\b", f"driver.{name}_{port}", text) for port in range(PORTS))
        block = FOLDER / f"{name}.toml"
        block.write_text(text)
        yield block


def _run(*argv, cwd):
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, timeout=BUILD_LIMIT_S, cwd=cwd,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, argv))}: {done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout
