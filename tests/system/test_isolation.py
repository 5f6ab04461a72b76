"""Whatever a service tries, it alone is stopped, counted and started again."""

import pytest

from tests.harness.appliance import Appliance
from tests.harness.pings import answered
from tests.harness.stillness import Stillness
from tests.harness.topology import WAN_HOST

pytestmark = pytest.mark.machine()

# What the kernel or RS has to give as the cause of death.
EXCEPTIONS = ["exception", "wild-write", "wild-read", "write-text", "execute-data", "null",
              "stack-overflow", "privileged", "bad-io"]
CAUSES = {how: {"exception"} for how in EXCEPTIONS} | {
    "panic": {"panic"},
    "exit": {"exit"},
    "hang": {"heartbeat"},
    "spin": {"heartbeat"},
    # Refused, and counted; the service then exits, unless RS was quicker.
    "bad-port": {"exit", "refusals"},
    "bad-call": {"exit", "refusals"},
    "bad-ipc": {"exit", "refusals"},
}
VICTIMS = ["port0", "firewall", "ds"]
REFUSED = {"bad-port": "port", "bad-call": "call", "bad-ipc": "target", "bad-dma": "dma"}
HANG_NOTICED_MS = 100


def crash_and_wait(appliance, name, how):
    """The victim's row in its next life; checks that nobody else died."""
    before = appliance.generations()
    appliance.crash(name, how)
    row = appliance.wait_next_life(name, before[name])
    after = appliance.generations()
    others = {other: (before[other], after[other]) for other in before
              if other != name and before[other] != after[other]}
    assert not others, f"{how} in {name} killed others too: {others}"
    assert after[name] == before[name] + 1, f"{name} died more than once: {before[name]} to {after[name]}"
    return row


@pytest.mark.parametrize("name", VICTIMS)
@pytest.mark.parametrize("how", CAUSES)
def test_misdeed_is_stopped_counted_and_the_service_restarted(router, name, how):
    appliance = Appliance(router.console)
    restarts = appliance.restarts(name)
    row = crash_and_wait(appliance, name, how)
    assert row["cause"] in CAUSES[how], row
    assert row["restarts"] == restarts + 1, row
    assert answered(router.topology.lan, WAN_HOST, 2) == 2


@pytest.mark.parametrize("how", ["bad-port", "bad-call", "bad-ipc"])
def test_refusal_is_reported_by_name(router, how):
    appliance = Appliance(router.console)
    mark = max(record["sequence"] for record in appliance.log())
    crash_and_wait(appliance, "port1", how)
    news = [record["text"] for record in appliance.log() if record["sequence"] > mark]
    assert any("port1" in text and "refuse" in text for text in news), news


def test_dma_outside_the_drivers_regions_is_refused_and_rs_hears(router):
    """RBSTART or TSAD outside: refused by the kernel, and the driver replaced or told off."""
    appliance = Appliance(router.console)
    mark = max(record["sequence"] for record in appliance.log())
    crash_and_wait(appliance, "port0", "bad-dma")
    news = [record["text"] for record in appliance.log() if record["sequence"] > mark]
    assert any("dma" in text.lower() for text in news), news
    assert answered(router.topology.lan, WAN_HOST, 2) == 2


@pytest.mark.parametrize("how", ["hang", "spin"])
@pytest.mark.parametrize("name", ["port0", "firewall", "inet"])
def test_hang_is_noticed_in_time(router, name, how):
    """By the kernel's clock, from the command's log line to the death's; it runs on while the host keeps QEMU waiting."""
    appliance = Appliance(router.console)
    with Stillness(router) as still:
        crash_and_wait(appliance, name, how)
    noticed_ms = hang_noticed_ms(appliance, name)
    silences = [record["text"] for record in appliance.log() if "silent since" in record["text"]]
    print(f"{how} of {name} noticed after {noticed_ms:.1f} ms, QEMU waited {still.ms:.1f} ms; {silences[-1]}")
    assert noticed_ms <= HANG_NOTICED_MS + still.ms, silences[-1]


def hang_noticed_ms(appliance, name):
    row = appliance.service(name)
    injected = max(record["time_us"] for record in appliance.log()
                   if "crash" in record["text"] and name in record["text"]
                   and record["time_us"] <= row["last_death_us"])
    return (row["last_death_us"] - injected) / 1000
