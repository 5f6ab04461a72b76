"""A configuration that comes with the boot is taken whole or not at all."""

import copy
import json

import pytest

from tests.harness.appliance import SHOWN_TIMEOUT_S, Appliance
from tests.harness.machine import Spec
from tests.harness.pings import answered
from tests.harness.settings import CONFIGURATION
from tests.harness.topology import LAN_HOST, WAN_HOST
from tests.harness.waiting import wait_until


def changed(path, value):
    """The configuration of the tests as text, with one value replaced or added."""
    document = copy.deepcopy(CONFIGURATION)
    *parents, last = path
    place = document
    for key in parents:
        place = place[key]
    place[last] = value
    return json.dumps(document)


# The document, and what the refusal has to name: the path, and the reason.
MISTAKES = {
    "not JSON": ('{"lan": ', []),
    "unknown key": (changed(("lan", "adress"), "192.168.1.1/24"), ["/lan/adress"]),
    "bad address": (changed(("lan", "address"), "192.168.1.256/24"), ["/lan/address"]),
    "bad prefix": (changed(("wan", "address"), "203.0.113.2/33"), ["/wan/address"]),
    "wrong type": (changed(("nat",), "yes"), ["/nat"]),
    "gateway elsewhere": (changed(("wan", "gateway"), "198.51.100.1"), ["gateway"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_named_and_the_factory_default_is_in_force(boot, mistake):
    document, words = MISTAKES[mistake]
    router = boot(Spec(config=document))
    router.console.wait_ready()
    refusals = [record["text"] for record in Appliance(router.console).log() if "refused" in record["text"]]
    assert any(all(word in text for word in words) for text in refusals), \
        (words, Appliance(router.console).log_text())
    assert any(text in router.serial.text for text in refusals), router.serial.text[-3000:]
    assert answered(router.topology.lan, "192.168.1.1", 2) == 2


def test_nat_can_be_off(boot):
    router = boot(Spec(config=changed(("nat",), False)))
    router.console.wait_ready()
    router.topology.wan_route_to_lan()
    with router.topology.packet_port(1) as wan:
        answers = answered(router.topology.lan, WAN_HOST, 2)
        frames = wan.drain()
    assert answers == 2
    sources = {".".join(map(str, frame[26:30])) for frame in frames if frame[12:14] == b"\x08\x00"}
    assert sources == {LAN_HOST}, sources


def test_ten_thousand_rules_decide_and_outlive_firewall_and_config(boot):
    """2,500 addresses, of which the last is the LAN host's, that are kept from ports of the WAN host."""
    hosts = [f"10.{number >> 8}.{number & 255}.7" for number in range(2499)] + [LAN_HOST]
    document = CONFIGURATION | {"rules": [
        {"action": "deny", "protocol": "udp", "source": hosts, "destination": WAN_HOST,
         "destination_port": [5350, 5351, "5352-5353"]},
        {"action": "deny", "protocol": "tcp", "source": hosts[:51], "destination": hosts[:49], "destination_port": 1},
        {"action": "allow", "from": "wan", "to": "lan", "protocol": "icmp"},
    ]}
    router = boot(Spec(config=json.dumps(document)))
    router.console.wait_ready()
    appliance = Appliance(router.console)
    router.topology.wan_route_to_lan()
    assert [rule["matches"] for rule in router.console.json("show config")["rules"]] == [7500, 2499, 1]
    assert "configuration 1 in force, 10000 rules" in appliance.log_text()
    for victim in ("nobody", "firewall", "config"):
        if victim != "nobody":
            generation = appliance.service(victim)["generation"]
            appliance.restart(victim)
            appliance.wait_next_life(victim, generation)
        assert answered(router.topology.wan, LAN_HOST, 2) == 2
        before = appliance.drops().get("rule-denied", 0)
        router.topology.lan.run("nping", "--udp", "-p", 5353, "-c", 2, "--delay", "100ms", WAN_HOST)
        wait_until(lambda: appliance.drops()["rule-denied"] >= before + 2, SHOWN_TIMEOUT_S,
                   f"two packets denied by a rule, {victim} killed", appliance.drops)


def test_a_rule_too_many_by_its_lists_is_refused_with_its_place(boot):
    hosts = [f"10.{number >> 8}.{number & 255}.7" for number in range(2500)]
    document = CONFIGURATION | {"rules": [
        {"action": "deny", "protocol": "udp", "source": hosts, "destination_port": [1, 2, 3, 4]}, {"action": "allow"}]}
    router = boot(Spec(config=json.dumps(document)))
    router.console.wait_ready()
    assert "/rules/1: its lists make 1 rules of it, 10001 with those before it" in Appliance(router.console).log_text()


def test_rules_allow_and_deny(boot):
    """Denied by a rule: that port. Allowed by a rule: ping from the WAN to a LAN host."""
    document = copy.deepcopy(CONFIGURATION)
    document["rules"] = [
        {"action": "deny", "from": "lan", "to": "wan", "protocol": "udp", "destination_port": 5353},
        {"action": "allow", "from": "wan", "to": "lan", "protocol": "icmp"},
    ]
    router = boot(Spec(config=json.dumps(document)))
    router.console.wait_ready()
    appliance = Appliance(router.console)
    router.topology.wan_route_to_lan()
    assert answered(router.topology.wan, LAN_HOST, 2) == 2
    before = appliance.drops().get("rule-denied", 0)
    router.topology.lan.run("nping", "--udp", "-p", 5353, "-c", 2, "--delay", "100ms", WAN_HOST)
    wait_until(lambda: appliance.drops()["rule-denied"] >= before + 2, SHOWN_TIMEOUT_S, "two packets denied by a rule",
               appliance.drops)
