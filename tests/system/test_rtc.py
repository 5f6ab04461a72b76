"""The battery clock: what the appliance makes of what the machine's says."""

import datetime

import pytest

from tests.harness.appliance import Appliance
from tests.harness.waiting import wait_until

BASE = datetime.datetime(2027, 2, 28, 23, 59, 50, tzinfo=datetime.timezone.utc)
SLACK_S = 30  # from QEMU's start to the question, on a busy host


def clock(machine):
    return machine.console.json("show clock")


def clock_time(machine):
    return datetime.datetime.fromisoformat(clock(machine)["time"].replace("Z", "+00:00"))


def rtc(text):
    return pytest.mark.machine(devices=("-rtc", f"base={text},clock=vm"))


@rtc("2027-02-28T23:59:50")
def test_time_is_that_of_the_battery_clock(router):
    wait_until(lambda: clock(router)["source"] == "cmos", 10, "the time", lambda: clock(router))
    shown = clock_time(router)
    assert BASE <= shown <= BASE + datetime.timedelta(seconds=SLACK_S), shown
    assert clock(router)["error_us"] < 1_100_000
    wait_until(lambda: clock(router)["error_us"] < 100_000, 10, "a second to begin", lambda: clock(router))


@rtc("2027-02-28T23:59:50")
def test_log_has_wall_time(router):
    wait_until(lambda: clock(router)["source"] == "cmos", 10, "the time", lambda: clock(router))
    record = Appliance(router.console).log()[-1]
    assert record["time"].startswith(("2027-02-28T23:59:5", "2027-03-01T00:0")), record
    assert "] 2027-0" in router.console.look("show log 1")


@rtc("2027-02-28T23:59:50")
@pytest.mark.parametrize("name", ["rtc", "time"])
@pytest.mark.parametrize("how", ["exception", "hang"])
def test_time_goes_on_over_deaths(router, name, how):
    appliance = Appliance(router.console)
    wait_until(lambda: clock(router)["source"] == "cmos", 10, "the time", lambda: clock(router))
    before, generation = clock(router), appliance.generations()[name]
    uptime = router.console.json("show version")["uptime_us"]
    appliance.crash(name, how)
    appliance.wait_next_life(name, generation)
    after = clock(router)
    passed = router.console.json("show version")["uptime_us"] - uptime
    assert after["source"] == "cmos"
    assert 0 <= after["unix_us"] - before["unix_us"] <= passed + 2_000_000, (before, after, passed)


@rtc("1999-12-31T23:59:50")
def test_a_clock_that_was_never_set_is_not_believed(router):
    appliance = Appliance(router.console)
    wait_until(lambda: "battery clock shows no date" in appliance.log_text(), 10, "the warning", appliance.log_text)
    assert clock(router)["source"] == "none"
    assert "nobody knows what time it is" in router.console.look("show clock")
