"""A service that dies again and again on the same state gives that state up, and the router goes on."""

import time

import pytest

from tests.harness.appliance import Appliance
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.machine()

CONFIG_DEATHS = 3  # services/config/config.c: of lives of under 500 ms
PROVEN_S = 0.7
DS_DEATHS_OLDER, DS_DEATHS = 3, 5  # services/ds/ds.c: lives of under 200 ms
RS_DEATHS = 4  # services/rs/supervise.h: lives of under 500 ms
CHECKPOINT_S = 3  # 500 ms without a change, of the router's time


def die_in_a_row(router, name, deaths):
    """Each death as soon as the service runs again: asked for by short answers, as a long one takes a life's time."""
    appliance = Appliance(router.console)
    generation = appliance.service(name)["generation"]
    for later in range(generation + 1, generation + deaths + 1):
        appliance.crash(name, "panic")
        wait_until(lambda: appliance.service(name)["generation"] == later, 5, f"generation {later} of {name}")
    return appliance


def assert_routes(router):
    answer = router.topology.lan.run("ping", "-n", "-c", 3, "-i", 0.1, "-W", 2, WAN_HOST).stdout
    assert "3 received" in answer, answer


def wait_logged(appliance, text):
    wait_until(lambda: text in appliance.log_text(), 5, text, appliance.log_text)


def test_config_passes_over_the_document_and_keeps_what_is_in_force(router):
    before = router.console.json("show config")
    appliance = die_in_a_row(router, "config", 1 + CONFIG_DEATHS)  # the life that it is found in may be a long one
    wait_logged(appliance, "the document that came with the boot is passed over after 3 deaths")
    assert router.console.json("show config") == before
    assert_routes(router)
    time.sleep(PROVEN_S)
    die_in_a_row(router, "config", 1)
    assert router.console.json("show config") == before, "a later life put something else in force"
    assert_routes(router)


def test_ds_goes_back_to_its_checkpoint_with_all_that_was_old_enough(router):
    time.sleep(CHECKPOINT_S)  # what is younger does not belong to it
    before = router.console.json("show names")
    appliance = die_in_a_row(router, "ds", DS_DEATHS_OLDER)
    wait_logged(appliance, "back to the checkpoint of ds.state")
    known = {row["name"] for row in router.console.json("show names")["names"]}
    assert known >= {row["name"] for row in before["names"]}
    assert "is not to be trusted" not in appliance.log_text()
    assert_routes(router)


def test_ds_begins_with_an_empty_state(router):
    appliance = die_in_a_row(router, "ds", DS_DEATHS)
    wait_logged(appliance, "ds.state is not to be trusted")
    assert_routes(router)


def test_rs_goes_back_to_its_checkpoint_which_knows_what_the_administrator_wants(router):
    router.console.run("service policy echo log,restart:77")
    time.sleep(CHECKPOINT_S)  # what is younger does not belong to it
    before = Appliance(router.console).generations()
    appliance = die_in_a_row(router, "rs", RS_DEATHS)
    wait_logged(appliance, "rs.table is not to be trusted: back to the latest checkpoint")
    after = appliance.generations()
    assert after == {**before, "rs": before["rs"] + RS_DEATHS}, "RS took others with it"
    assert router.console.json("service policy echo")["policy"] == "log,restart:77"
    appliance.crash("echo")
    appliance.wait_next_life("echo", after["echo"])
    router.console.run("service policy echo default")
    assert_routes(router)
