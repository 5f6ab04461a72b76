"""The command line; see README.md."""

import argparse
import os
import sys
from pathlib import Path

from image.manifest.compiler import Refused, compile_bundle, read_programs, read_system
from image.manifest.picture import draw


def _arguments():
    parser = argparse.ArgumentParser(prog="python3 -m image.manifest", description="Compiles the manifest.")
    parser.add_argument("manifest")
    parser.add_argument("--drivers", action="append", default=[], metavar="FILE", help="drivers' blocks")
    parser.add_argument("--images", required=True, metavar="FOLDER", help="where NAME.elf of each service is")
    parser.add_argument("--build-id", default="unknown", metavar="TEXT")
    parser.add_argument("--archive", action="append", default=[], metavar="FILE",
                        help="lies in the bundle, for who maps a region of its kind")
    parser.add_argument("--picture", metavar="PATH", help="draws PATH.svg")
    parser.add_argument("-o", dest="output", required=True, metavar="BUNDLE")
    return parser.parse_args()


def _write(path, content):
    """All of it or nothing."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    os.replace(new, path)


def main():
    arguments = _arguments()
    try:
        system = read_system(arguments.manifest, arguments.drivers, arguments.archive)
        read_programs(system, arguments.images)
    except Refused as refused:
        print("\n".join(refused.lines), file=sys.stderr)
        return 1
    if arguments.picture:
        draw(system, arguments.picture)
    _write(arguments.output, compile_bundle(system, arguments.build_id))
    return 0


if __name__ == "__main__":
    sys.exit(main())
