"""A service that dies again and again on the same state gives that state up, and the router goes on."""

import pytest

from tests.harness.appliance import Appliance
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.machine()

CONFIG_DEATHS = 3  # services/config/config.c
DS_DEATHS = 5  # services/ds/ds.c: lives of under 200 ms
RS_DEATHS = 4  # services/rs/supervise.h: lives of under 500 ms


def die_in_a_row(router, name, deaths):
    """Each death as soon as the service runs again."""
    appliance = Appliance(router.console)
    for _ in range(deaths):
        generation = appliance.generations()[name]
        appliance.crash(name, "panic")
        appliance.wait_next_life(name, generation)
    return appliance


def assert_routes(router):
    answer = router.topology.lan.run("ping", "-n", "-c", 3, "-i", 0.1, "-W", 2, WAN_HOST).stdout
    assert "3 received" in answer, answer


def wait_logged(appliance, text):
    wait_until(lambda: text in appliance.log_text(), 5, text, appliance.log_text)


def test_config_passes_over_the_document_and_keeps_what_is_in_force(router):
    before = router.console.json("show config")
    appliance = die_in_a_row(router, "config", CONFIG_DEATHS)
    wait_logged(appliance, "the document that came with the boot is passed over after 3 deaths")
    assert router.console.json("show config") == before
    assert_routes(router)


def test_ds_begins_with_an_empty_state(router):
    appliance = die_in_a_row(router, "ds", DS_DEATHS)
    wait_logged(appliance, "ds.state is not to be trusted")
    assert_routes(router)


def test_rs_makes_its_table_anew(router):
    before = Appliance(router.console).generations()
    appliance = die_in_a_row(router, "rs", RS_DEATHS)
    wait_logged(appliance, "rs.table is not to be trusted")
    after = appliance.generations()
    assert after == {**before, "rs": before["rs"] + RS_DEATHS}, "RS took others with it"
    appliance.crash("echo")
    appliance.wait_next_life("echo", after["echo"])
    assert_routes(router)
