"""Asks the C compiler what it makes of the kernel's structs.

So the layouts of abi.py cannot drift from the headers unnoticed, and the sizes
of the tables that the kernel shows need not be written down here.
"""

import re
import subprocess

from image.manifest import abi

_HEADERS = ("kernel/abi/manifest.h", "kernel/abi/table.h")
_KERNEL_STRUCTS = {"kernel-table": "kernel_table", "kernel-log": "kernel_log", "manifest": "manifest", "crashes": "crash_log"}
BOOT_CONFIG_BYTES = 64 * 1024  # the longest configuration that is passed on


def evaluate(expressions):
    """The values of C expressions that are constant, with the kernel's headers included."""
    source = "".join(f'#include "{header}"\n' for header in _HEADERS) + "#include <stddef.h>\n"
    source += f"const unsigned long long values[] = {{ {', '.join(expressions)}, 0 }};\n"
    done = subprocess.run(["gcc", "-std=gnu17", "-w", "-S", "-x", "c", "-I", str(abi.ROOT), "-o", "-", "-"],
                          input=source, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(f"kernel/abi does not compile:\n{done.stderr}")
    text = done.stdout
    found = []
    for directive, number in re.findall(r"^\s*\.(quad|zero)\s+(\d+)", text[text.index("values:"):], re.M):
        found += [int(number)] if directive == "quad" else [0] * (int(number) // 8)
    return found[:len(expressions)]


def kernel_sizes():
    """Bytes of the regions that the kernel makes, by kind."""
    sizes = evaluate([f"sizeof(struct {name})" for name in _KERNEL_STRUCTS.values()])
    found = {kind: abi.pages(size) for kind, size in zip(_KERNEL_STRUCTS, sizes)}
    return found | {"boot-config": BOOT_CONFIG_BYTES}


def differences():
    """Where abi.py and the headers disagree: (what, in Python, in C)."""
    expected, expressions = [], []
    for layout in abi.LAYOUTS:
        expected.append((f"sizeof(struct {layout.name})", layout.size))
        expected += [(f"offsetof(struct {layout.name}, {field})", offset) for field, offset in layout.offsets.items()]
    expressions = [expression for expression, _ in expected]
    return [(expression, python, c)
            for (expression, python), c in zip(expected, evaluate(expressions), strict=True) if python != c]
