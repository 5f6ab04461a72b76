"""Forwarding does not need INET: the firewall answers ARP by itself."""

import pytest

from tests.harness.appliance import Appliance
from tests.harness.pings import answered
from tests.harness.topology import LAN_GATEWAY, WAN_HOST

pytestmark = pytest.mark.machine()


@pytest.fixture
def without_inet(router):
    appliance = Appliance(router.console)
    appliance.stop("inet")
    yield appliance
    appliance.start("inet")


def test_lan_hosts_with_empty_arp_caches_reach_the_wan(router, without_inet):
    lan, wan = router.topology.lan, router.topology.wan
    for _ in range(3):
        lan.neighbours_forget()
        wan.neighbours_forget()
        assert answered(lan, WAN_HOST, 2) == 2
    assert without_inet.services()["inet"]["state"] == "stopped"


def test_the_appliance_itself_answers_again_with_inet_back(router):
    """Also shows that the test above held INET down: ping replies are INET's work."""
    appliance, lan = Appliance(router.console), router.topology.lan
    appliance.stop("inet")
    silent = lan.run("ping", "-n", "-c", 2, "-i", 0.2, "-W", 1, LAN_GATEWAY, check=False).stdout
    appliance.start("inet")
    assert "0 received" in silent, silent
    assert answered(lan, LAN_GATEWAY, 2) == 2
