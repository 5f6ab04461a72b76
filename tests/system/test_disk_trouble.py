"""A disk that fails is said plainly: in the console, in the log, by mail; and everything else goes on."""

import os

import pytest

from tests.harness import disk_image
from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.owner import mailed
from tests.harness.settings import mailing
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.limit(240)

SAID_S = 20
RETRY_S = 70  # services/store/outage.c
UNUSED_SECTOR = 40  # before the first partition
CELLS = 64

# QEMU's blkdebug. The last rule that struck stays in force until another one does: hence those for no sector.
RULE = '[inject-error]\nevent = "{event}"\niotype = "{kind}"\nstate = "{state}"\nsector = "{sector}"\nerrno = "5"\n'
SWITCH = '[set-state]\nevent = "pwritev_zero"\nstate = "{}"\nnew_state = "{}"\n'
NO_SECTOR, EVERY_SECTOR = 1 << 40, -1


@pytest.fixture
def disk(tmp_path):
    return disk_image.make(tmp_path / "disk.img")


def failing(disk, kind, sectors, states):
    """The disk with reads or writes of these sectors refused in one of states 1 and 2; switch() goes to the other."""
    rules = disk.with_suffix(".rules")
    event = {"read": "read_aio", "write": "pwritev"}[kind]
    rules.write_text("".join(
        RULE.format(event=event, kind=kind, state=state, sector=sector)
        for state in (1, 2) for sector in (sectors if state in states else [NO_SECTOR])) +
        SWITCH.format(1, 2) + SWITCH.format(2, 1))
    return f"blkdebug:{rules}:{disk}"


def switch(machine):
    """By what no guest does here: a write of zeros that are not sent."""
    machine.qmp.monitor(f'qemu-io ide1-hd0 "write -z {UNUSED_SECTOR * disk_image.SECTOR_BYTES} {disk_image.SECTOR_BYTES}"')


def booted(boot, disk):
    return boot(Spec(config=mailing({"events": ["disk"]}), disk=str(disk)))


def store_mode(machine):
    table = lambda: machine.console.json("show store")
    return wait_until(lambda: (seen := table()) and "mode" in seen and seen["mode"], SAID_S, "the store's table", table)


def write(machine, word):
    """Returns what became of it."""
    ask = lambda: machine.console.run(f"store write one {word}")
    answer = wait_until(lambda: "have to wait" not in (said := ask()) and said, SAID_S, "the changes before", ask)
    if "accepted" not in answer:
        return answer
    result = lambda: machine.console.json("store result").get("result", "under way")
    return wait_until(lambda: result() != "under way" and result(), SAID_S, "the change", result)


def text_of(machine):
    return machine.console.json("store read one").get("text")


def assert_said(machine, text):
    """In the console and in the log."""
    names = lambda: machine.console.run("show names")
    wait_until(lambda: text in names(), SAID_S, f"{text!r} in disk.status", names)
    assert text in Appliance(machine.console).log_text()


def assert_routes(machine):
    machine.topology.lan.run("ping", "-n", "-c", 2, "-i", "0.2", "-W", 5, WAN_HOST)


def test_noise_refused_writes_and_a_disk_pulled_out_are_told_and_so_is_that_it_works_again(boot, disk):
    disk_image.store_write(disk, os.urandom(disk_image.STORE_SECTORS * disk_image.SECTOR_BYTES))
    machine = booted(boot, failing(disk, "write", [EVERY_SECTOR], {2}))
    with mailed(machine) as owner:
        machine.console.wait_ready()
        owner.wait_told("cells of noise", "disk-trouble, of store")
        assert_said(machine, "cells of noise")
        assert write(machine, "first") == "done"
        switch(machine)
        assert write(machine, "second") != "done"
        owner.wait_told("failed: the disk refuses writes, changes are not kept", "disk-trouble, of store")
        assert_said(machine, "failed: the disk refuses writes")
        assert (store_mode(machine), text_of(machine)) == ("failed", "first")
        assert_routes(machine)
        switch(machine)
        wait_until(lambda: write(machine, "third") == "done", RETRY_S, "a write that the disk takes")
        assert text_of(machine) == "third"
        owner.wait_told("store on disk", "disk-recovered, of store")
        seen = len(owner.told())
        machine.qmp.monitor("drive_del ide1-hd0")
        assert write(machine, "fourth") != "done"
        owner.wait_told("failed", "disk-trouble, of store", after=seen)
        assert_routes(machine)


def test_records_that_cannot_be_read_back_at_boot_are_told_and_so_is_that_they_can(boot, disk):
    heads = [disk_image.STORE_FIRST + cell * disk_image.CELL_SECTORS for cell in range(CELLS)]
    machine = booted(boot, failing(disk, "read", heads, {1}))
    with mailed(machine) as owner:
        machine.console.wait_ready()
        owner.wait_told("store failed: changes are not kept", "disk-trouble, of store")
        assert_said(machine, "store failed: changes are not kept")
        assert_routes(machine)
        switch(machine)
        wait_until(lambda: store_mode(machine) == "on disk", RETRY_S, "the store", lambda: store_mode(machine))
        owner.wait_told("store on disk", "disk-recovered, of store")
        assert write(machine, "one") == "done"


def test_a_disk_of_which_nothing_can_be_read_at_boot_is_not_taken_for_an_empty_one(boot, disk):
    """The boot loader stumbles over it, too, and finds no configuration: so there is no mail of it here."""
    machine = booted(boot, failing(disk, "read", [EVERY_SECTOR], {1, 2}))
    machine.console.wait_ready()
    assert_said(machine, "no disk that works has a partition for it; disk 2 failed")
    assert "disk 2 has failed: it cannot be read" in Appliance(machine.console).log_text()
    assert store_mode(machine) == "in memory only"
    assert write(machine, "one") == "done"
