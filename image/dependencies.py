"""Checks who may include whom, and how large the kernel is; draws the graph.

usage: python3 -m image.dependencies [--picture PATH]
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOPS = ("kernel", "services", "netstack", "drivers", "appliance")
KERNEL_LINES_MAX = 4000

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^">]+)[">]', re.M)
_LWIP = re.compile(r"^(lwip|netif|arch)/")
_SHARED = ("kernel/abi", "services/proto", "services/runtime", "netstack/wire")

# What the units that all may use may use themselves.
_OF_SHARED = {
    "kernel/abi": (),
    "netstack/wire": (),
    "services/proto": ("kernel/abi", "netstack/wire"),
    "services/runtime": ("kernel/abi", "services/proto"),
}


def unit_of(path):
    """The unit a file belongs to: the kernel, its interface, or the folder of one service."""
    parts = Path(path).parts
    if parts[0] == "kernel":
        return "kernel/abi" if parts[1:2] == ("abi",) else "kernel"
    depth = 3 if parts[0] == "drivers" else 2
    return "/".join(parts[:min(depth, len(parts) - 1)])


def allowed(unit, target, header):
    """Whether a file of `unit` may include `header`, which is one of `target`."""
    if unit == target:
        return True
    if unit == "kernel":
        return target == "kernel/abi"
    if unit in _OF_SHARED:
        return target in _OF_SHARED[unit]
    if unit.startswith("drivers/"):
        # What a class of drivers shares stands in the class's folder itself.
        return target in _SHARED[:3] or header == "netstack/wire/ethernet.h" or unit.startswith(target + "/")
    return target in _SHARED


def includes(root):
    """(file, line, quote, header) of every include of the image's sources."""
    for top in TOPS:
        for file in sorted((root / top).rglob("*.[chS]")):
            text = file.read_text(encoding="utf-8")
            for match in _INCLUDE.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield file.relative_to(root).as_posix(), line, match.group(1), match.group(2)


def examine(root):
    """(edges between units, lines that say what is wrong)."""
    edges, wrong = set(), []
    for file, line, quote, header in includes(root):
        unit = unit_of(file)
        if _LWIP.match(header) and unit != "netstack/inet":
            wrong.append(f"{file}:{line}: error: only netstack/inet may include lwIP: {header}")
        if quote == "<" or not header.startswith(tuple(top + "/" for top in TOPS)):
            continue
        target = unit_of(header)
        edges.add((unit, target))
        if not allowed(unit, target, header):
            wrong.append(f"{file}:{line}: error: {unit} must not include {header}")
    return edges, wrong


def kernel_lines(root):
    """Lines of code of the kernel, as cloc counts C, headers and assembler."""
    text = subprocess.run(["cloc", "--quiet", "--csv", "--include-lang=C,C/C++ Header,Assembly", "kernel"], cwd=root,
                          capture_output=True, text=True, check=True, timeout=120).stdout
    return sum(int(row.split(",")[4]) for row in text.splitlines() if re.match(r"\d+,(C|C/C\+\+ Header|Assembly),", row))


def draw(edges, path):
    """`path`.svg: who includes whom."""
    colours = {"kernel": "#fbe3dc", "services": "#eef5e6", "netstack": "#e6eef5", "drivers": "#dceefb",
               "appliance": "#f5f0dc"}
    units = sorted({unit for edge in edges for unit in edge})
    lines = ["digraph dependencies {", 'rankdir=LR; ranksep=1.2; nodesep=0.15;',
             'node [shape=box, style="filled,rounded", fontname="Helvetica", fontsize=11, color="#445566"];',
             'edge [color="#66778899", arrowsize=0.6];']
    lines += [f'"{unit}" [fillcolor="{colours[unit.split("/")[0]]}"];' for unit in units]
    lines += [f'"{unit}" -> "{target}";' for unit, target in sorted(edges) if unit != target]
    subprocess.run(["dot", "-Tsvg", "-o", f"{path}.svg"], input="\n".join([*lines, "}"]), text=True, check=True,
                   timeout=60)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", metavar="PATH", help="draws PATH.svg")
    arguments = parser.parse_args()
    edges, wrong = examine(ROOT)
    print("\n".join(wrong), end="\n" if wrong else "")
    lines = kernel_lines(ROOT)
    print(f"kernel: {lines} lines of code, at most {KERNEL_LINES_MAX}")
    if arguments.picture:
        Path(arguments.picture).parent.mkdir(parents=True, exist_ok=True)
        draw(edges, arguments.picture)
        print(f"drawn: {arguments.picture}.svg")
    return 1 if wrong or not 0 < lines <= KERNEL_LINES_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
