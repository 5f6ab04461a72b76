"""The machine that measures: what it is, and being its first concern."""

import os
import subprocess
from pathlib import Path

FIRST = -20

def claim():
    """
    Runs this process and its children before all others, as far as Linux lets us. With automatic task
    groups, which each session is one of, a nice value counts only inside of the group.
    """
    try:
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)
        Path("/proc/self/autogroup").write_text(str(FIRST), encoding="ascii")
    except OSError:
        pass  # not root, or no such groups: the load stands in the record


def described():
    """One line: processor, cores, load."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    load = "/".join(f"{value:.1f}" for value in os.getloadavg())
    qemu = subprocess.run(["qemu-system-x86_64", "--version"], text=True, stdout=subprocess.PIPE, timeout=10,
                          check=False).stdout.split("\n")[0].split("(")[0].removeprefix("QEMU emulator version ")
    return f"{model}, {os.cpu_count()} cores, load {load}; QEMU {qemu.strip()} without KVM"
