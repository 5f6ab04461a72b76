"""Where a program touches a floating-point register."""

import re

_REGISTER = re.compile(r"%([xyz]mm\d+|mm[0-7]|st\b|k[0-7]\b)")
_X87 = re.compile(r"^(f(?!s:)[a-z]+|emms|ldmxcsr|stmxcsr)$")


def uses(functions):
    """(function's name, instruction) of each use in disassembled functions."""
    return [(function.name, instruction)
            for function in functions.values()
            for instruction in function.instructions
            if _REGISTER.search(instruction.operands) or _X87.match(instruction.mnemonic)]
