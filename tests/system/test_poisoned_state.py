"""A service that dies again and again on the same state gives that state up, and the router goes on."""

import socket
import time

import pytest

from tests.harness.appliance import Appliance
from tests.harness.pings import answered
from tests.harness.topology import LAN_GATEWAY, WAN_HOST
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.machine()

DEATHS_MAX = 30  # it takes four to six short lives; a busy host makes some of them long
PROVEN_S = 0.7
CHECKPOINT_S = 3  # 500 ms without a change, of the router's time
FORGET = {"inet": "inet.state", "store": "store.state", "log": "log.ring", "time": "clock", "webd": "webd.state",
          "alertd": "alert.state", "dhcpd": "what DS and the store have of leases"}
ECHO_PORT, HTTPS_PORT = 7, 443


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


@pytest.fixture
def soon(router):
    """Lets a service forget its state after four short lives in a row: so many as its policy says take a quiet host."""
    changed = []

    def change(name):
        assert "clean-start:16" in router.console.json(f"service policy {name}")["policy"]
        router.console.run(f"service policy {name} log,restart:1000,clean-start:4")
        changed.append(name)
    yield change
    for name in changed:
        router.console.run(f"service policy {name} default")


@pytest.mark.parametrize("name", FORGET)
def test_a_service_forgets_its_state(router, soon, name):
    before, text = Appliance(router.console).generations(), f"{FORGET[name]} is forgotten, as its recovery policy says"
    soon(name)
    after = die_until(router, name, text).generations()
    assert {**after, name: before[name]} == before, "others died with it"
    assert_routes(router)
    time.sleep(PROVEN_S)
    mark = router.serial.length
    die_once(router, name)
    assert text not in router.serial.text[mark:], "a death after a good life made it forget again"


def is_open(port):
    try:
        with socket.create_connection((LAN_GATEWAY, port), 5):
            return True
    except ConnectionError:
        return False


def echoed(topology, text):
    """None: nobody listens there yet."""
    try:
        with topology.lan.entered(), socket.create_connection((LAN_GATEWAY, ECHO_PORT), 5) as connection:
            connection.sendall(text)
            return connection.recv(len(text))
    except ConnectionError:
        return None


def test_inet_that_forgot_its_sockets_serves_who_comes_anew(router, soon):
    soon("inet")
    with router.topology.lan.entered():
        old = socket.create_connection((LAN_GATEWAY, ECHO_PORT), 5)
    with old:
        old.sendall(b"before")
        assert old.recv(6) == b"before"
        die_until(router, "inet", "inet.state is forgotten")
        wait_until(lambda: echoed(router.topology, b"after") == b"after", 10, "a new connection to be served")
        with pytest.raises(ConnectionResetError):
            old.sendall(b"is that you?")
            old.recv(6)
    router.topology.lan.run("dig", f"@{LAN_GATEWAY}", "+short", "+tries=5", "+time=2", "nobody.lan", timeout=20)
    with router.topology.lan.entered():
        wait_until(lambda: is_open(HTTPS_PORT), 10, "the web console to be there")


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
