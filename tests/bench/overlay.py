"""A manifest with some of its sizes changed: python3 -m tests.bench.overlay MANIFEST CHANGES > NEW

CHANGES is TOML; each of its keys has to stand in the manifest already, on one line.
"""

import re
import sys
import tomllib
from pathlib import Path

HEAD = re.compile(r"^\[(.+)\]")
KEY = re.compile(r"^(\w+) = ")


def changed(text, changes):
    """The manifest `text` with {table: {key: value}} put in."""
    left = {(table.replace('"', ""), key): value for table, keys in changes.items() for key, value in keys.items()}
    table, lines = "", []
    for line in text.splitlines():
        if found := HEAD.match(line):
            table = found[1].replace('"', "")
        found = KEY.match(line)
        value = left.pop((table, found[1]), None) if found else None
        lines.append(line if value is None else f'{found[1]} = "{value}"')
    if left:
        raise ValueError(f"not in the manifest: {sorted(left)}")
    return "\n".join(lines) + "\n"


def flattened(document, place=""):
    """{"region.flows": {"size": "16M"}} of nested tables."""
    tables = {}
    for key, value in document.items():
        if isinstance(value, dict):
            tables |= flattened(value, f"{place}.{key}" if place else key)
        else:
            tables.setdefault(place, {})[key] = value
    return tables


def main():
    manifest, changes = (Path(word).read_text(encoding="utf-8") for word in sys.argv[1:])
    sys.stdout.write(changed(manifest, flattened(tomllib.loads(changes))))


if __name__ == "__main__":
    main()
