"""Refuses a service without `fpu = true` that touches a floating-point register.

The kernel does not save these registers for such a service, so one use would
corrupt another's. The compiler is told so; this looks at what the linker made
of it, libraries and assembler included.

usage: python3 -m image.check_elf [--fpu] ELF
"""

import argparse
import sys

from image.disassembly import disassemble
from image.floating_point import uses

_SHOWN = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fpu", action="store_true", help="the service may use floating point")
    parser.add_argument("elf")
    arguments = parser.parse_args()
    found = [] if arguments.fpu else uses(disassemble(arguments.elf))
    for name, instruction in found[:_SHOWN]:
        print(f"{arguments.elf}: error: floating point in {name}: "
              f"{instruction.address:x}: {instruction.mnemonic} {instruction.operands}", file=sys.stderr)
    if len(found) > _SHOWN:
        print(f"{arguments.elf}: and {len(found) - _SHOWN} more", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
