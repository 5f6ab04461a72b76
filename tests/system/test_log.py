"""The log service: wall time, remote syslog by UDP and TCP, and what it outlives."""

import copy
import json

import pytest

from tests.harness.appliance import Appliance
from tests.harness.settings import CONFIGURATION
from tests.harness.syslog import TcpCollector, UdpCollector
from tests.harness.topology import LAN_GATEWAY, LAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.waits

RTC = ("-rtc", "base=2027-02-28T23:59:50,clock=vm")
SEND_S = 20
ERROR = 3
KERNEL, LOCAL0 = 0, 16


def document(protocol, level="debug"):
    made = copy.deepcopy(CONFIGURATION)
    made["hostname"] = "gate"
    made["time"] = {"enabled": False}
    made["logs"] = {"syslog": {"server": LAN_HOST, "protocol": protocol, "level": level}}
    return json.dumps(made)


def udp(level="debug"):
    return pytest.mark.machine(config=document("udp", level), devices=RTC)


TCP = pytest.mark.machine(config=document("tcp"), devices=RTC)


def crash(machine, name, how="panic"):
    """What RS says of that death."""
    appliance = Appliance(machine.console)
    generation = appliance.generations()[name]
    appliance.crash(name, how)
    appliance.wait_next_life(name, generation)
    return f"crash on request), generation {generation}"


def wait_text(collector, *texts):
    wait_until(lambda: all(any(text in line for line in collector.texts()) for text in texts), SEND_S, repr(texts),
               lambda: collector.texts()[-20:])


def in_order(messages):
    """A datagram of which INET could not say in time that it has left is sent again."""
    return all(a.sequence <= b.sequence for a, b in zip(messages, messages[1:]))


@udp()
def test_a_collector_gets_each_line_by_udp(router):
    with UdpCollector(router.topology.lan, LAN_HOST) as collector:
        wait_text(collector, crash(router, "echo"))
        crash(router, "log")
        wait_text(collector, crash(router, "echo"))
    assert not collector.errors, collector.errors
    assert in_order(collector.messages), [message.sequence for message in collector.messages]
    assert {message.host for message in collector.messages} == {"gate"}
    assert all(message.time.startswith("2027-0") and message.time.endswith("Z") for message in collector.messages)
    last_words = next(message for message in collector.messages if message.text == "crash on request")
    assert (last_words.service, last_words.facility, last_words.severity) == ("echo", LOCAL0, ERROR)
    assert KERNEL in {message.facility for message in collector.messages}


@pytest.mark.limit(180)
@TCP
def test_a_collector_by_tcp_may_end_and_hang(router):
    with TcpCollector(router.topology.lan, LAN_HOST) as collector:
        wait_until(lambda: collector.connections, 90, "a connection")
        wait_text(collector, crash(router, "echo"))
        before = collector.connections
        collector.drop()  # and what is on its way just then is lost, as TCP tells nobody what has arrived
        wait_until(lambda: collector.connections > before, SEND_S, "another connection", lambda: collector.connections)
        again = len(collector.messages)
        wait_text(collector, crash(router, "echo"))
        collector.hang.set()
        deaths = [crash(router, "echo") for _ in range(3)]
        # Nobody else noticed, nor did the log itself.
        assert Appliance(router.console).services()["log"]["state"] == "running"
        assert router.topology.lan.run("ping", "-n", "-c", 1, "-W", 2, LAN_GATEWAY).returncode == 0
        collector.hang.clear()
        wait_text(collector, *deaths)
        assert not collector.errors, collector.errors
        sequences = {message.sequence for message in collector.messages[again:]}
        assert sequences == set(range(min(sequences), max(sequences) + 1)), sorted(sequences)


@TCP
@pytest.mark.limit(180)
@pytest.mark.parametrize("name, how", [("log", "exception"), ("log", "hang"), ("inet", "exception")])
def test_deaths_meanwhile_lose_no_line(router, name, how):
    with TcpCollector(router.topology.lan, LAN_HOST) as collector:
        wait_until(lambda: collector.connections, 90, "a connection")
        before = len(collector.messages)
        deaths = []
        for _ in range(3):
            deaths.append(crash(router, "echo"))
            crash(router, name, how)
        deaths.append(crash(router, "echo"))
        wait_text(collector, *deaths)
        sequences = {message.sequence for message in collector.messages[before:]}
        assert sequences == set(range(min(sequences), max(sequences) + 1)), sorted(sequences)
        assert not collector.errors, collector.errors


@udp("error")
def test_only_what_is_urgent_enough_is_sent(router):
    with UdpCollector(router.topology.lan, LAN_HOST) as collector:
        crash(router, "echo")
        wait_text(collector, "crash on request")
    assert {message.severity for message in collector.messages} == {ERROR}, collector.texts()
