"""Records outlive reboots, power cuts and every death; without a disk the store works in memory."""

import os

import pytest

from tests.fault import power_cut
from tests.harness import disk_image
from tests.harness.appliance import Appliance
from tests.harness.dhcp import lease_get
from tests.harness.machine import Spec
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.limit(240)

SETTLE_S = 10
MODEL_WORDS = "QEMU HARDDISK"


@pytest.fixture
def disk(tmp_path):
    return str(disk_image.make(tmp_path / "disk.img"))


@pytest.fixture
def store(boot):
    """Boots a machine with that disk, or none, and waits for its store."""
    def start(disk=None, **spec):
        machine = boot(Spec(disk=disk, **spec))
        machine.console.wait_ready()
        wait_until(lambda: shown(machine)["mode"] != "opening", SETTLE_S, "the store", lambda: shown(machine))
        return machine
    return start


def shown(machine):
    """The table, once it is not just being written."""
    table = lambda: machine.console.json("show store")
    return wait_until(lambda: (seen := table()) and "mode" in seen and seen, SETTLE_S, "the store's table", table)


def disks(machine):
    return machine.console.json("show disks")["disks"]


def result(machine):
    return machine.console.json("store result").get("result", "under way")  # or it does not answer just now


def write(machine, name, word):
    """Writes the record and waits until it is decided; returns what became of it."""
    answer = machine.console.run(f"store write {name} {word}")
    assert "accepted" in answer, answer
    return wait_until(lambda: result(machine) != "under way" and result(machine), SETTLE_S, "the change",
                      lambda: result(machine))


def read(machine, name):
    return machine.console.json(f"store read {name}").get("text")


def lines(machine):
    return [record["text"] for record in Appliance(machine.console).log()]


def test_a_record_outlives_a_reboot(store, disk):
    machine = store(disk)
    entry = next(entry for entry in disks(machine) if entry["store"])
    assert entry["model"] == MODEL_WORDS and entry["state"] == "ready", entry
    assert shown(machine)["mode"] == "on disk"
    for number in range(5):
        assert write(machine, "one", f"word{number}") == "done"
    assert write(machine, "two", "other") == "done"
    machine = store(disk)
    assert (read(machine, "one"), read(machine, "two")) == ("word4", "other")
    lengths = {record["name"]: record["length_bytes"] for record in shown(machine)["records"]}
    assert lengths["console/one"] == lengths["console/two"] == 3000, lengths
    names = lambda: machine.console.run("show names")
    wait_until(lambda: "store on disk; disk" in names(), SETTLE_S, "disk.status", names)


def test_without_a_disk_the_store_works_in_memory_and_outlives_its_death(store):
    machine = store()
    assert shown(machine)["mode"] == "in memory only"
    assert write(machine, "one", "word") == "done"
    appliance = Appliance(machine.console)
    for how in ("exception", "panic"):
        appliance.crash_and_wait("store", how)
        assert read(machine, "one") == "word"
    assert shown(machine)["mode"] == "in memory only"


@pytest.mark.parametrize("victim", ["store", "disk"])
def test_nothing_is_lost_when_store_or_driver_die_over_changes(store, disk, victim):
    """A change is accepted and the death comes at once: it is carried out all the same."""
    machine = store(disk)
    appliance = Appliance(machine.console)
    for number in range(12):
        before = appliance.generations()[victim]
        machine.serial.send(f"store write one word{number}\rservice crash {victim} exception\r")
        appliance.wait_next_life(victim, before)
        wait_until(lambda: result(machine) == "done", SETTLE_S, "the change", lambda: result(machine))
        assert read(machine, "one") == f"word{number}"
    assert shown(machine)["failures"] == 0
    machine = store(disk)
    assert read(machine, "one") == "word11"


def test_a_store_full_of_noise_is_said_and_used(store, disk):
    disk_image.store_write(disk, os.urandom(disk_image.STORE_SECTORS * disk_image.SECTOR_BYTES))
    machine = store(disk)
    assert shown(machine)["mode"] == "on disk"
    assert shown(machine)["noise"] == shown(machine)["cells"] > 0, shown(machine)
    assert any("noise" in line for line in lines(machine)), lines(machine)
    assert write(machine, "one", "word") == "done"
    machine = store(disk)
    assert read(machine, "one") == "word"


def test_the_second_copy_of_the_partition_table_is_used_if_the_first_is_damaged(store, disk):
    disk_image.sector_damage(disk, 1)
    machine = store(disk)
    assert shown(machine)["mode"] == "on disk"
    assert any("first copy of the partition table is damaged" in line for line in lines(machine))


def test_a_disk_without_our_partition_is_left_alone(store, disk):
    disk_image.sector_damage(disk, 1)
    disk_image.sector_damage(disk, disk_image.DISK_SECTORS - 1)
    before = open(disk, "rb").read()
    machine = store(disk)
    assert shown(machine)["mode"] == "in memory only"
    assert write(machine, "one", "word") == "done"
    machine.stop()
    assert open(disk, "rb").read() == before


@pytest.mark.limit(600)
def test_a_power_cut_leaves_the_old_or_the_new(store, disk):
    """QEMU is killed in the middle of changes; `make power-cut` does it more often."""
    outcomes = power_cut.campaign(store, disk, 10, seed=1)
    print(outcomes)
    assert sum(outcomes.values()) == 10


def test_leases_outlive_a_reboot(store, disk):
    """And their addresses are nobody else's meanwhile, names among them."""
    def leased(machine, client, name):
        machine.topology.lan.run("ip", "address", "flush", "dev", "eth0")
        return lease_get(client, machine.topology.lan, "eth0", name)["address"]

    def saved(machine):
        return next((record["length_bytes"] for record in shown(machine)["records"]
                     if record["name"] == "dhcpd/leases"), 0)

    machine = store(disk)
    first = leased(machine, "udhcpc", "laptop")
    wait_until(lambda: saved(machine) > 0, SETTLE_S, "the lease in the store", lambda: shown(machine))
    one_lease = saved(machine)
    other = leased(machine, "dhclient", "other")
    wait_until(lambda: saved(machine) > one_lease, SETTLE_S, "both", lambda: shown(machine))
    machine = store(disk)
    names = lambda: machine.console.run("show names")
    wait_until(lambda: "lease.1" in names(), SETTLE_S, "the leases in the data store", names)
    assert (leased(machine, "dhclient", "other"), leased(machine, "udhcpc", "laptop")) == (other, first)
