"""The worst case of a program's stack, over every path of calls.

A call through a pointer may go to any function whose address is taken. Such
calls nest at most `indirect` times, which the manifest says (stack_indirect),
as it says how often a function of a recursion can be on the stack at once
(stack_recursion); a recursion about which it says nothing has no worst case.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from image.disassembly import disassemble
from image.manifest.frame import StackUnknown, Walker

__all__ = ("StackUnknown", "worst_case")

INDIRECT_DEFAULT = 4
_HEXADECIMAL = re.compile(r"\b(?:0x)?([0-9a-f]{6,16})\b")


@dataclass(frozen=True)
class Worst:
    bytes: int
    path: tuple  # names of functions


def worst_case(binary, indirect=None, recursion=None):
    """Of the program from its entry on."""
    return _worst_case(_Hashed(binary), INDIRECT_DEFAULT if indirect is None else indirect, recursion or 0)


class _Hashed:
    """A binary as a key of the cache: its path."""

    def __init__(self, binary):
        self.binary = binary

    def __hash__(self):
        return hash(self.binary.path)

    def __eq__(self, other):
        return self.binary.path == other.binary.path


@lru_cache(maxsize=None)
def _worst_case(hashed, indirect, recursion):
    return _Search(_Program(hashed.binary), recursion).worst(hashed.binary.entry, indirect)


class _Program:
    """The functions, their frames (made when asked for), and the addresses taken."""

    def __init__(self, binary):
        self.binary = binary
        self.functions = disassemble(binary.path)
        self._frames = {}
        self._code = self._link()
        self.taken = sorted(self._taken_in_code() | self._taken_in_data())

    def _link(self):
        """(instruction, address of the next, function) by address."""
        code = {}
        listed = [(i, function) for function in self.functions.values() for i in function.instructions]
        for number, (instruction, function) in enumerate(listed):
            following = listed[number + 1][0].address if number + 1 < len(listed) else None
            code[instruction.address] = (instruction, following, function)
        return code

    def frame(self, address):
        if address not in self.functions:
            raise StackUnknown(f"there is a call to {address:#x}, where no function begins")
        if address not in self._frames:
            self._frames[address] = Walker(self.functions[address], self.functions, self._code, self.binary).walk()
        return self._frames[address]

    def _taken_in_code(self):
        found = set()
        for function in self.functions.values():
            for instruction in function.instructions:
                if instruction.target is None:
                    text = instruction.operands + " " + instruction.comment
                    found |= {int(word, 16) for word in _HEXADECIMAL.findall(text)}
        return found & self.functions.keys()

    def _taken_in_data(self):
        found = set()
        for segment in (s for s in self.binary.segments if not s.execute):
            words = memoryview(segment.content[:len(segment.content) // 8 * 8]).cast("Q")
            found |= set(words)
        return found & self.functions.keys()


class _Search:
    """The heaviest path through (function, indirect calls left)."""

    def __init__(self, program, recursion):
        self.program, self.recursion = program, recursion
        self.cycles = {}  # function -> the recursion it belongs to, of those that have one
        self.known = {}

    def worst(self, entry, indirect):
        self._find_cycles([entry, *self.program.taken])
        for level in range(indirect + 1):
            for address in [*self.program.taken, entry]:
                self._visit(address, level)
        return self.known[entry, indirect]

    def _calls(self, address):
        return [(depth, target) for depth, target in self.program.frame(address).calls if target is not None]

    def _find_cycles(self, starts):
        """Strongly connected functions (Tarjan), by direct calls."""
        order, low, stack = {}, {}, []

        def visit(address):
            order[address] = low[address] = len(order)
            stack.append(address)
            targets = {target for _, target in self._calls(address)}
            for target in targets:
                if target not in order:
                    visit(target)
                    low[address] = min(low[address], low[target])
                elif target in stack:
                    low[address] = min(low[address], order[target])
            if low[address] == order[address]:
                members = stack[stack.index(address):]
                del stack[stack.index(address):]
                if len(members) > 1 or address in targets:
                    self.cycles.update(dict.fromkeys(members, tuple(members)))

        for address in starts:
            if address not in order:
                visit(address)

    def _visit(self, address, level):
        if (address, level) not in self.known:
            if address in self.cycles:
                self._visit_cycle(self.cycles[address], level)
            else:
                self.known[address, level] = self._leave((address,), level)
        return self.known[address, level]

    def _visit_cycle(self, members, level):
        names = [self.program.frame(member).name for member in members]
        if not self.recursion:
            raise StackUnknown(f"recursion of {', '.join(names)}; stack_recursion can bound it")
        inside = sum(max(depth for depth, target in self._calls(member) if target in members) for member in members)
        left = self._leave(members, level)
        worst = Worst(inside * self.recursion + left.bytes, (f"{self.recursion} x {names[0]}", *left.path))
        for member in members:
            self.known[member, level] = worst

    def _leave(self, members, level):
        """The worst of what these functions need themselves, and call outside of themselves."""
        found = []
        for member in members:
            frame = self.program.frame(member)
            found.append(Worst(frame.depth, (frame.name,)))
            for depth, target in frame.calls:
                if target not in members:
                    found += [Worst(depth + w.bytes, (frame.name, *w.path)) for w in self._called(target, level)]
        return max(found, key=lambda worst: worst.bytes)

    def _called(self, target, level):
        if target is not None:
            return [self._visit(target, level)]
        return [self._visit(taken, level - 1) for taken in self.program.taken] if level else []
