"""Started over the network, by iPXE in the cards' ROMs, it routes with the very cards it came by."""

import shutil

import pytest

from tests.harness.machine import Spec
from tests.harness.paths import TEST_PXE
from tests.harness.pings import answered
from tests.harness.servers import NetworkBoot
from tests.harness.settings import CONFIGURATION_TEXT
from tests.harness.topology import WAN_HOST

BOOT_TIMEOUT_S = 100


@pytest.mark.parametrize("card, uefi", [("rtl8139", False), ("ne2k_pci", False), ("rtl8139", True)],
                         ids=["rtl8139", "ne2k_pci", "rtl8139-uefi"])
def test_routes_when_started_over_the_network(boot, tmp_path, card, uefi):
    served = shutil.copytree(TEST_PXE, tmp_path / "tftp")
    (served / "bulkhead" / "config.json").write_text(CONFIGURATION_TEXT)
    router = boot(Spec(nics=(card, card), iso=None, boot="n", config=None, uefi=uefi, memory_mib=256 if uefi else 64))
    lan = router.topology.lan
    with NetworkBoot(lan, "eth0", served, tmp_path / "dnsmasq.log"):
        router.console.wait_ready(BOOT_TIMEOUT_S)
    assert answered(lan, WAN_HOST) == 3
