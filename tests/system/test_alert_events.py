"""What an owner is mailed of, from the cause to a real mail server.

All on one machine, in this order: what takes a minute begins first, and the machine's own end comes last.
"""

import pytest

from tests.harness.appliance import Appliance
from tests.harness.kernel import kernel_halt
from tests.harness.machine import Spec
from tests.harness.owner import MAIL_S, mailed
from tests.harness.settings import mailing
from tests.harness.waiting import wait_until
from tests.harness.web import WebClient

pytestmark = pytest.mark.waits

QUIET_S = 60  # so long a service has to be well to be called recovered
RESET_LIMIT_S = 15
WATCHDOG = ("-device", "i6300esb", "-watchdog-action", "reset")


@pytest.fixture(scope="module")
def owner(pool):
    """His mail server is there before the machine's first mail."""
    machine = pool.boot(Spec(config=mailing({}), devices=WATCHDOG, reboots=True), "alert_events")
    with mailed(machine) as reader:
        machine.console.wait_ready()
        yield reader
    pool.discard()


@pytest.fixture(scope="module")
def client(owner):
    browser = WebClient(owner.machine.topology.lan)
    assert browser.log_in().status == 200
    return browser


@pytest.fixture(scope="module")
def broken(owner):
    """echo has died three times, and dhcpd was given up; they run again since both was told."""
    appliance = Appliance(owner.machine.console)
    owner.machine.console.run("service policy dhcpd log,alert,give-up")
    for _ in range(3):
        appliance.crash_and_wait("echo", "panic")
    appliance.crash("dhcpd")
    appliance.wait_state("dhcpd", "failed")
    owner.wait_told("dhcpd keeps failing and is not restarted any more", "service-failed, of dhcpd")
    appliance.start("dhcpd")


def shown(client):
    """What became of each, as the web console has it."""
    return {(alert["kind"], alert["service"], alert["sent"]) for alert in client.get("/api/v1/alerts").json}


def wait_shown(client, *wanted):
    wait_until(lambda: set(wanted) <= shown(client), MAIL_S, f"{wanted} in the web console", lambda: shown(client))


def commit(machine, *settings):
    for setting in settings:
        machine.console.run(f"config set {setting}")
    said = machine.console.run("config commit comment a name")
    assert "in force: serial" in said, said


def test_deaths_and_giving_up_are_told_at_once(owner, broken):
    owner.wait_told("echo died (panic", "service-crashed, of echo")
    crashes = [name for _, name in owner.told() if name.startswith("service-crashed, of echo")]
    assert len(crashes) <= 2, crashes  # three deaths: one mail, and perhaps one more ten seconds later


def test_the_wan_is_told_once_to_be_down_and_for_how_long_it_was(owner, broken, client):
    owner.machine.qmp.monitor("set_link net1 off")
    try:
        wait_shown(client, ("wan-down", "firewall", "queued"))
        Appliance(owner.machine.console).crash_and_wait("alertd")  # its next life knows that it was told
    finally:
        owner.machine.qmp.monitor("set_link net1 on")
    owner.wait_told("the WAN is back; it was down for", "wan-up, of firewall")
    downs = [text for text, name in owner.told() if name.startswith("wan-down")]
    assert len(downs) == 1 and "the WAN is down: no link" in downs[0], owner.told()


def test_wrong_passwords_are_told_with_where_they_came_from(owner, client):
    stranger = WebClient(owner.machine.topology.lan)
    for _ in range(3):
        assert stranger.post("/api/v1/session", {"user": "admin", "password": "a wrong password"}).status == 401
    owner.wait_told("3 wrong passwords in a row from 192.168.1.10", "login-failed, of webd")


def test_a_change_of_the_configuration_is_told_with_who_made_it(owner):
    commit(owner.machine, '/time/utc_offset 60')
    owner.wait_told("by console", "config-changed, of config")


def test_only_what_is_wanted_is_mailed_and_the_rest_is_shown(owner, client):
    before = len(owner.told())
    commit(owner.machine, '/alerts/events ["configuration","recovered"]')
    owner.wait_told("by console", "config-changed", after=before)
    Appliance(owner.machine.console).crash_and_wait("dnsd", "panic")
    wait_shown(client, ("service-crashed", "dnsd", "off"), ("config-changed", "config", "sent"))
    assert not owner.is_told("dnsd", "service-crashed"), owner.told()


@pytest.mark.limit(180)
def test_the_recovery_is_told_when_it_has_lasted(owner, broken):
    for name in ("echo", "dhcpd"):
        owner.wait_told(f"{name} has been running well again", f"service-recovered, of {name}", QUIET_S + MAIL_S)


def test_a_kernel_that_failed_is_told_of_by_the_next_with_what_waited(owner, client):
    machine, before = owner.machine, len(owner.told())
    words = machine.console.json("show version")["build_id"]
    commit(machine, '/alerts/interval 86400')
    owner.wait_told("by console", "config-changed", after=before)
    commit(machine, '/time/utc_offset 120')
    wait_shown(client, ("config-changed", "config", "queued"))
    before, mark = len(owner.told()), machine.serial.length
    kernel_halt(machine)
    machine.qmp.wait_for_event("WATCHDOG", RESET_LIMIT_S)
    machine.console.wait_ready(start=mark)
    owner.wait_told(f"the kernel failed and the appliance restarted: {words}", "kernel-restarted", after=before)
    owner.wait_told("by console", "config-changed", after=before)
