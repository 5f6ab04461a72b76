"""A disk that falls silent costs what was to be written, which is said; routing and console go on, and it is found again."""

import time

import pytest

from tests.harness import disk_image
from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.nbd import NbdDisk
from tests.harness.owner import mailed
from tests.harness.pinger import Pinger
from tests.harness.settings import mailing
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = [pytest.mark.limit(300), pytest.mark.waits]

TRANSFER_WAIT_S = 10  # drivers/block/ata/registers.h
TRIES = 3  # drivers/block/ata/transfer.h
# By so much later than the driver a request ends: its reset holds up all of QEMU until then.
PATIENCE_S = TRANSFER_WAIT_S + 1.5
FOUND_S = TRIES * PATIENCE_S + 30
AGAIN_S = 120  # ata.c: the driver looks after 10 s, then ever later
SOON_S = 20
BEFORE_RESET_S = 6  # of the first 10 s, in which nothing holds up QEMU
PING_S = 0.05
DISK = 2  # machine.py: the second channel's first; its neighbour is the drive with the configuration


@pytest.fixture
def disk(tmp_path):
    with NbdDisk(disk_image.make(tmp_path / "disk.img"), PATIENCE_S) as made:
        yield made


def disk_row(machine):
    return next(row for row in machine.console.json("show disks")["disks"] if row["disk"] == DISK)


def store_mode(machine):
    return machine.console.json("show store").get("mode")  # or it is just being written


def saved(machine):
    return machine.console.json("config status")["persisted"]


def write_begin(machine, word):
    ask = lambda: machine.console.run(f"store write one {word}")
    wait_until(lambda: "accepted" in ask(), SOON_S, "the store to take a change", ask)


def result(machine, timeout_s=SOON_S):
    seen = lambda: machine.console.json("store result").get("result", "under way")
    return wait_until(lambda: (now := seen()) != "under way" and now, timeout_s, "what became of the change", seen)


def text_of(machine):
    return machine.console.json("store read one").get("text")


def hostname_commit(machine, name):
    """Returns how long it took."""
    begun = time.monotonic()
    machine.console.run(f"config set /hostname {name}")
    answer = machine.console.run("config commit comment a name")
    assert "in force: serial" in answer, answer
    return time.monotonic() - begun


def assert_goes_on(machine):
    """With the disk silent, and QEMU not yet held up for it."""
    begun = time.monotonic()
    with Pinger(machine.topology.lan, WAN_HOST, PING_S) as pings:
        assert hostname_commit(machine, "in-silence") < BEFORE_RESET_S
        while time.monotonic() - begun < BEFORE_RESET_S:
            assert text_of(machine) == "first"
            assert not saved(machine)
    assert pings.lost == 0, pings.output
    assert pings.sent > BEFORE_RESET_S / PING_S / 4


def test_a_disk_that_falls_silent_is_told_and_one_that_answers_again_is_used_again(boot, disk):
    machine = boot(Spec(config=mailing({"events": ["disk"]}), disk=disk.url))
    with mailed(machine) as owner:
        machine.console.wait_ready()
        wait_until(lambda: store_mode(machine) == "on disk", SOON_S, "the store", lambda: store_mode(machine))
        write_begin(machine, "first")
        assert result(machine) == "done"
        wait_until(lambda: saved(machine), SOON_S, "the configuration to be saved")
        generation = Appliance(machine.console).generations()

        disk.fall_silent()
        write_begin(machine, "second")
        disk.wait_kept(1, SOON_S)
        assert_goes_on(machine)
        assert result(machine, FOUND_S) != "done"
        assert disk.kept == TRIES
        assert (disk_row(machine)["state"], store_mode(machine), text_of(machine)) == ("failed", "failed", "first")
        assert not saved(machine)
        owner.wait_told("failed: changes are not kept", "disk-trouble, of store")

        disk.answer_again()
        wait_until(lambda: store_mode(machine) == "on disk", AGAIN_S, "the store", lambda: disk_row(machine))
        owner.wait_told("store on disk", "disk-recovered, of store")
        wait_until(lambda: saved(machine), SOON_S, "the configuration to be saved")
        write_begin(machine, "third")
        assert (result(machine), text_of(machine)) == ("done", "third")
        assert Appliance(machine.console).generations() == generation, "something had to die for it"
