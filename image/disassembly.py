"""The instructions of an ELF file by function, as objdump prints them."""

import re
import subprocess
from dataclasses import dataclass, field
from functools import lru_cache

_FUNCTION = re.compile(r"^([0-9a-f]+) <(.+)>:$")
_INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\t(.*)$")
_PREFIXES = ("lock", "rep", "repz", "repnz", "bnd", "notrack", "data16", "cs", "ds", "rex.W")


@dataclass(frozen=True)
class Instruction:
    address: int
    mnemonic: str
    operands: str
    comment: str  # what objdump adds: the address that a relative operand means

    @property
    def target(self):
        """The address that a direct jump or call names, else None."""
        match = re.match(r"([0-9a-f]+) <", self.operands)
        return int(match.group(1), 16) if match else None


@dataclass
class Function:
    address: int
    name: str
    instructions: list = field(default_factory=list)

    def contains(self, address):
        return address is not None and self.address <= address <= self.instructions[-1].address


def _instruction(address, text):
    code, _, comment = text.partition("#")
    words = code.split()
    while len(words) > 1 and words[0] in _PREFIXES:
        words = words[1:]
    return Instruction(int(address, 16), words[0], " ".join(words[1:]), comment.strip()) if words else None


@lru_cache(maxsize=None)
def disassemble(path):
    """The functions of `path`, by address."""
    text = subprocess.run(["objdump", "-d", "-w", "--no-show-raw-insn", str(path)], check=True,
                          capture_output=True, text=True, timeout=120).stdout
    functions, current = {}, None
    for line in text.splitlines():
        if match := _FUNCTION.match(line):
            current = Function(int(match.group(1), 16), match.group(2))
            functions[current.address] = current
        elif current and (match := _INSTRUCTION.match(line)):
            if instruction := _instruction(*match.groups()):
                current.instructions.append(instruction)
    return functions
