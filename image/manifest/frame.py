"""How deep each function's stack is where it calls another.

Read from the instructions, so that assembler and libraries count too. Every
path through a function is followed with the depth below its return address;
a change of the stack pointer that is not a constant is an error.
"""

import re
from dataclasses import dataclass, field

WORD = 8
_MASK = (1 << 64) - 1
_DEPTH_MAX = 1 << 20
_CONSTANT = re.compile(r"^\$(0x[0-9a-f]+|\d+),%rsp$")
_LEA = re.compile(r"^(-?0x[0-9a-f]+|)\((%\w+)\),%rsp$")
_TABLE_JUMP = re.compile(r"^\*(0x[0-9a-f]+)\(,%\w+,8\)$")
_CONDITIONAL = re.compile(r"^(j[a-z]+|loop[a-z]*|xbegin)$")
_RETURNS = ("ret", "retq")
_ENDS = (*_RETURNS, "ud2", "hlt")
_CHANGES_STACK = re.compile(r",%[re]?sp$")


class StackUnknown(Exception):
    """The text says why no bound is known."""


@dataclass
class Frame:
    """`calls`: (depth with the return address, address called or None for any)."""

    name: str
    depth: int = 0
    calls: list = field(default_factory=list)


def _signed(text):
    value = int(text, 0)
    return value - (1 << 64) if value > _MASK >> 1 else value


class Walker:
    """Walks one function; `code`: (instruction, address of the next, function), by address."""

    def __init__(self, function, functions, code, binary):
        self.function, self.functions, self.code, self.binary = function, functions, code, binary
        self.frame = Frame(function.name)
        self.seen = {}
        self.waiting = [(function.address, 0, None)]
        self.lost_depth = None  # at a jump that could not be followed

    def walk(self):
        self._drain()
        if self.lost_depth is not None:
            for instruction in self.function.instructions:
                if instruction.address not in self.seen:
                    self._reach(instruction.address, self.lost_depth, None)
            self._drain()
        self.frame.calls = list(dict.fromkeys(self.frame.calls))
        return self.frame

    def _drain(self):
        while self.waiting:
            address, depth, base = self.waiting.pop()
            if address in self.code:
                instruction, following, _ = self.code[address]
                self._step(instruction, following, depth, base)

    def _reach(self, address, depth, base):
        """`base` is the depth at which %rbp points, None if it is no frame pointer."""
        if depth > _DEPTH_MAX:
            raise StackUnknown(f"{self.function.name} has a loop that grows the stack")
        if address is not None and depth > self.seen.get(address, -1):
            self.seen[address] = depth
            self.frame.depth = max(self.frame.depth, depth)
            self.waiting.append((address, depth, base))

    def _step(self, instruction, following, depth, base):
        name, operands = instruction.mnemonic, instruction.operands
        if name in ("call", "callq"):
            self.frame.calls.append((depth + WORD, instruction.target))
            if self._returns(instruction.target) and following not in self.functions:
                self._reach(following, depth, base)
        elif name in ("jmp", "jmpq"):
            self._jump(instruction, depth, base)
        elif name not in _ENDS:
            if _CONDITIONAL.match(name):
                self._go(instruction.target, depth, base)
            depth, base = self._moved(instruction, name, operands, depth, base)
            self._reach(following, depth, base)

    def _returns(self, target):
        """What lies after a call of a function without a return was not compiled for its depth."""
        callee = self.functions.get(target)
        return callee is None or any(
            i.mnemonic in _RETURNS or i.mnemonic == "jmp" and self.functions.get(i.target) is not callee
            and not callee.contains(i.target) for i in callee.instructions)

    def _go(self, target, depth, base):
        """A jump out of the function is a call that needs no return address of its own."""
        other = self.functions.get(target)
        if other is None or ".cold" in other.name or target == self.function.address:
            self._reach(target, depth, base)
        else:
            self.frame.calls.append((depth, target))

    def _jump(self, instruction, depth, base):
        if instruction.target is not None:
            self._go(instruction.target, depth, base)
            return
        table = _TABLE_JUMP.match(instruction.operands)
        if not table:
            if depth == 0:
                self.frame.calls.append((0, None))
            else:
                self.lost_depth = max(depth, self.lost_depth or 0)
            return
        place, targets = int(table.group(1), 16), 0
        while (target := self.binary.word_at(place)) in self.code and self._is_case(target, depth):
            self._reach(target, depth, base)
            place, targets = place + WORD, targets + 1
        if not targets:
            self.frame.calls.append((depth, None))

    def _is_case(self, address, depth):
        """Else it is a pointer that lies behind the table; one to this function's beginning is no case inside it."""
        function = self.code[address][2]
        if function is not self.function:
            return function.name.startswith(self.function.name + ".cold")
        return depth == 0 or address != function.address

    def _moved(self, instruction, name, operands, depth, base):
        """(depth, base) after the instruction."""
        if name in ("push", "pushq", "pushf", "pushfq"):
            return depth + WORD, base
        if name in ("pop", "popq", "popf", "popfq"):
            return depth - WORD, None if operands == "%rbp" else base
        if name in ("leave", "leaveq"):
            return self._base(base) - WORD, None
        if operands == "%rsp,%rbp" and name == "mov":
            return depth, depth
        if operands == "%rbp,%rsp" and name == "mov":
            return self._base(base), base
        if not _CHANGES_STACK.search(operands) or name.startswith(("cmp", "test")):
            return depth, base
        return self._adjusted(instruction, name, operands, depth, base), base

    def _adjusted(self, instruction, name, operands, depth, base):
        constant = _CONSTANT.match(operands)
        if constant and name in ("sub", "subq"):
            return depth + _signed(constant.group(1))
        if constant and name in ("add", "addq"):
            return depth - _signed(constant.group(1))
        if constant and name in ("and", "andq"):
            return depth - _signed(constant.group(1)) - 1  # at most so much is skipped
        lea = _LEA.match(operands) if name == "lea" else None
        if lea and lea.group(2) == "%rsp":
            return depth - _signed(lea.group(1) or "0")
        if lea and lea.group(2) == "%rbp":
            return self._base(base) - _signed(lea.group(1) or "0")
        if lea and lea.group(2) == "%r10":  # gcc's way back out of an aligned frame
            return 0
        raise StackUnknown(f"{self.function.name} moves its stack pointer by what is no constant: "
                           f"{name} {operands} at {instruction.address:#x}")

    def _base(self, base):
        if base is None:
            raise StackUnknown(f"{self.function.name} takes its stack pointer from %rbp, which is unknown")
        return base
