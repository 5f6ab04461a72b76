"""Refuses a console that has grown over its limit, compressed as it crosses the wire.

usage: check_size.py LIMIT_BYTES FILE...
"""

import gzip
import sys
from pathlib import Path


def main():
    limit, files = int(sys.argv[1]), [Path(name) for name in sys.argv[2:]]
    sizes = {file.name: len(gzip.compress(file.read_bytes(), mtime=0)) for file in files}
    if sum(sizes.values()) > limit:
        sys.exit(f"console: {sum(sizes.values())} bytes compressed, {limit} at most: {sizes}")


if __name__ == "__main__":
    main()
