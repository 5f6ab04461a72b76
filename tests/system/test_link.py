"""A cable pulled and plugged in again is seen, said and survived."""

import pytest

from tests.harness.appliance import Appliance
from tests.harness.pings import answered
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.machine(nics=("rtl8139", "rtl8139"))

NOTICED_S = 5


def link_of(appliance, name):
    return next(row["link"] for row in appliance.ports() if row["name"] == name)


def test_link_state_follows_the_cable_and_traffic_comes_back(router):
    appliance = Appliance(router.console)
    try:
        for switch, link in (("off", "down"), ("on", "up")):
            router.qmp.monitor(f"set_link net1 {switch}")
            wait_until(lambda: link_of(appliance, "port1") == link, NOTICED_S, f"port1 to be {link}")
            assert any(f"link {link}" in record["text"] for record in appliance.log()[-20:])
    finally:
        router.qmp.monitor("set_link net1 on")
    assert answered(router.topology.lan, WAN_HOST) == 3
