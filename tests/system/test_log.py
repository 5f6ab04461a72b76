"""The log service: wall time, remote syslog by UDP and TCP, and what it outlives."""

import copy
import json

import pytest

from tests.harness.appliance import Appliance
from tests.harness.settings import CONFIGURATION
from tests.harness.syslog import TcpCollector, UdpCollector
from tests.harness.topology import LAN_HOST
from tests.harness.waiting import wait_until

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
    appliance = Appliance(machine.console)
    generation = appliance.generations()[name]
    appliance.crash(name, how)
    appliance.wait_next_life(name, generation)


def wait_text(collector, text, count=1):
    wait_until(lambda: sum(text in line for line in collector.texts()) >= count, SEND_S, f"{text!r}, {count} times",
               lambda: collector.texts()[-20:])


def in_order(messages):
    return all(a.sequence < b.sequence for a, b in zip(messages, messages[1:]))


@udp()
def test_a_collector_gets_each_line_by_udp(router):
    with UdpCollector(router.topology.lan, LAN_HOST) as collector:
        crash(router, "echo")
        wait_text(collector, "crash on request")
        crash(router, "log")
        crash(router, "echo")
        wait_text(collector, "crash on request", 2)
    assert not collector.errors, collector.errors
    assert in_order(collector.messages), [message.sequence for message in collector.messages]
    assert {message.host for message in collector.messages} == {"gate"}
    assert all(message.time.startswith("2027-0") and message.time.endswith("Z") for message in collector.messages)
    died = next(message for message in collector.messages if "crash on request" in message.text)
    assert died.facility == (KERNEL if died.service == "kernel" else LOCAL0), vars(died)


@pytest.mark.limit(180)
@TCP
def test_a_collector_by_tcp_that_ends_and_hangs_misses_nothing_that_is_still_there(router):
    with TcpCollector(router.topology.lan, LAN_HOST) as collector:
        wait_until(lambda: collector.messages, 90, "the first message", lambda: collector.connections)
        crash(router, "echo")
        wait_text(collector, "crash on request")
        collector.drop()
        crash(router, "echo")
        wait_text(collector, "crash on request", 2)
        assert collector.connections >= 2
        collector.hang.set()
        for _ in range(3):
            crash(router, "echo")
        # Nobody else noticed, nor did the log itself.
        assert Appliance(router.console).services()["log"]["state"] == "running"
        assert router.topology.lan.run("ping", "-n", "-c", 1, "-W", 2, "192.168.1.1").returncode == 0
        collector.hang.clear()
        wait_text(collector, "crash on request", 5)
        assert not collector.errors, collector.errors
        assert in_order(collector.messages), [message.sequence for message in collector.messages]


@TCP
@pytest.mark.limit(180)
@pytest.mark.parametrize("name, how", [("log", "exception"), ("log", "hang"), ("inet", "exception")])
def test_deaths_meanwhile_lose_no_line(router, name, how):
    with TcpCollector(router.topology.lan, LAN_HOST) as collector:
        wait_until(lambda: collector.messages, 90, "the first message", lambda: collector.connections)
        before = len(collector.messages)
        for _ in range(3):
            crash(router, "echo")
            crash(router, name, how)
        crash(router, "echo")
        wait_text(collector, "crash on request", 4)
        sequences = sorted({message.sequence for message in collector.messages[before:]})
        assert sequences == list(range(sequences[0], sequences[-1] + 1)), sequences
        assert not collector.errors, collector.errors


@udp("error")
def test_only_what_is_urgent_enough_is_sent(router):
    with UdpCollector(router.topology.lan, LAN_HOST) as collector:
        crash(router, "echo")
        wait_text(collector, "crash on request")
    assert {message.severity for message in collector.messages} == {ERROR}, collector.texts()
