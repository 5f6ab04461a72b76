"""A service that dies again and again on the same state gives that state up, and the router goes on."""

import time

import pytest

from tests.harness.appliance import Appliance
from tests.harness.pings import answered
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.machine()

DEATHS_MAX = 30  # it takes four to six short lives; a busy host makes some of them long
PROVEN_S = 0.7
CHECKPOINT_S = 3  # 500 ms without a change, of the router's time


def die_once(router, name):
    """By a short answer it is known that it runs again: a long one takes a life's time."""
    appliance = Appliance(router.console)
    generation = appliance.service(name)["generation"]
    appliance.crash(name, "panic")
    wait_until(lambda: appliance.service(name)["generation"] == generation + 1, 5, f"another life of {name}")


def die_until(router, name, text):
    """One death after the other, until the log says `text`; the kernel's view of the services then."""
    mark = router.serial.length
    for _ in range(DEATHS_MAX):
        die_once(router, name)
        if text in router.serial.text[mark:]:
            return Appliance(router.console)
    raise AssertionError(f"{DEATHS_MAX} deaths of {name}, and never: {text}")


def assert_routes(router):
    assert answered(router.topology.lan, WAN_HOST) == 3


def test_config_passes_over_the_document_and_keeps_what_is_in_force(router):
    before = router.console.json("show config")
    die_until(router, "config", "the document that came with the boot is passed over after 3 deaths")
    assert router.console.json("show config") == before
    assert_routes(router)
    time.sleep(PROVEN_S)
    die_once(router, "config")
    assert router.console.json("show config") == before, "a later life put something else in force"
    assert_routes(router)


def test_ds_goes_back_to_its_checkpoint_with_all_that_was_old_enough(router):
    time.sleep(CHECKPOINT_S)  # what is younger does not belong to it
    before = router.console.json("show names")
    appliance = die_until(router, "ds", "back to the checkpoint of ds.state")
    known = {row["name"] for row in router.console.json("show names")["names"]}
    assert known >= {row["name"] for row in before["names"]}
    assert "is not to be trusted" not in appliance.log_text()
    assert_routes(router)


def test_ds_begins_with_an_empty_state(router):
    die_until(router, "ds", "ds.state is not to be trusted")
    assert_routes(router)


def test_rs_goes_back_to_its_checkpoint_which_knows_what_the_administrator_wants(router):
    router.console.run("service policy echo log,restart:77")
    time.sleep(CHECKPOINT_S)  # what is younger does not belong to it
    before = Appliance(router.console).generations()
    appliance = die_until(router, "rs", "rs.table is not to be trusted: back to the latest checkpoint")
    after = appliance.generations()
    assert after == {**before, "rs": after["rs"]}, "RS took others with it"
    assert router.console.json("service policy echo")["policy"] == "log,restart:77"
    appliance.crash("echo")
    appliance.wait_next_life("echo", after["echo"])
    router.console.run("service policy echo default")
    assert_routes(router)
