"""The power fails in the middle of changes, again and again, on one disk.

What is changed, over and over, with a higher number each time, is a record or
the configuration (power_cut_subjects.py). QEMU is killed at a random moment.
The next boot has to find a number that was accepted and none older than the
last that was said to be on the disk, and what was not being changed as it was.
"""

import random
import shutil
import time
from collections import Counter
from contextlib import contextmanager

from tests.fault.bench_machine import build_id
from tests.fault.figures import table
from tests.fault.power_cut_subjects import Configuration, OneRecord
from tests.fault.record import Record
from tests.harness import disk_image
from tests.harness.machine import Machine, Spec
from tests.harness.paths import ARTIFACTS
from tests.harness.waiting import wait_until

FIRST_TIMEOUT_S = 20


def _ready(machine):
    return wait_until(lambda: machine.console.json("show store").get("mode") == "on disk", FIRST_TIMEOUT_S,
                      "the store", lambda: machine.console.json("show store"))


def _cut(machine, subject, chance):
    """Types changes and cuts the power while they are carried out."""
    mark = machine.serial.length
    subject.type_changes(machine)
    machine.serial.wait_for(subject.ACCEPTED, FIRST_TIMEOUT_S, mark)
    time.sleep(chance.uniform(0, subject.CUT_WITHIN_S))
    machine.cut_power()
    subject.hear(machine.serial.text[mark:])


def _outcome(subject, found):
    """What that version is of this subject; it is on the disk from now on."""
    before, subject.on_disk = subject.on_disk, found
    if found == before:
        return "the old one, in the midst of a change" if subject.under_way else "the last one, between changes"
    assert found > before and found in subject.typed, \
        f"{subject.NAME}: {found} found; {before} was on the disk, {subject.typed} typed since the boot"
    return "the new one, before it was known to be there"


def campaign(start, disk, cuts, seed):
    """`start(disk, config=...)` boots. Counts (what was changed, which version was found)."""
    chance, outcomes = random.Random(seed), Counter()
    subjects = [OneRecord(), Configuration()]
    machine = start(disk, config=Configuration.document(1))
    _ready(machine)
    for subject in subjects:
        subject.prepare(machine)
    for cut in range(cuts):
        changed = subjects[cut % len(subjects)]
        _cut(machine, changed, chance)
        machine = start(disk, config=None)
        _ready(machine)
        for subject in subjects:
            before, found = subject.on_disk, subject.look(machine)
            if subject is changed:
                outcomes[subject.NAME, _outcome(subject, found)] += 1
            else:
                assert found == before, f"{subject.NAME}: {found}, not {before}, though nobody changed it"
    return outcomes


@contextmanager
def _machines(directory):
    """A `start` whose machines end with the next start, or with the context."""
    running = []

    def start(disk, **spec):
        while running:
            running.pop().stop()
        machine = Machine(Spec(nics=(), disk=str(disk), capture=False, **spec), None, directory).start()
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
    record = Record("Power cuts while records are written and the configuration is committed",
                    options.command("power-cut", cuts=options.cuts))
    disk = disk_image.make(directory / "disk.img")
    with _machines(directory / "machine") as start:
        try:
            outcomes = campaign(start, disk, options.cuts, options.seed)
        except AssertionError as error:
            record.failures.append(str(error))
            return record
        record.build_id = build_id(start(disk))
    record.lines = [f"{options.cuts} kills of QEMU while changes were under way, one disk for all; {Configuration.ABOUT} "
                    "Found at the next boot:", "",
                    *table(("what was changed", "version found", "times"),
                           sorted((*key, times) for key, times in outcomes.items()))]
    return record
