"""Each service dies; each pair dies at once; each dies while each other is recovered.

`At once` are two commands in one write, a few hundred microseconds to some
milliseconds apart. `During`: the first hangs, and at a random moment of the
time in which that is noticed and repaired the second dies. Where the first is
the console, the serial driver or RS, through which kills are asked for, the
second dies as soon as they are back.
"""

import random
import time

from tests.fault.bench_machine import booted, build_id, routes
from tests.fault.figures import spread, table
from tests.fault.record import Record
from tests.fault.state import State

RECOVERY_S = 0.1  # a hang is noticed and repaired in
ENDS_ITS_CONNECTIONS = "echo"  # the one at the other end of the socket: with its life they end
QUIET_S = 0.55  # so long a life clears RS's count of deaths in a row
ASK_AGAIN_S = 0.3
ASKED_MAX = 10


class Matrix:
    def __init__(self, machine, appliance, state, chance):
        self._machine, self._appliance, self._state, self._chance = machine, appliance, state, chance
        self.slow_ms, self.collateral, self.generations = [], [], {}

    def cell(self, first, second, during):
        """Kills, waits, looks; what is wrong in the end, or how long it took."""
        rows = self._state.wait_running()
        before = {name: row["generation"] for name, row in rows.items()}
        began = time.monotonic()
        if during:
            self._ask(first, "hang")
            time.sleep(self._chance.uniform(0, RECOVERY_S))
            self._ask(second, "exception")
        else:
            self._machine.serial.send("".join(f"service crash {name} exception\r" for name in (first, second) if name))
        try:
            after = self._settled(before, [first, second] if second else [first])
        except TimeoutError as error:
            return f"**stuck** {error}"
        if not routes(self._machine):
            return "**no route**"
        self.slow_ms.append((time.monotonic() - began) * 1000)
        self.collateral += [f"{name} with {first}, {second}" for name, row in after.items()
                            if row["generation"] != before[name] and name not in (first, second)]
        broken = self._state.broken()
        if "socket" in broken and ENDS_ITS_CONNECTIONS in (first, second):
            broken.remove("socket")
        return "ok" if not broken else "**" + " ".join(broken) + "**"

    def _ask(self, name, how):
        self._machine.serial.send(f"service crash {name} {how}\r")

    def _settled(self, before, victims):
        """The services' rows when all run and every victim has died; a kill that got lost is asked for again."""
        for _ in range(ASKED_MAX):
            time.sleep(0.05)
            rows = self._state.wait_running()
            waiting = [name for name in victims if rows[name]["generation"] == before[name]]
            if not waiting:
                return rows
            time.sleep(ASK_AGAIN_S)
            rows = self._state.wait_running()
            for name in victims:
                if rows[name]["generation"] == before[name]:
                    self._ask(name, "exception")
        raise TimeoutError(f"{waiting} do not die")


def run(options):
    chance = random.Random(options.seed)
    record = Record("Each service, each pair, each during the recovery of each", options.command("matrix"))
    with booted("matrix") as (machine, appliance):
        record.build_id = build_id(machine)
        state = State(machine, appliance)
        matrix = Matrix(machine, appliance, state, chance)
        names = options.services or state.services
        cells = fill(matrix, names)
        state.close()
    report(record, names, cells, matrix, options.seed)
    return record


def fill(matrix, names):
    """The cells by (first, second, during); the services rest in between as the order goes."""
    cells = {}
    for first in names:
        cells[first, None, False] = matrix.cell(first, None, False)
    for first in names:
        for second in names:
            time.sleep(QUIET_S)
            if first < second:
                cells[first, second, False] = matrix.cell(first, second, False)
                time.sleep(QUIET_S)
            cells[first, second, True] = matrix.cell(first, second, True)
            print(first, second, cells[first, second, True], flush=True)
    return cells


def report(record, names, cells, matrix, seed):
    wrong = [(key, text) for key, text in cells.items() if text != "ok"]
    record.lines += [f"Seed {seed}. `ok`: all services run, LAN reaches WAN, no reboot, DS's names and the "
                     "configuration are what they were, a TCP connection through the router and one to the router's "
                     "own echo service go on (but if the echo service itself died). Else what was lost.", "",
                     "Each alone:", ""]
    record.lines += table(names, [[cells[name, None, False] for name in names]])
    record.lines += ["", "Both at once:", ""]
    record.lines += table(["", *names],
                          [[first, *(at_once(cells, first, second) for second in names)] for first in names])
    record.lines += ["", "The one above dies while the one on the left is recovered from a hang:", ""]
    record.lines += table(["", *names],
                          [[first, *(cells[first, second, True] for second in names)] for first in names])
    middle, late, latest = spread(matrix.slow_ms, 1)
    record.lines += ["", f"{len(cells)} cells. From the first kill until all ran and a ping got through, as seen "
                         f"on the console: p50 {middle:.0f} ms, p99 {late:.0f} ms, max {latest:.0f} ms. Services that "
                         f"died without having been killed: {', '.join(matrix.collateral) or 'none'}."]
    if wrong:
        record.failures.append(f"{len(wrong)} cells of {len(cells)}: " + ", ".join(
            f"{first}{f'+{second}' if second else ''}{' (during)' if during else ''}: {text.strip('*')}"
            for (first, second, during), text in wrong))


def at_once(cells, first, second):
    if first == second:
        return "as alone"
    return cells[min(first, second), max(first, second), False]
