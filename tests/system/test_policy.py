"""Recovery policies: shown, changed while the system runs, and kept over the death of RS."""

import pytest

from tests.harness.appliance import Appliance
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.machine()


def policy(router, name):
    return router.console.json(f"service policy {name}")


def test_policy_is_shown_set_and_taken_back(router):
    before = policy(router, "echo")
    assert before["policy"].startswith("log,restart:") and before["policy_of"] == "manifest", before
    assert "requested" in router.console.run("service policy echo log,dump,restart:50,give-up:9")
    wait_until(lambda: policy(router, "echo")["policy"] == "log,dump,restart:50,give-up:9", 3, "the policy",
               lambda: policy(router, "echo"))
    assert policy(router, "echo")["policy_of"] == "administrator"
    assert Appliance(router.console).service("echo")["policy_of"] == "administrator"
    router.console.run("service policy echo default")
    wait_until(lambda: policy(router, "echo") == before, 3, "the manifest's policy", lambda: policy(router, "echo"))


def test_mistakes_are_explained(router):
    assert "'explode' is no step" in router.console.run("service policy echo log,explode")
    assert "no service is named" in router.console.run("service policy nobody log")
    assert "the kernel restarts rs" in router.console.run("service policy rs log")
    assert policy(router, "echo")["policy_of"] == "manifest"


def test_give_up_acts_and_outlives_rs(router):
    """The policy is set, RS dies, then the service: RS's next life gives it up as told."""
    appliance = Appliance(router.console)
    router.console.run("service policy echo log,alert,give-up")
    before = appliance.generations()
    router.console.run("service crash rs exception")
    appliance.wait_next_life("rs", before["rs"])
    assert policy(router, "echo")["policy"] == "log,alert,give-up"
    appliance.crash("echo")
    appliance.wait_state("echo", "failed")
    router.console.run("service policy echo default")
    appliance.start("echo")


def test_an_alert_becomes_a_name_in_the_data_store(router):
    appliance = Appliance(router.console)
    router.console.run("service policy echo log,alert,restart:100")
    appliance.crash_and_wait("echo", "panic")
    router.console.run("service policy echo default")
    names = lambda: router.console.run("show names")
    wait_until(lambda: "alert." in names() and "echo died (panic" in names(), 3, "the alert", names)


DEPENDENTS = ("echo", "dhcpd", "dnsd", "webd", "alertd")


def test_restart_dependents_acts(router):
    """What starts after inet goes with it by that step; nobody else does."""
    appliance = Appliance(router.console)
    router.console.run("service policy inet log,restart:1000,restart-dependents")
    before = appliance.generations()
    appliance.crash("inet")
    appliance.wait_next_life("inet", before["inet"])
    rows = [appliance.wait_next_life(name, before[name]) for name in DEPENDENTS]
    router.console.run("service policy inet default")
    assert all(row["cause"] == "dependency" for row in rows), rows
    after = appliance.generations()
    assert after == before | {name: before[name] + 1 for name in ("inet", *DEPENDENTS)}


def test_a_device_is_reset_when_the_policy_says_so(router):
    appliance = Appliance(router.console)
    router.console.run("service policy port0 log,restart:1000,reset-device")
    generation = appliance.crash_and_wait("port0")["generation"]
    router.console.run("service policy port0 default")
    texts = [record["text"] for record in appliance.log()
             if record["service"] == "port0" and record["generation"] == generation]
    assert any("device is reset, as its recovery policy says" in text for text in texts), texts
    assert not any("carries on" in text for text in texts), texts
