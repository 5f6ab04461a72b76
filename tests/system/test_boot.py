"""It boots on what it finds, says what that is, and refuses what is damaged."""

import re

import pytest

from tests.harness import image
from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.pings import answered
from tests.harness.topology import LAN_GATEWAY, WAN_HOST

BUNDLE = "/boot/bulkhead.bundle"
REFUSAL_TIMEOUT_S = 40

CARDS = {
    "none": (),
    "one": ("rtl8139",),
    "five": ("rtl8139", "ne2k_pci", "rtl8139", "ne2k_pci", "rtl8139"),
    "isa": ("ne2k_isa", "ne2k_isa"),
}


@pytest.mark.parametrize("cards", CARDS.values(), ids=CARDS.keys())
def test_boots_with_any_number_of_cards(boot, cards):
    router = boot(Spec(nics=cards))
    router.console.wait_ready()
    appliance = Appliance(router.console)
    found = [row for row in appliance.ports() if row.get("model")]
    assert len(found) == len(cards), found
    assert [row["mac"] for row in found] == [router.mac(port) for port in range(len(cards))], found
    if cards:
        assert answered(router.topology.lan, LAN_GATEWAY) == 3
    if len(cards) > 1:
        assert answered(router.topology.lan, WAN_HOST) == 3


def test_five_cards_all_carry_traffic(boot):
    """Further ports join the LAN: each of their hosts reaches the router and the WAN."""
    router = boot(Spec(nics=CARDS["five"]))
    router.console.wait_ready()
    for port, host in enumerate(router.topology.namespaces):
        if port != 1:
            assert answered(host, WAN_HOST, 2) == 2, f"port{port}"


def test_unknown_card_is_named_and_left_alone(boot):
    router = boot(Spec(nics=("e1000", "rtl8139", "rtl8139")))
    router.console.wait_ready()
    appliance = Appliance(router.console)
    assert "8086:100e" in appliance.log_text(), appliance.log_text()
    macs = [row["mac"] for row in appliance.ports() if row.get("model")]
    assert macs == [router.mac(1), router.mac(2)], macs


@pytest.mark.machine(memory_mib=32)
def test_routes_in_32_mib(router):
    assert answered(router.topology.lan, WAN_HOST) == 3
    memory = router.console.json("show memory")
    assert memory["memory_bytes"] < 32 << 20, memory


@pytest.mark.parametrize("cpu", ["qemu64", "max"])
def test_routes_on_old_and_new_processors(boot, cpu):
    router = boot(Spec(cpu=cpu))
    router.console.wait_ready()
    assert answered(router.topology.lan, WAN_HOST) == 3


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_routes_when_started_by_uefi(boot, machine):
    router = boot(Spec(machine=machine, uefi=True, memory_mib=256))
    router.console.wait_ready(100)
    assert answered(router.topology.lan, WAN_HOST) == 3


def test_routes_on_q35(boot):
    router = boot(Spec(machine="q35"))
    router.console.wait_ready()
    assert answered(router.topology.lan, WAN_HOST) == 3


def test_routes_with_more_memory_than_32_bits_address(boot):
    router = boot(Spec(memory_mib=5120))
    router.console.wait_ready()
    assert answered(router.topology.lan, WAN_HOST) == 3


@pytest.mark.parametrize("where", ["manifest", "image"])
def test_damaged_bundle_is_named_and_nothing_starts(boot, tmp_path, where):
    offset = 200 if where == "manifest" else len(image.extract(BUNDLE)) // 3
    router = boot(Spec(iso=image.damaged(str(tmp_path / "damaged.iso"), BUNDLE, offset)))
    said = router.serial.wait_for(r"(?i)^.*(checksum|damaged).*\n", REFUSAL_TIMEOUT_S)
    assert where in said[0] or re.search(r"image \S+", said[0]), said[0]
    assert "bulkhead>" not in router.serial.text


def test_a_damaged_archive_only_keeps_the_system_from_being_installed(boot, tmp_path):
    """What the installer would write lies behind the images, and nothing else needs it."""
    damaged = image.damaged(str(tmp_path / "damaged.iso"), BUNDLE, len(image.extract(BUNDLE)) - 5000)
    router = boot(Spec(iso=damaged))
    router.console.wait_ready()
    router.serial.wait_for("this system cannot be installed", REFUSAL_TIMEOUT_S)
    assert answered(router.topology.lan, WAN_HOST) == 3


def test_missing_bundle_is_named_and_nothing_starts(boot, tmp_path):
    def without_bundle(text):
        lines = [line for line in text.splitlines() if not re.match(r"\s*module2\s.*bundle", line)]
        assert len(lines) < len(text.splitlines()), text
        return "\n".join(lines) + "\n"

    router = boot(Spec(iso=image.regrubbed(str(tmp_path / "missing.iso"), without_bundle)))
    router.serial.wait_for(r"(?i)^.*bundle.*missing.*\n", REFUSAL_TIMEOUT_S)
    assert "bulkhead>" not in router.serial.text
