"""Refuses a service without `fpu = true` that touches a floating-point register.

The kernel does not save these registers for such a service, so one use would
corrupt another's. The compiler is told so; this looks at what the linker made
of it, libraries and assembler included.

usage: python3 -m image.check_elf [--fpu] ELF
"""

import argparse
import re
import sys

from image.disassembly import disassemble

_REGISTER = re.compile(r"%([xyz]mm\d+|mm[0-7]|st\b|k[0-7]\b)")
_X87 = re.compile(r"^(f(?!s:)[a-z]+|emms|ldmxcsr|stmxcsr)$")
_SHOWN = 10


def floating_point_uses(path):
    """(function, instruction) of each use."""
    return [(function.name, instruction)
            for function in disassemble(path).values()
            for instruction in function.instructions
            if _REGISTER.search(instruction.operands) or _X87.match(instruction.mnemonic)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fpu", action="store_true", help="the service may use floating point")
    parser.add_argument("elf")
    arguments = parser.parse_args()
    if arguments.fpu:
        return 0
    uses = floating_point_uses(arguments.elf)
    for name, instruction in uses[:_SHOWN]:
        print(f"{arguments.elf}: error: floating point in {name}: "
              f"{instruction.address:x}: {instruction.mnemonic} {instruction.operands}", file=sys.stderr)
    if len(uses) > _SHOWN:
        print(f"{arguments.elf}: and {len(uses) - _SHOWN} more", file=sys.stderr)
    return 1 if uses else 0


if __name__ == "__main__":
    sys.exit(main())
