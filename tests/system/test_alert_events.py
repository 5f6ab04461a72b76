"""What an owner is mailed of, from the cause to a real mail server."""

import contextlib

import pytest

from tests.harness.appliance import Appliance
from tests.harness.kernel import kernel_halt
from tests.harness.machine import Spec
from tests.harness.settings import mailing
from tests.harness.smtp import MailServer
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until
from tests.harness.web import WebClient

MAIL_S = 60
QUIET_S = 60  # so long a service has to be well to be called recovered
WAN_S = 5  # so long the WAN has to be down to be called that
RESET_LIMIT_S = 15


MAILING = pytest.mark.machine(config=mailing({}))


@contextlib.contextmanager
def mailbox_of(machine):
    with MailServer(machine.topology.wan, WAN_HOST, 25, "none") as mailbox:
        yield mailbox


def alerts_in(mailbox):
    """(text, what it is called) of each alert in each mail, in their order."""
    told = []
    for _, _, _, text in list(mailbox.mails):
        lines = text.split("\r\n\r\n", 1)[1].splitlines()
        told += [(first, second.strip()) for first, second in zip(lines, lines[1:]) if second.startswith("    ")]
    return told


def wait_told(machine, mailbox, text, called, timeout_s=MAIL_S):
    def found():
        return any(text in line and name.startswith(called) for line, name in alerts_in(mailbox))
    wait_until(found, timeout_s, f"{called}: {text}", lambda: (alerts_in(mailbox), machine.console.look("alert show")))


@pytest.mark.limit(240)
@MAILING
def test_deaths_and_giving_up_are_told_at_once_and_the_recovery_when_it_has_lasted(router):
    appliance = Appliance(router.console)
    router.console.run("service policy dhcpd log,alert,give-up")
    with mailbox_of(router) as mailbox:
        for _ in range(3):
            appliance.crash_and_wait("echo", "panic")
        appliance.crash("dhcpd")
        appliance.wait_state("dhcpd", "failed")
        wait_told(router, mailbox, "echo died (panic", "service-crashed, of echo")
        wait_told(router, mailbox, "dhcpd keeps failing and is not restarted any more", "service-failed, of dhcpd")
        appliance.start("dhcpd")
        for name in ("echo", "dhcpd"):
            wait_told(router, mailbox, f"{name} has been running well again", f"service-recovered, of {name}",
                      QUIET_S + MAIL_S)
        crashes = [name for _, name in alerts_in(mailbox) if name.startswith("service-crashed, of echo")]
        assert len(crashes) <= 2, crashes  # three deaths: one mail, and perhaps one more ten seconds later


@MAILING
def test_the_wan_is_told_to_be_down_and_up_when_it_is_up_again(router):
    with mailbox_of(router) as mailbox:
        router.qmp.monitor("set_link net1 off")
        try:
            shown = lambda: router.console.look("alert show")
            before = router.console.json("show version")["uptime_us"]
            wait_until(lambda: router.console.json("show version")["uptime_us"] - before > (WAN_S + 3) * 1e6, 60,
                       "the WAN to have been down for long", shown)
        finally:
            router.qmp.monitor("set_link net1 on")
        wait_told(router, mailbox, "the WAN is down", "wan-down")
        wait_told(router, mailbox, "the WAN is back", "wan-up")


@MAILING
def test_wrong_passwords_are_told_with_where_they_came_from(router):
    client = WebClient(router.topology.lan)
    assert client.log_in().status == 200
    for _ in range(3):
        assert client.post("/api/v1/session", {"user": "admin", "password": "a wrong password"}).status == 401
    with mailbox_of(router) as mailbox:
        wait_told(router, mailbox, "3 wrong passwords in a row from 192.168.1.10", "login-failed, of webd")


@MAILING
def test_a_change_of_the_configuration_is_told_with_who_made_it(router):
    with mailbox_of(router) as mailbox:
        router.console.run('config set /hostname "gate"')
        assert "in force: serial" in router.console.run("config commit comment a name")
        wait_told(router, mailbox, "by console", "config-changed, of config")


def test_only_what_is_wanted_is_mailed_and_the_rest_is_shown(boot):
    machine = boot(Spec(config=mailing({"events": ["configuration"]})))
    with mailbox_of(machine) as mailbox:
        machine.console.wait_ready()
        appliance = Appliance(machine.console)
        client = WebClient(machine.topology.lan)
        assert client.log_in().status == 200
        appliance.crash_and_wait("echo")
        machine.console.run('config set /hostname "gate"')
        assert "in force: serial" in machine.console.run("config commit comment a name")
        wait_told(machine, mailbox, "by console", "config-changed")
        assert not any("echo" in text for text, _ in alerts_in(mailbox)), alerts_in(mailbox)

        def shown():
            return {(alert["kind"], alert["service"], alert["sent"]) for alert in client.get("/api/v1/alerts").json}
        wait_until(lambda: {("service-crashed", "echo", "off"), ("config-changed", "config", "sent")} <= shown(),
                   MAIL_S, "what became of both", shown)


def test_a_kernel_that_failed_is_told_of_by_the_next(boot):
    machine = boot(Spec(config=mailing({}), devices=("-device", "i6300esb", "-watchdog-action", "reset"),
                        reboots=True))
    machine.console.wait_ready()
    words = machine.console.json("show version")["build_id"]
    mark = machine.serial.length
    kernel_halt(machine)
    machine.qmp.wait_for_event("WATCHDOG", RESET_LIMIT_S)
    machine.console.wait_ready(start=mark)
    with mailbox_of(machine) as mailbox:
        wait_told(machine, mailbox, f"the kernel failed and the appliance restarted: {words}", "kernel-restarted")
