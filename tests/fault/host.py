"""The machine that measures: what it is, and how long our processes waited for it.

A virtual machine whose host gives its processor to others stands still, and a
measurement then shows the host. Linux counts for each thread how long it was
ready to run and did not (the second number of /proc/PID/task/TID/schedstat).
"""

import os
import subprocess
from pathlib import Path


def waited_us(*pids):
    """How long the threads of these processes have waited for a processor, added up."""
    waited_ns = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            try:
                waited_ns += int((thread / "schedstat").read_text().split()[1])
            except (OSError, IndexError):
                pass  # it has just ended, or this kernel does not count
    return waited_ns // 1000


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
