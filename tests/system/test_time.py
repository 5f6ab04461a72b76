"""Wall time from time servers: good ones are followed, wrong and hostile ones are not."""

import copy
import json

import pytest

from tests.harness.appliance import Appliance
from tests.harness.dns import NameServer
from tests.harness.machine import Spec
from tests.harness.settings import CONFIGURATION
from tests.harness.sntp import TimeServer, answer
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

SECOND_WAN = "203.0.113.7"  # what the name server calls a7.example, when it is asked by name
RTC_S = 1803859190  # 2027-03-01T00:00 less ten seconds, and so far from the servers' time
TRUE_S = 1830000000
RTC = ("-rtc", "base=2027-02-28T23:59:50,clock=vm")
SYNC_S = 40
NEAR_S = 2.0  # hosts under load


def document(*servers):
    made = copy.deepcopy(CONFIGURATION)
    made["time"] = {"servers": list(servers)}
    made["dns"] = {"upstreams": [WAN_HOST]}
    return json.dumps(made)


def clock(machine):
    return machine.console.json("show clock")


def off_s(machine, server):
    """How far the appliance is ahead of the server."""
    return clock(machine)["unix_us"] / 1e6 - server.now_s()


def wait_synchronised(machine, server):
    wait_until(lambda: clock(machine)["source"] == "sntp", SYNC_S, "a time server's time", lambda: clock(machine))
    assert abs(off_s(machine, server)) < NEAR_S, clock(machine)


def started(boot, *servers):
    machine = boot(Spec(config=document(*servers), devices=RTC))
    machine.console.wait_ready()
    return machine


def second_address(machine):
    machine.topology.wan.run("ip", "address", "add", f"{SECOND_WAN}/24", "dev", "eth1", check=False)


def test_a_server_is_believed_the_second_time_and_the_jump_is_told(boot):
    machine = started(boot, WAN_HOST)
    appliance = Appliance(machine.console)
    with TimeServer(machine.topology.wan, WAN_HOST, TRUE_S) as server:
        wait_synchronised(machine, server)
        shown = clock(machine)
        assert shown["steps"] >= 1 and shown["server"] == WAN_HOST and shown["stratum"] == 2, shown
        assert len(server.asked) >= 2, "one answer alone moved the clock"
        assert len({port for port, _ in server.asked}) == len(server.asked), "a port was used twice"
        assert len({request[40:48] for _, request in server.asked}) == len(server.asked)
        assert all(len(request) == 48 and request[0] == 0x23 and not any(request[1:40])
                   for _, request in server.asked), "requests tell of us"
    names = lambda: machine.console.look("show names")
    wait_until(lambda: "event.time." in names(), 5, "the event", names)
    assert f"as {WAN_HOST} says" in appliance.log_text()
    wait_until(lambda: "the battery clock is set to" in appliance.log_text(), 10, "the battery clock to be set",
               appliance.log_text)


def test_names_are_resolved_and_the_next_server_is_asked(boot):
    machine = started(boot, WAN_HOST, "a7.example")
    second_address(machine)
    with NameServer(machine.topology.wan, WAN_HOST) as names:
        # The name server's answer, 198.51.100.7, is on the far side of the WAN host.
        machine.topology.wan.run("ip", "address", "add", "198.51.100.7/32", "dev", "lo")
        with TimeServer(machine.topology.wan, "198.51.100.7", TRUE_S) as server:
            wait_synchronised(machine, server)
            assert clock(machine)["server"] == "a7.example"
            assert names.count("a7.example") >= 1
            assert clock(machine)["timeouts"] >= 1, "the silent one was not asked"


HOSTILE = {
    "mode": lambda request, now: [answer(request, now, mode=3)],
    "unsynchronised": lambda request, now: [answer(request, now, leap=3)],
    "stratum": lambda request, now: [answer(request, now, stratum=16)],
    "origin": lambda request, now: [answer(request, now, origin=bytes(8))],
    "distance": lambda request, now: [answer(request, now, dispersion=0x7FFF0000)],
    "short": lambda request, now: [answer(request, now)[:47], b"", b"x"],
    "times": lambda request, now: [answer(request, now)[:32] + bytes(16)],
    "kiss-of-death": lambda request, now: [answer(request, now, stratum=0, reference=b"INIT")],
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_answers_that_are_no_good_are_dropped_and_counted(router, reason):
    """One machine for all: it is asked again and again, as nothing it got is believed."""
    before = clock(router)["dropped"][reason]
    with TimeServer(router.topology.wan, WAN_HOST, TRUE_S, HOSTILE[reason]):
        Appliance(router.console).restart("time")  # which asks at once
        wait_until(lambda: clock(router)["dropped"][reason] > before, SYNC_S, f"a drop: {reason}",
                   lambda: clock(router))
    shown = clock(router)
    assert shown["source"] == "cmos" and shown["answers"] == 0, shown


pytestmark = [pytest.mark.machine(config=document(WAN_HOST), devices=RTC), pytest.mark.waits]


def test_forged_answers_do_not_reach_the_clock(boot):
    machine = started(boot, WAN_HOST)
    with TimeServer(machine.topology.wan, WAN_HOST, TRUE_S) as server:
        server.forge = lambda now: answer(bytes(48), now + 86400)
        wait_synchronised(machine, server)
        assert all(abs(off_s(machine, server)) < NEAR_S for _ in range(3))


def test_one_liar_of_two_moves_nothing(boot):
    machine = started(boot, WAN_HOST, SECOND_WAN)
    second_address(machine)
    with TimeServer(machine.topology.wan, SECOND_WAN, TRUE_S) as honest:
        wait_synchronised(machine, honest)
        steps = clock(machine)["steps"]
        with TimeServer(machine.topology.wan, WAN_HOST, TRUE_S + 86400) as liar:
            Appliance(machine.console).restart("time")
            asked = len(honest.asked)
            wait_until(lambda: liar.asked and len(honest.asked) > asked, SYNC_S, "both to be asked",
                       lambda: clock(machine))
            wait_until(lambda: clock(machine)["dropped"]["unconfirmed"] >= 1, SYNC_S, "the lie to be noticed",
                       lambda: clock(machine))
            assert clock(machine)["steps"] == steps
            assert abs(off_s(machine, honest)) < NEAR_S


def test_who_wants_to_be_left_alone_is(boot):
    machine = started(boot, WAN_HOST)
    with TimeServer(machine.topology.wan, WAN_HOST, TRUE_S,
                    lambda request, now: [answer(request, now, stratum=0, reference=b"DENY")]) as server:
        wait_until(lambda: clock(machine)["dropped"]["kiss-of-death"] == 1, SYNC_S, "the kiss",
                   lambda: clock(machine))
        uptime = lambda: machine.console.json("show version")["uptime_us"] / 1e6
        end = uptime() + 10
        wait_until(lambda: uptime() > end, 60, "time to pass", uptime)
        assert len(server.asked) == 1, "it was asked again"


@pytest.mark.parametrize("how", ["exception", "hang", "panic"])
def test_the_clock_outlives_its_service(boot, how):
    machine = started(boot, WAN_HOST)
    appliance = Appliance(machine.console)
    with TimeServer(machine.topology.wan, WAN_HOST, TRUE_S) as server:
        wait_synchronised(machine, server)
        steps = clock(machine)["steps"]
        for _ in range(3):
            generation = appliance.generations()["time"]
            appliance.crash("time", how)
            assert clock(machine)["source"] == "sntp"
            appliance.wait_next_life("time", generation)
            shown = clock(machine)
            assert shown["source"] == "sntp" and shown["steps"] == steps, shown
            assert abs(off_s(machine, server)) < NEAR_S
        answers = clock(machine)["answers"]
        wait_until(lambda: clock(machine)["answers"] > answers or answers >= 3, SYNC_S, "the next life to ask",
                   lambda: clock(machine))
