"""A file that comes with the boot, /bulkhead/config.json of a stick, is taken when it is first seen.

What an owner commits later stays in force, with the stick in the machine, until the file is changed. Where
nothing is remembered, without a disk, it counts at every boot.
"""

import copy
import json
from dataclasses import replace

import pytest

from tests.harness import disk_image
from tests.harness.machine import Spec
from tests.harness.settings import CONFIGURATION
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.limit(300)

SAVED_S = 20
TAKEN = "configuration: the document that came with the boot"
BEFORE = r"configuration: serial \d+, from the store; the document that came with the boot was taken before"


def named(hostname, indent=None):
    return json.dumps(copy.deepcopy(CONFIGURATION) | {"hostname": hostname}, indent=indent)


def status(machine):
    return machine.console.json("config status")


def wait_open(machine):
    wait_until(lambda: not status(machine).get("opening", 1), SAVED_S, "the store to be read", lambda: status(machine))


def hostname(machine):
    return machine.console.json("config show")["hostname"]


def started(boot, spec):
    machine = boot(spec)
    machine.console.wait_ready()
    wait_open(machine)
    return machine


def commit(machine, name):
    assert "set in the candidate" in machine.console.run(f"config set /hostname {name}")
    assert "in force: serial" in machine.console.run("config commit")


def wait_saved(machine):
    wait_until(lambda: status(machine)["persisted"], SAVED_S, "it to be on the disk", lambda: status(machine))


def again(boot, machine, **changes):
    """After a power cut, the machine with the same disk, and with what has changed of it."""
    machine.cut_power()
    return started(boot, replace(machine.spec, **changes))


def test_a_file_counts_once_and_again_when_it_is_changed(boot, tmp_path):
    machine = started(boot, Spec(config=named("stick"), disk=str(disk_image.make(tmp_path / "disk.img"))))
    assert hostname(machine) == "stick"
    machine.serial.wait_for(TAKEN, SAVED_S)
    commit(machine, "owner")
    wait_saved(machine)
    for _ in range(2):
        machine = again(boot, machine)
        assert hostname(machine) == "owner"
        machine.serial.wait_for(BEFORE, SAVED_S)
        assert len(machine.console.json("config history")) == 2, "nothing was committed by the boot"
    machine = again(boot, machine, config=named("other"))
    assert hostname(machine) == "other"
    wait_saved(machine)
    machine = again(boot, machine, config=named("other", indent=1))
    assert len(machine.console.json("config history")) == 3, "the same document in other blanks is no commit"
    assert "in force" in machine.console.run(f"config rollback {status(machine)['serial'] - 1}")
    wait_saved(machine)
    assert hostname(again(boot, machine)) == "owner"


def test_a_file_that_is_refused_leaves_what_was_committed(boot, tmp_path):
    machine = started(boot, Spec(config=named("stick"), disk=str(disk_image.make(tmp_path / "disk.img"))))
    commit(machine, "owner")
    wait_saved(machine)
    machine = again(boot, machine, config='{"lan": ')
    assert hostname(machine) == "owner"
    machine.serial.wait_for("configuration refused: ", SAVED_S)


def test_without_a_disk_every_boot_takes_it(boot):
    machine = started(boot, Spec(config=named("stick")))
    commit(machine, "owner")
    assert hostname(again(boot, machine)) == "stick"
