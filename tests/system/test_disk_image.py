"""The disk image: it boots by BIOS and UEFI to forwarding, and from slot B if A is not whole."""

import shutil
import uuid

import pytest

from tests.harness import disk
from tests.harness.machine import Spec
from tests.harness.paths import TEST_DISK
from tests.harness.pings import answered
from tests.harness.topology import WAN_HOST

STORE_TYPE = uuid.UUID("bf95d737-4b16-45f9-89db-27df695aed64")  # services/proto/block.h
ESP_TYPE = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
SLOTS = ("Bulkhead A", "Bulkhead B")
BOOT_TIMEOUT_S = 100


def on_disk(path, **more):
    return Spec(iso=None, boot="c", devices=("-drive", f"file={path},format=raw,snapshot=on"), **more)


def ping(router):
    assert answered(router.topology.lan, WAN_HOST) == 3


@pytest.mark.parametrize("uefi", [False, True], ids=["bios", "uefi"])
def test_routes_when_started_from_disk(boot, uefi):
    router = boot(on_disk(TEST_DISK, uefi=uefi, memory_mib=256 if uefi else 64))
    router.console.wait_ready(BOOT_TIMEOUT_S)
    assert "not whole" not in router.serial.text
    ping(router)


@pytest.mark.parametrize("harm", ["one bit", "no volume"])
def test_starts_from_slot_b_if_a_is_not_whole(boot, tmp_path, harm):
    path = shutil.copy(TEST_DISK, tmp_path / "disk.img")
    slot = disk.partitions(path)["Bulkhead A"]
    volume = disk.content(path, slot)
    bundle = volume.index(disk.file(path, slot, "bundle")[:512])
    with open(path, "r+b") as file:
        file.seek(slot.offset + (0 if harm == "no volume" else bundle + 200_000))
        file.write(bytes(512) if harm == "no volume" else bytes([volume[bundle + 200_000] ^ 1]))
    router = boot(on_disk(path))
    router.console.wait_ready(BOOT_TIMEOUT_S)
    assert "Slot A is not whole" in router.serial.text
    ping(router)


def test_partition_table_and_its_copy_are_right():
    table = disk.partitions(TEST_DISK)
    assert table == disk.partitions(TEST_DISK, copy=True)
    assert list(table) == ["GRUB", "EFI system", *SLOTS, "Bulkhead store"]
    places = list(table.values())
    assert all(a.last < b.first for a, b in zip(places, places[1:])), places
    assert len({partition.guid for partition in places}) == len(places)
    assert table["EFI system"].type == ESP_TYPE and table["Bulkhead store"].type == STORE_TYPE
    assert not any(disk.content(TEST_DISK, table["Bulkhead store"]))


def test_volumes_are_consistent_and_hold_the_system(tmp_path):
    table = disk.partitions(TEST_DISK)
    for name in ("EFI system", *SLOTS):
        fine, said = disk.is_consistent(TEST_DISK, table[name], tmp_path / "volume")
        assert fine, said
    bundle = TEST_DISK.with_name("bulkhead.bundle").read_bytes()
    for name in SLOTS:
        assert disk.file(TEST_DISK, table[name], "bundle") == bundle
        assert table[name].size >= 4 * len(bundle), "room for the system several times over"


def test_fits_on_small_cards_and_is_mostly_holes():
    assert TEST_DISK.stat().st_size <= 64 << 20
    assert TEST_DISK.stat().st_blocks * 512 <= 16 << 20
