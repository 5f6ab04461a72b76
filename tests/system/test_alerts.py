"""Mails when something breaks: to servers with and without TLS, over deaths, and to none that is not the right one."""

import socket

import pytest

from tests.harness.appliance import Appliance
from tests.harness.dns import NameServer
from tests.harness.machine import Spec
from tests.harness.settings import mailing
from tests.harness.smtp import MailServer, certificate
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

NAME = "a25.example"  # the name server says 198.51.100.25
OTHER = "a26.example"
PORTS = {"none": 25, "starttls": 587, "tls": 465}
MAIL_S = 60  # TLS by emulation on a busy host


def document(security, events=None):
    alerts = {"security": security, "to": ["owner@example.net", "other@example.net"]}
    if security != "none":
        alerts |= {"server": NAME, "user": "router", "password": "it's a secret"}
    if events:
        alerts["events"] = events
    return mailing(alerts, hostname="gate", dns={"upstreams": [WAN_HOST]})


def started(boot, security, events=None):
    machine = boot(Spec(config=document(security, events), devices=("-rtc", "base=utc")))
    machine.console.wait_ready()
    return machine


def alert_make(machine):
    """A service that dies and whose policy says that the owner is told."""
    appliance = Appliance(machine.console)
    machine.console.run("service policy echo log,alert,restart:100")
    appliance.crash_and_wait("echo", "panic")


def wait_mail(mailbox, text, machine):
    return wait_until(lambda: next((mail for mail in list(mailbox.mails) if text in mail[3]), None), MAIL_S,
                      f"a mail with {text!r}", lambda: (mailbox.mails, mailbox.logins,
                                                        machine.console.look("alert show")))


def test_the_owner_is_told_in_the_clear_if_he_wants_that(boot):
    machine = started(boot, "none")
    with MailServer(machine.topology.wan, WAN_HOST, PORTS["none"], "none") as mailbox:
        alert_make(machine)
        secure, sender, recipients, text = wait_mail(mailbox, "echo", machine)
    assert not secure and sender == "router@example.net"
    assert recipients == ["owner@example.net", "other@example.net"]
    assert "Subject: [gate]" in text and "Message-ID: <" in text and "Date: " in text, text
    assert "service-crashed, of echo" in text and "crash on request" in text, text


def test_the_settings_can_be_tried_and_the_dialogue_is_shown(boot):
    machine = started(boot, "none")
    with MailServer(machine.topology.wan, WAN_HOST, PORTS["none"], "none") as mailbox:
        assert "requested" in machine.console.run("alert test")
        wait_mail(mailbox, "to try the settings", machine)
        shown = lambda: machine.console.look("alert show")
        wait_until(lambda: "last test: the server has taken it" in shown(), MAIL_S, "the outcome", shown)
        for line in ("S: 220 mail.example", "C: EHLO gate", "C: MAIL FROM:<router@example.net>", "C: QUIT"):
            assert line in shown(), shown()


def test_a_test_mail_is_begun_again_by_the_next_life(boot):
    machine = started(boot, "none", ["login"])  # so that no other mail is in the way
    appliance = Appliance(machine.console)
    generation = appliance.generations()["alertd"]
    with machine.topology.wan.entered():
        silent = socket.create_server((WAN_HOST, PORTS["none"]))
    with silent:
        silent.settimeout(MAIL_S)
        machine.console.run("alert test")
        connection, _ = silent.accept()
        appliance.crash("alertd")
        appliance.wait_next_life("alertd", generation)
        again, _ = silent.accept()
        connection.close()
        again.close()
    shown = lambda: machine.console.look("alert show")
    wait_until(lambda: "last test: it did not work, but may another time: the server has ended" in shown(), MAIL_S,
               "the outcome", shown)


def test_deaths_lose_no_alert_and_repeats_are_counted(boot):
    machine = started(boot, "none")
    appliance = Appliance(machine.console)
    for _ in range(3):
        alert_make(machine)
    generation = appliance.crash_and_wait("alertd")["generation"]
    appliance.restart("alertd")
    appliance.wait_next_life("alertd", generation)
    with MailServer(machine.topology.wan, WAN_HOST, PORTS["none"], "none") as mailbox:
        mail = wait_mail(mailbox, "service-crashed, of echo, 3 times", machine)
        assert sum("of echo" in other[3] for other in mailbox.mails) == 1, mailbox.mails
        assert mail[3].count("of echo") == 1, mail


@pytest.mark.limit(240)
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_password_and_mail_go_by_tls_to_the_right_server_only(boot, security, tmp_path):
    wrong, right = certificate(tmp_path, OTHER), certificate(tmp_path, NAME)  # both in force when it looks
    machine = started(boot, security)
    wan = machine.topology.wan
    wan.run("ip", "address", "add", "198.51.100.25/32", "dev", "lo")
    with NameServer(wan, WAN_HOST):
        with MailServer(wan, "198.51.100.25", PORTS[security], security, wrong) as impostor:
            alert_make(machine)
            log = Appliance(machine.console).log_text
            wait_until(lambda: f"mail to {NAME}" in log(), MAIL_S, "the impostor to be noticed", log)
        assert not impostor.mails and not impostor.logins
        with MailServer(wan, "198.51.100.25", PORTS[security], security, right) as mailbox:
            machine.console.run("alert test")  # the queue would wait for half a minute
            secure, *_ = wait_mail(mailbox, "to try the settings", machine)
        assert secure
        assert mailbox.logins == [("PLAIN", True)], mailbox.logins
