"""The power fails in the middle of changes of a record, again and again, on one disk.

The console writes one record over and over, a higher number each time, and
QEMU is killed at a random moment. The next boot has to find a number that was
accepted and none older than the last that was said to be on the disk, in every
byte of the record, and a second record as it was.
"""

import random
import re
import shutil
import time
from collections import Counter
from contextlib import contextmanager

from tests.fault.bench_machine import build_id
from tests.fault.figures import table
from tests.fault.record import Record
from tests.harness import disk_image
from tests.harness.machine import Machine, Spec
from tests.harness.paths import ARTIFACTS
from tests.harness.waiting import wait_until

WRITES_AHEAD = 40  # typed before the power fails
CUT_WITHIN_S = 0.6
FIRST_TIMEOUT_S = 20
SPOKEN = re.compile(r"store write one w(\d+)\n|^(accepted)\n|^(done)\n", re.MULTILINE)


def _read(machine, name):
    return machine.console.json(f"store read {name}").get("text")


def _ready(machine):
    return wait_until(lambda: machine.console.json("show store").get("mode") == "on disk", FIRST_TIMEOUT_S,
                      "the store", lambda: machine.console.json("show store"))


def _written(machine, name, word):
    machine.console.run(f"store write {name} {word}")
    wait_until(lambda: machine.console.json("store result")["result"] == "done", FIRST_TIMEOUT_S, "the change")


def said(text):
    """(last number typed, last number known to be on the disk) in what the console printed."""
    typed = pending = done = None
    for number, accepted, finished in SPOKEN.findall(text):
        if number:
            typed = int(number)
        elif accepted:
            pending = typed
        elif finished and pending is not None:
            done = pending
    return typed, done


def _cut(machine, first, chance):
    """Types writes and cuts; returns (last typed, last on the disk)."""
    mark = len(machine.serial.text)
    for number in range(first, first + WRITES_AHEAD):
        machine.serial.send(f"store write one w{number}\rstore result\r")
    machine.serial.wait_for(r"^accepted\n", FIRST_TIMEOUT_S, mark)
    time.sleep(chance.uniform(0, CUT_WITHIN_S))
    machine.cut_power()
    return said(machine.serial.text[mark:])


def campaign(start, disk, cuts, seed):
    """`start(disk)` boots. Counts how often the old, a middle or the last version was found."""
    chance, outcomes = random.Random(seed), Counter()
    machine = start(disk)
    _ready(machine)
    _written(machine, "other", "kept")
    _written(machine, "one", "w1")
    newest = on_disk = 1
    for _ in range(cuts):
        typed, done = _cut(machine, newest + 1, chance)
        newest, on_disk = typed or newest, done or on_disk
        machine = start(disk)
        _ready(machine)
        found, other = _read(machine, "one"), _read(machine, "other")
        assert other == "kept", f"the record that nobody changed is {other!r}"
        assert re.fullmatch(r"w\d+", found or ""), f"a mixture or nothing: {found!r}"
        number = int(found[1:])
        assert on_disk <= number <= newest, f"{found} found; w{on_disk} was on the disk, w{newest} typed"
        outcomes["last known to be on the disk" if number == on_disk else "a later one"] += 1
        on_disk = newest = number
    return outcomes


@contextmanager
def _machines(directory):
    """A `start` whose machines end with the next start, or with the context."""
    running = []

    def start(disk):
        while running:
            running.pop().stop()
        machine = Machine(Spec(nics=(), disk=str(disk), capture=False), None, directory).start()
        running.append(machine)
        machine.console.wait_ready()
        return machine
    try:
        yield start
    finally:
        while running:
            running.pop().stop()


def run(options):
    directory = ARTIFACTS / "fault-power-cut"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    record = Record("Power cuts while records are written", options.command("power-cut", cuts=options.cuts))
    disk = disk_image.make(directory / "disk.img")
    with _machines(directory / "machine") as start:
        try:
            outcomes = campaign(start, disk, options.cuts, options.seed)
        except AssertionError as error:
            record.failures.append(str(error))
            return record
        record.build_id = build_id(start(disk))
    record.lines = [f"{options.cuts} kills of QEMU within {CUT_WITHIN_S} s of changes under way, one disk for all; "
                    "found at the next boot:", "", *table(("version of the record", "times"), outcomes.items())]
    return record
