"""Installed from a running system to a disk, the machine boots from that, with its configuration."""

import re
import shutil

import pytest

from tests.harness import disk
from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.paths import TEST_ISO, TEST_PXE
from tests.harness.pings import answered
from tests.harness.servers import NetworkBoot
from tests.harness.settings import CONFIGURATION_TEXT
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.limit(500)

DISK_BYTES = 64 << 20
SMALL_BYTES = 16 << 20
INSTALL_TIMEOUT_S = 200  # on a busy host; seconds on an idle one
BOOT_TIMEOUT_S = 200  # by TFTP, on a busy host
SETTLE_S = 10
TARGET = 2  # where the harness puts `disk`; the CD is 0, the drive with the configuration 3
SMALL = 1
TOKEN = "token-that-nobody-is-shown"


@pytest.fixture
def target(tmp_path):
    return blank(tmp_path / "disk.img")


def blank(path, size=DISK_BYTES):
    with open(path, "wb") as file:
        file.truncate(size)
    return path


def partition_put(path):
    """A partition table as other systems write it."""
    with open(path, "r+b") as file:
        file.seek(446)
        file.write(bytes(4) + b"\x83" + bytes(11))
        file.seek(510)
        file.write(b"\x55\xaa")


def started(start, **spec):
    router = start(Spec(disk_cache="unsafe", **spec))
    router.console.wait_ready(BOOT_TIMEOUT_S)
    return router


def from_disk(start, path, **spec):
    return started(start, disk=str(path), iso=None, boot="c", config=None, **spec)


def listed(router):
    return router.console.json("install list")


def row(router, number):
    return next((row for row in listed(router)["disks"] if row["disk"] == number), None)


def wait_row(router, number):
    return wait_until(lambda: row(router, number), INSTALL_TIMEOUT_S, f"disk {number} to be listed")


def begin(router, how="disk"):
    """Installs as a person would: asks what is lost, and types the line that the answer names."""
    wait_row(router, TARGET)
    asked = router.console.run(f"install {how} {TARGET}")
    assert "ALL OF IT WILL BE LOST" in asked, asked
    begun = router.console.run(re.search(r"type:  (install .*?)\s*$", asked, re.M).group(1))
    assert "installation begun" in begun, begun


def wait_end(router):
    """Until it is over; what is shown then."""
    def over():
        shown = listed(router)
        return not shown["installing"] and shown["result"] and shown
    return wait_until(over, INSTALL_TIMEOUT_S, "the installation to end", lambda: listed(router))


def install(router, how="disk"):
    begin(router, how)
    shown = wait_end(router)
    assert shown["done"], shown


def wait_percent(router, percent):
    wait_until(lambda: listed(router)["percent"] >= percent, INSTALL_TIMEOUT_S, f"{percent} % to be written",
               lambda: listed(router))


def assert_routes(router):
    assert answered(router.topology.lan, WAN_HOST) == 3


def wait_open(router):
    opening = lambda: router.console.json("config status").get("opening", 1)
    wait_until(lambda: not opening(), SETTLE_S, "config to have read the store", opening)


def commit(router, pointer, value):
    wait_open(router)
    assert "set in the candidate" in router.console.run(f"config set {pointer} {value}")
    answer = router.console.run("config commit")
    assert "in force: serial" in answer, answer


def running(router):
    """The document in force."""
    wait_open(router)
    return router.console.json("config show")


def differs(router, token):
    """Is that another token than the one in force, which nobody is shown?"""
    assert "set in the candidate" in router.console.run(f"config set /web/metrics_token {token}")
    difference = router.console.json("config compare")
    router.console.run("config discard")
    return bool(difference)


def wait_saved(router):
    """Until the store has the newest document."""
    def saved():
        return router.console.json("config status")["persisted"]
    wait_until(saved, SETTLE_S, "the configuration to be saved", lambda: router.console.json("config status"))


def has_partitions(path):
    with open(path, "rb") as file:
        return any(file.read(34 * disk.SECTOR))


def test_installs_through_crashes_and_routes_from_the_disk_in_32_mib(boot, target, tmp_path):
    small = blank(tmp_path / "small.img", SMALL_BYTES)
    router = started(boot, disk=str(target), memory_mib=32,
                     devices=("-drive", f"file={small},format=raw,index={SMALL}"))
    assert wait_row(router, TARGET)["holds"] == "no partition table; seems empty"
    assert "too small: 40 MiB" in router.console.run(f"install disk {SMALL}")
    assert "no such disk" in router.console.run("install disk 0")
    code = int(row(router, TARGET)["code"], 16)
    assert "not the code" in router.console.run(f"install disk {TARGET} {code ^ 1:04x}")
    begin(router)
    assert "installation begun" in router.console.run(f"install disk {TARGET} {code:04x}"), "it is the same one"
    assert "another installation is under way" in router.console.run(f"install blank {TARGET} {code:04x}")
    appliance = Appliance(router.console)
    before = appliance.generations()
    for name in ("install", "disk", "install"):
        appliance.crash_and_wait(name)
    assert listed(router)["installing"], "the crashes came too late to matter"
    assert wait_end(router)["done"], listed(router)
    assert wait_row(router, TARGET)["holds"].startswith("an installation of Bulkhead"), listed(router)
    assert appliance.generations()["install"] == before["install"] + 2
    router.stop()

    table = disk.partitions(target)
    assert table == disk.partitions(target, copy=True)
    bundle = TEST_ISO.with_name("bulkhead.bundle").read_bytes()
    for name in ("EFI system", "Bulkhead A", "Bulkhead B"):
        fine, said = disk.is_consistent(target, table[name], tmp_path / "volume")
        assert fine, said
    assert disk.file(target, table["Bulkhead B"], "bundle") == bundle
    assert_routes(from_disk(boot, target, memory_mib=32))  # with what came by the drive


def test_started_over_the_network_it_installs_with_its_configuration(boot, target, tmp_path):
    served = shutil.copytree(TEST_PXE, tmp_path / "tftp")
    (served / "bulkhead" / "config.json").write_text(CONFIGURATION_TEXT)
    router = boot(Spec(iso=None, boot="n", config=None, disk=str(target), disk_cache="unsafe"))
    with NetworkBoot(router.topology.lan, "eth0", served, tmp_path / "dnsmasq.log"):
        router.console.wait_ready(BOOT_TIMEOUT_S)
    install(router)
    router.stop()
    assert_routes(from_disk(boot, target))


def test_what_was_committed_without_a_disk_goes_along_and_can_be_changed_there(boot, target):
    router = started(boot, disk=str(target), config=None)
    commit(router, "/hostname", "kept")
    commit(router, "/web/metrics_token", TOKEN)
    install(router)
    router.stop()
    router = from_disk(boot, target)
    assert running(router)["hostname"] == "kept"
    assert [entry["author"] for entry in router.console.json("config history")][:2] == ["console", "console"]
    assert not differs(router, TOKEN), "a secret went along as it is shown, not as it is"
    assert differs(router, "another-" + TOKEN)
    commit(router, "/hostname", "changed")
    wait_saved(router)
    router.stop()
    assert running(from_disk(boot, target))["hostname"] == "changed"


def test_a_blank_installation_leaves_the_configuration_behind(boot, target):
    router = started(boot, disk=str(target))
    commit(router, "/hostname", "left-behind")
    install(router, "blank")
    router.stop()
    store = disk.partitions(target)["Bulkhead store"]
    assert not any(disk.content(target, store))
    shown = running(from_disk(boot, target))
    assert (shown["hostname"], shown["lan"]["address"]) == ("bulkhead", "192.168.1.1/24"), shown


def test_an_installed_system_is_installed_again_with_its_records(boot, target):
    """The disk that the store is on is the one that is written: it is read-only then, until the reboot."""
    router = started(boot, disk=str(target), config=None)
    install(router)
    router.stop()
    router = started(boot, disk=str(target), config=None)
    assert wait_row(router, TARGET)["holds"].startswith("an installation of Bulkhead")
    commit(router, "/hostname", "second")
    wait_saved(router)
    install(router)
    assert router.console.json("show store")["mode"] == "failed"
    router.stop()
    assert running(from_disk(boot, target))["hostname"] == "second"


def test_after_a_power_cut_it_is_installed_again(boot, target):
    partition_put(target)
    router = started(boot, disk=str(target))
    assert wait_row(router, TARGET)["holds"] == "partitions of another system"
    begin(router)
    wait_percent(router, 10)
    router.cut_power()
    assert not has_partitions(target), "what is half-way has no partition table"
    router = started(boot, disk=str(target))
    assert wait_row(router, TARGET)["holds"] != "an installation of Bulkhead, with its records"
    install(router)
    router.stop()
    assert "Bulkhead A" in disk.partitions(target)


def test_a_disk_that_vanishes_is_named_and_the_router_goes_on(boot, target):
    partition_put(target)
    router = started(boot, disk=str(target))
    begin(router)
    wait_percent(router, 10)
    router.qmp.monitor("drive_del ide1-hd0")
    shown = wait_end(router)
    assert not shown["done"] and "what it held may be lost" in shown["result"], shown
    assert_routes(router)
    router.stop()
    assert not has_partitions(target)


def test_a_disk_that_refuses_a_sector_is_named(boot, target, tmp_path):
    rules = tmp_path / "rules"
    rules.write_text('[inject-error]\nevent = "pwritev"\nerrno = "5"\nsector = "11000"\n')
    router = started(boot, disk=f"blkdebug:{rules}:{target}")
    begin(router)
    shown = wait_end(router)
    assert not shown["done"] and "could not be written" in shown["result"], shown
    assert not has_partitions(target)
