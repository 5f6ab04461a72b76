"""Live update: a service's program is replaced under traffic, and comes back if the new one fails."""

import shutil
import struct
import subprocess
import sys

import pytest

from tests.harness import image
from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.paths import ROOT, TEST_ISO
from tests.harness.pinger import Pinger
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

SERVICES = TEST_ISO.parent / "services"
UPDATE_ID = "update-1"
BROKEN = "echo"  # its entry is an instruction that does not exist
PING_INTERVAL_S = 0.01
AROUND = 20
GAP_PACKETS_MAX = 25
ELF_ENTRY = 24  # ELF64: e_entry, e_phoff; then program headers of 56 bytes
UD2 = b"\x0f\x0b"


def break_entry(path):
    """Overwrites the first instruction of an ELF64 program."""
    content = bytearray(path.read_bytes())
    entry, headers = struct.unpack_from("<QQ", content, ELF_ENTRY)
    count, = struct.unpack_from("<H", content, 56)
    for number in range(count):
        _, _, offset, address, _, size = struct.unpack_from("<IIQQQQ", content, headers + 56 * number)
        if address <= entry < address + size:
            place = offset + entry - address
            content[place:place + 2] = UD2
            path.write_bytes(content)
            return
    raise AssertionError(f"{path} has no entry")


@pytest.fixture(scope="module")
def update_iso(tmp_path_factory):
    """The ISO under test with an update bundle: the same programs, one of them broken."""
    folder = tmp_path_factory.mktemp("update")
    programs = folder / "services"
    shutil.copytree(SERVICES, programs)
    break_entry(programs / f"{BROKEN}.elf")
    drivers = [word for block in sorted(ROOT.glob("drivers/*/*/manifest.toml")) for word in ("--drivers", block)]
    bundle = folder / "update.bundle"
    subprocess.run([sys.executable, "-m", "image.manifest", "config/system.toml", *map(str, drivers),
                    "--images", str(programs), "--build-id", UPDATE_ID, "-o", str(bundle)],
                   cwd=ROOT, check=True, timeout=60)
    return image.regrubbed(folder / "update.iso", lambda text: text.replace(
        "if [ -n \"$config\" ]", "module2 /boot/update.bundle update\n\tif [ -n \"$config\" ]"),
        more={"boot/update.bundle": bundle.read_bytes()})


@pytest.fixture
def router(pool, update_iso, request):
    return pool.get(Spec(iso=str(update_iso)), request.node.name)


def wait_source(appliance, name, source):
    wait_until(lambda: appliance.service(name)["source"] == source and appliance.service(name)["state"] == "running",
               10, f"{name} to run the {source} program", lambda: appliance.service(name))
    return appliance.service(name)


@pytest.mark.parametrize("name", ["firewall", "port0", "inet", "ds", "config", "console"])
def test_update_and_revert_under_traffic(router, name):
    appliance = Appliance(router.console)
    before = appliance.generations()
    booted = appliance.service(name)
    assert (booted["source"], booted["updatable"]) == ("booted", 1), booted
    with Pinger(router.topology.lan, WAN_HOST, PING_INTERVAL_S) as pings:
        pings.wait_more(AROUND)
        router.serial.send(f"service update {name}\r")
        row = appliance.wait_next_life(name, before[name])
        pings.wait_more(AROUND)
        shown = wait_source(appliance, name, "update")
        router.serial.send(f"service revert {name}\r")
        appliance.wait_next_life(name, before[name] + 1)
        pings.wait_more(AROUND)
    print(f"{name}: {pings.lost} of {pings.sent} lost, longest gap {pings.longest_gap()}")
    assert row["cause"] == "update", row
    assert (shown["build_id"], shown["on_trial"]) == (UPDATE_ID, 1), shown
    assert wait_source(appliance, name, "booted")["build_id"] == booted["build_id"] != UPDATE_ID
    assert appliance.generations() == {**before, name: before[name] + 2}
    assert pings.longest_gap() <= GAP_PACKETS_MAX, pings.output[-2000:]


def test_connections_outlive_an_update_of_the_firewall(router):
    appliance = Appliance(router.console)
    router.topology.lan.run("ping", "-n", "-c", 2, "-i", 0.1, "-W", 2, WAN_HOST)
    before = appliance.generations()["firewall"]
    router.serial.send("service update firewall\r")
    appliance.wait_next_life("firewall", before)
    wait_until(lambda: any("connections restored, 0 discarded" in record["text"] for record in appliance.log()
                           if record["service"] == "firewall"), 3, "what was restored", appliance.log_text)
    assert any(row["protocol"] in (1, "icmp") for row in appliance.connections()), appliance.connections()
    router.console.run("service revert firewall")
    wait_source(appliance, "firewall", "booted")


def test_an_update_passes_its_trial(router):
    appliance = Appliance(router.console)
    router.console.run("service update vga")
    assert wait_source(appliance, "vga", "update")["on_trial"] == 1
    wait_until(lambda: appliance.service("vga")["on_trial"] == 0, 20, "the end of the trial", appliance.log_text)
    assert appliance.service("vga")["source"] == "update"
    assert "vga: the update has passed its trial" in appliance.log_text()
    appliance.crash("vga")
    wait_source(appliance, "vga", "update")
    router.console.run("service revert vga")
    wait_source(appliance, "vga", "booted")


def test_a_broken_update_is_taken_back_by_itself(router):
    appliance = Appliance(router.console)
    before = appliance.generations()
    router.console.run(f"service update {BROKEN}")
    appliance.wait_next_life(BROKEN, before[BROKEN] + 1)
    shown = wait_source(appliance, BROKEN, "booted")
    assert appliance.generations() == {**before, BROKEN: before[BROKEN] + 2}
    assert shown["on_trial"] == 0
    assert f"{BROKEN}: the update fails its trial" in appliance.log_text()


def test_an_update_outlives_rs(router):
    appliance = Appliance(router.console)
    router.console.run("service update uart")
    wait_source(appliance, "uart", "update")
    generations = appliance.generations()
    router.console.run("service crash rs exception")
    appliance.wait_next_life("rs", generations["rs"])
    assert wait_source(appliance, "uart", "update")["on_trial"] == 1
    assert appliance.generations() == {**generations, "rs": generations["rs"] + 1}
    router.console.run("service revert uart")
    wait_source(appliance, "uart", "booted")


def test_refusals_are_explained(router):
    assert "rs is not updated while it runs" in router.console.run("service update rs")
    assert Appliance(router.console).service("rs")["source"] == "booted"
    assert "error" in router.console.run("service revert ds")
