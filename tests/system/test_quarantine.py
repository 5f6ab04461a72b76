"""A packet that kills the firewall twice is dropped the third time, and kept for the administrator."""

import pytest

from tests.harness.appliance import Appliance
from tests.harness.packets import datagram
from tests.harness.pinger import Pinger
from tests.harness.pings import answered
from tests.harness.topology import LAN_HOST, WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.machine()

WORDS = b"BULKHEAD-KILL-FIREWALL"
AGAIN = 20
KILLERS = 6
SHOWN_TIMEOUT_S = 5


def quarantined(appliance):
    return appliance.drops()["quarantined"]


def wait_dropped(appliance, count):
    wait_until(lambda: quarantined(appliance) == count, SHOWN_TIMEOUT_S, f"{count} to be dropped", appliance.drops)


def test_a_killing_packet_costs_two_lives_and_no_more(router):
    topology, appliance = router.topology, Appliance(router.console)
    topology.lan.run("ping", "-n", "-c", 1, "-W", 2, WAN_HOST)
    before, flows = appliance.generations(), len(appliance.connections())
    dropped = quarantined(appliance)
    frame = datagram(router.mac(0), LAN_HOST, WAN_HOST, WORDS + b"-1")
    with topology.packet_port(0) as lan, Pinger(topology.lan, WAN_HOST, 0.01) as pings:
        pings.wait_more(20)
        lan.send(frame)
        appliance.wait_next_life("firewall", before["firewall"] + 1)
        wait_dropped(appliance, dropped + 1)
        for _ in range(AGAIN):
            lan.send(frame)
        wait_dropped(appliance, dropped + 1 + AGAIN)
        pings.wait_more(20)
    after = appliance.generations()
    print(f"{pings.lost} of {pings.sent} pings lost, longest gap {pings.longest_gap()}")
    assert after == {**before, "firewall": before["firewall"] + 2}
    assert len(appliance.connections()) >= flows, "flows were lost"
    assert pings.longest_gap() <= 25, pings.output[-2000:]
    packet = router.console.json("show quarantine")["packets"][-1]
    assert packet["port"] == "port0" and packet["dropped"] == 1 + AGAIN, packet
    assert bytes.fromhex(packet["bytes"])[:len(frame)] == frame
    assert "a packet has killed the firewall twice" in appliance.log_text()


def test_a_stream_of_killing_packets_ends_with_a_clean_flow_table(router):
    """Each of them another, so that the flows seem to blame; afterwards the router routes again."""
    topology, appliance = router.topology, Appliance(router.console)
    topology.lan.run("ping", "-n", "-c", 1, "-W", 2, WAN_HOST)
    router.console.run("service policy firewall log,restart:20")  # no back-off to wait for
    before = appliance.generations()
    with topology.packet_port(0) as lan:
        for number in range(KILLERS):
            lan.send(datagram(router.mac(0), LAN_HOST, WAN_HOST, WORDS + b"+%d" % number))
        appliance.wait_next_life("firewall", before["firewall"] + 2 * KILLERS - 1)
    router.console.run("service policy firewall default")
    assert answered(topology.lan, WAN_HOST) == 3
    assert appliance.generations() == {**before, "firewall": before["firewall"] + 2 * KILLERS}
    assert "short lives in a row: the flow table is begun anew" in appliance.log_text()
