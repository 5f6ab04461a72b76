"""The bundle is what kernel/abi/manifest.h says, bit for bit, and the same each time."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from image.manifest import abi, c_layout
from image.manifest.unpack import unpack

ROOT = Path(__file__).resolve().parents[2]
GOOD = Path(__file__).parent / "good"


@pytest.fixture(scope="module")
def build(programs, tmp_path_factory):
    """Compiles good/: the bytes of the bundle, and the folder with the picture."""
    def run():
        folder = tmp_path_factory.mktemp("bundle")
        subprocess.run([sys.executable, "-m", "image.manifest", GOOD / "system.toml", "--drivers", GOOD / "nic.toml",
                        "--images", programs, "--build-id", "v1", "--picture", folder / "system",
                        "-o", folder / "bundle"], cwd=ROOT, check=True, timeout=60)
        return (folder / "bundle").read_bytes(), folder
    return run


@pytest.fixture(scope="module")
def readable(programs, tmp_path_factory):
    """The bundle of good/ with a region that shows it, and one file of 5,000 bytes."""
    folder = tmp_path_factory.mktemp("readable")
    shown = '[region.bundle]\nkind = "bundle"\nsize = "1M"\n'
    (folder / "system.toml").write_text((GOOD / "system.toml").read_text() + shown)
    (folder / "file").write_bytes(bytes(range(250)) * 20)
    subprocess.run([sys.executable, "-m", "image.manifest", folder / "system.toml", "--drivers", GOOD / "nic.toml",
                    "--images", programs, "--archive", folder / "file", "-o", folder / "bundle"], cwd=ROOT, check=True,
                   timeout=60)
    return (folder / "bundle").read_bytes(), (folder / "file").read_bytes()


def test_a_region_shows_the_bundle_with_its_archive(readable, bundle):
    readable, file = readable
    manifest = unpack(abi.MANIFEST, readable)
    shown = next(region for region in manifest["regions"] if region["name"] == "bundle")
    assert (shown["kind"], shown["size_bytes"]) == (abi.ENUMS["REGION_MANIFEST"], 1 << 20)
    assert manifest["bundle_bytes"] == len(readable) == len(bundle) + abi.pages(len(file)) + abi.PAGE
    name, offset, size, start, checksum, magic, count = struct.unpack("<16sIIII4sI", readable[-40:])
    assert (magic, count, start) == (b"BKA1", 1, len(bundle))
    assert name.rstrip(b"\0") == b"file" and offset == start and readable[offset:offset + size] == file
    assert checksum == zlib.crc32(readable[start:-16])


@pytest.fixture(scope="module")
def bundle(build):
    return build()[0]


@pytest.fixture(scope="module")
def manifest(bundle):
    return unpack(abi.MANIFEST, bundle)


def service(manifest, name):
    return next(entry for entry in manifest["services"] if entry["name"] == name)


def region(manifest, name):
    return next(entry for entry in manifest["regions"] if entry["name"] == name)


def test_layouts_are_those_of_the_kernels_headers():
    assert c_layout.differences() == []


def test_head_counts_and_checksum(bundle, manifest):
    offset = abi.MANIFEST.offsets["crc32"]
    head = bundle[:manifest["manifest_bytes"]]
    assert manifest["magic"].to_bytes(4, "little") == b"KBH1" and manifest["version"] == 1
    assert manifest["manifest_bytes"] == abi.pages(abi.MANIFEST.size)
    assert manifest["bundle_bytes"] == len(bundle)
    assert manifest["crc32"] == zlib.crc32(head[:offset] + bytes(4) + head[offset + 4:])
    assert manifest["build_id"] == "v1"
    assert (manifest["service_count"], manifest["region_count"], manifest["image_count"]) == (5, 7, 4)


def test_image_is_the_program(bundle, manifest, programs):
    for image in manifest["images"][:manifest["image_count"]]:
        content = bundle[image["offset"]:image["offset"] + image["size_bytes"]]
        assert image["offset"] % abi.PAGE == 0 and len(content) == image["size_bytes"]
        assert image["crc32"] == zlib.crc32(content)
        expected = (programs / f"{image['name']}.elf").read_bytes()
        for segment in image["segments"][:image["segment_count"]]:
            begin = segment["offset"]
            assert begin % abi.PAGE == 0 and segment["address"] % abi.PAGE == 0
            assert segment["memory_bytes"] >= segment["file_bytes"] > 0
            assert bundle[begin:begin + segment["file_bytes"]] in expected
            assert segment["access"] in (0, abi.ENUMS["SEGMENT_WRITE"], abi.ENUMS["SEGMENT_EXECUTE"])


def test_crash_entry_is_there_if_the_program_has_one(manifest, programs):
    entries = {image["name"]: (image["entry"], image["crash_entry"]) for image in manifest["images"]}
    symbols = subprocess.run(["nm", programs / "crashing.elf"], capture_output=True, text=True, check=True).stdout
    address = {line.split()[2]: int(line.split()[0], 16) for line in symbols.splitlines()}
    assert entries["crashing"] == (address["_start"], address["service_crash"])
    assert entries["rs"][1] == 0


def test_regions_have_holes_between_them(manifest):
    regions = manifest["regions"][:manifest["region_count"]]
    assert regions[0]["address"] == abi.LIMITS["USER_REGION_BASE"]
    for before, after in zip(regions, regions[1:]):
        assert after["address"] == before["address"] + before["size_bytes"] + abi.PAGE


def test_regions_of_each_kind(manifest):
    sizes = c_layout.kernel_sizes()
    assert region(manifest, "text")["physical"] == 0xb8000
    assert region(manifest, "text")["kind"] == abi.ENUMS["REGION_DEVICE"]
    assert region(manifest, "ktable")["size_bytes"] == sizes["kernel-table"]
    assert region(manifest, "whole")["size_bytes"] == manifest["manifest_bytes"]
    assert region(manifest, "port0.ring")["size_bytes"] == 8192


def test_instances_and_globs_are_written_out(manifest):
    names = [entry["name"] for entry in manifest["regions"][:manifest["region_count"]]]
    hub = service(manifest, "crashing")
    maps = [(item["alias"], names[item["region"]], item["access"]) for item in hub["maps"][:hub["map_count"]]]
    assert maps == [("port0.ring", "port0.ring", 0), ("port1.ring", "port1.ring", 0),
                    ("ktable", "ktable", 0), ("all", "whole", 0), ("own", "own", abi.ENUMS["MAP_WRITE"])]
    port = service(manifest, "port1")
    assert port["map_count"] == 1
    assert port["maps"][0] == {"alias": "ring", "region": names.index("port1.ring"), "reserved": 0,
                               "access": abi.ENUMS["MAP_WRITE"] | abi.ENUMS["MAP_DMA"]}


def test_rights_are_bits_of_slots_and_calls(manifest):
    slots = {entry["name"]: slot for slot, entry in enumerate(manifest["services"])}
    assert manifest["rs_slot"] == slots["rs"]
    rs, hub, port = (service(manifest, name) for name in ("rs", "crashing", "port0"))
    assert rs["notify_targets"] == 0b11111 & ~(1 << slots["rs"])
    assert hub["call_targets"] == 1 << slots["a"]
    assert port["start_after"] == 1 << slots["crashing"] | 1 << slots["a"]
    assert hub["kernel_calls"] == abi.CALLS_FOR_ALL | 1 << abi.CALLS["port_read"]
    assert abi.CALLS_FOR_ALL & 1 << abi.CALLS["call"] and not abi.CALLS_FOR_ALL & 1 << abi.CALLS["service_kill"]


def test_service_numbers(manifest):
    hub, port = service(manifest, "crashing"), service(manifest, "port0")
    assert (hub["priority"], hub["budget_us"], hub["period_us"], hub["heartbeat_ms"]) == (3, 2000, 10000, 50)
    assert (hub["stack_bytes"], hub["heap_bytes"], hub["flags"]) == (8192, 65536, abi.ENUMS["SERVICE_FPU"])
    assert hub["ports"][:2] == [{"base": 0x3f8, "count": 8, "probe": 0}, {"base": 0x300, "count": 32, "probe": 1}]
    assert hub["irqs"][0] == {"line": 4, "reserved": 0, "deadline_us": 5000}
    assert [(step["step"], step["argument"]) for step in hub["recovery"][:3]] == [
        (abi.ENUMS["RECOVERY_LOG"], 0), (abi.ENUMS["RECOVERY_RESTART"], 1000), (abi.ENUMS["RECOVERY_END"], 0)]
    assert port["flags"] == abi.ENUMS["SERVICE_DEVICE"]
    assert (port["irq_count"], port["irqs"][0]["deadline_us"]) == (1, 700)


def test_driver_block(manifest):
    nic = next(image for image in manifest["images"] if image["name"] == "nic")
    assert nic["pci_ids"][:2] == [{"vendor": 0x10ec, "device": 0x8139}, {"vendor": 0x1186, "device": 0x1300}]
    assert nic["isa"][0] == {"port": 0x300, "count": 32, "irq": 9}
    assert (nic["pci_id_count"], nic["isa_count"], nic["dma_rule_count"]) == (2, 1, 2)
    # In the order of their offsets, which is not that of the file.
    assert nic["dma_rules"][0] == {"offset": 0x10, "width_bytes": 4, "length": 0, "mask": 0x1f00, "bits": 0x600,
                                   "kind": abi.ENUMS["DMA_RULE_BITS"]}
    assert nic["dma_rules"][1] == {"offset": 0x30, "width_bytes": 4, "length": 0x10010, "mask": 0, "bits": 0,
                                   "kind": abi.ENUMS["DMA_RULE_DEVICE_WRITES"]}
    assert nic["pci_write_count"] == 1
    assert nic["pci_writes"][0] == {"offset": 0x60, "width_bytes": 2, "reserved": 0, "value": 0x8003}


def test_same_inputs_give_the_same_bytes(build, bundle):
    assert build()[0] == bundle


def test_picture_names_every_service(build):
    picture = (build()[1] / "system.svg").read_text(encoding="utf-8")
    assert all(f">{name}</text>" in picture for name in ("rs", "crashing", "a", "port0 .. 1"))
