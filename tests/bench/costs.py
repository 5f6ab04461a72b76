"""Guest instructions of single operations: boots the system of tests/bench/micro and reads what it prints.

With -icount shift=0 the time stamp counter advances by one an instruction, so
the figures are the same on every machine, however busy.
"""

import re
import subprocess

from tests.harness import image

LIMIT_S = 180
KERNEL, BUNDLE, GRUB = "boot/kernel.elf", "boot/bulkhead.bundle", "boot/grub/grub.cfg"


def rebundled(path, iso, name):
    """An image at `path`: the kernel of the image `iso` and the bundle of that name built beside it."""
    files = {file: image.extract(f"/{file}", iso) for file in (KERNEL, GRUB)}
    files[BUNDLE] = (iso.parent / "bench" / f"{name}.bundle").read_bytes()
    return image.mkrescue(str(path), files)


def taken(directory, iso):
    """{operation: instructions}, with the kernel of the image `iso`."""
    output = _output(rebundled(directory / "costs.iso", iso, "micro"))
    found = {name: int(count) for name, count in re.findall(r"^cost: (.+): (\d+)\s*$", output, re.MULTILINE)}
    if "cost: end" not in output:
        raise RuntimeError(f"the measuring system did not come to its end: {output[-2000:]}")
    return found


def _output(iso):
    return subprocess.run(["qemu-system-x86_64", "-accel", "tcg", "-icount", "shift=0,sleep=off", "-m", "64",
                           "-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot",
                           "-drive", f"file={iso},media=cdrom,format=raw,readonly=on"],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                          timeout=LIMIT_S, check=False).stdout
