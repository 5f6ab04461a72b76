"""Candidate, commit, confirm, rollback over the serial console, while packets go on."""

import contextlib
import json
import socket

from tests.harness.appliance import SHOWN_TIMEOUT_S, Appliance
from tests.harness.machine import Spec
from tests.harness.settings import CONFIGURATION
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

CONFIRM_S = 4
DENY_PING = '{"action":"deny","from":"lan","to":"wan","protocol":"icmp"}'


def started(boot):
    router = boot(Spec(config=json.dumps(CONFIGURATION)))
    router.console.wait_ready()
    return router, Appliance(router.console)


def status(router):
    return router.console.json("config status")


def ping_passes(router):
    answer = router.topology.lan.run("ping", "-n", "-c", 1, "-W", 1, WAN_HOST, check=False).stdout
    return "1 received" in answer


@contextlib.contextmanager
def flow(router):
    """A TCP connection from the LAN to the WAN; gives a function that sends bytes and returns their echo."""
    with router.topology.wan.entered():
        listener = socket.create_server((WAN_HOST, 7777))
    with router.topology.lan.entered():
        client = socket.create_connection((WAN_HOST, 7777), timeout=5)
    server, _ = listener.accept()
    client.settimeout(5)
    server.settimeout(5)

    def echo(sent):
        client.sendall(sent)
        server.sendall(server.recv(100))
        return client.recv(100)

    with listener, client, server:
        assert echo(b"before") == b"before"
        yield echo


def put(router, pointer, value):
    answer = router.console.run(f"config set {pointer} {value}")
    assert answer.startswith("set in the candidate"), answer  # log lines may stand behind it


def commit(router, options=""):
    answer = router.console.run(f"config commit {options}")
    assert "in force: serial" in answer, answer
    return int(answer.rsplit("serial", 1)[1].split()[0])


def test_commit_changes_a_rule_while_a_flow_goes_on(boot):
    router, appliance = started(boot)
    assert ping_passes(router)
    before = appliance.generations()
    with flow(router) as echo:
        put(router, "/rules/-", DENY_PING)
        difference = router.console.json("config compare")
        assert difference == [{"path": "/rules", "after": [json.loads(DENY_PING)]}], difference
        serial = commit(router, "comment no ping")
        wait_until(lambda: not ping_passes(router), SHOWN_TIMEOUT_S, "ping to be denied")
        assert echo(b"after") == b"after"
    history = router.console.json("config history")
    assert history[0]["serial"] == serial and history[0]["comment"] == "no ping", history
    assert history[0]["author"] == "console" and history[0]["running"], history
    assert appliance.generations() == before


def test_what_cannot_be_is_refused_and_changes_nothing(boot):
    router, _ = started(boot)
    serial = status(router)["serial"]
    for command, reason in (("config set /lan/adress 10.0.0.1/8", "is 'address' meant?"),
                            ("config set /rules/7 {}", "has to be a list"),
                            ("config set lan x", "a place is written as"),
                            ("config set /nat maybe", "has to be true or false"),
                            ("config delete /forwards/0", "nothing at that place"),
                            ("config commit", "there is no candidate"),
                            ("config commit confirm soon", "usage"),
                            ("config confirm", "nothing waits"),
                            ("config rollback 99", "no such document"),
                            ("config show 99", "no such document")):
        answer = router.console.run(command)
        assert "error:" in answer and reason in answer, (command, answer)
    answer = router.console.run("config set /wan/gateway 198.51.100.1")
    assert "/wan/gateway: is not an address of another device" in answer, answer
    answer = router.console.run("config commit")
    assert "/wan/gateway: is not an address of another device" in answer, answer
    assert status(router)["serial"] == serial
    router.console.run("config discard")
    assert not status(router)["candidate"]


def test_an_unconfirmed_commit_reverts_by_itself(boot):
    router, _ = started(boot)
    before = status(router)["serial"]
    put(router, "/rules/-", DENY_PING)
    serial = commit(router, f"confirm {CONFIRM_S}")
    assert status(router)["confirmed"] == before
    wait_until(lambda: not ping_passes(router), SHOWN_TIMEOUT_S, "ping to be denied")
    wait_until(lambda: status(router)["serial"] == before, CONFIRM_S + SHOWN_TIMEOUT_S, "the timer to revert")
    wait_until(lambda: ping_passes(router), SHOWN_TIMEOUT_S, "ping to pass again")
    # and a confirmed one stays
    put(router, "/rules/-", DENY_PING)
    commit(router, f"confirm {CONFIRM_S}")
    assert "confirmed" in router.console.run("config confirm")
    assert status(router)["confirmed"] == status(router)["serial"] > serial


def test_rollback_to_any_serial(boot):
    router, _ = started(boot)
    first = status(router)["serial"]
    for number in range(3):
        put(router, "/hostname", f"gate{number}")
        commit(router)
    assert "in force" in router.console.run(f"config rollback {first + 1}")
    assert router.console.json("config show")["hostname"] == "gate0"
    assert "in force" in router.console.run("config rollback 0")
    assert router.console.json("config show")["lan"]["address"] == "192.168.1.1/24"
    assert len(router.console.json("config history")) == 6


def test_candidate_history_and_timer_outlive_config(boot):
    router, appliance = started(boot)
    before = status(router)["serial"]
    put(router, "/hostname", "gate")
    generation = appliance.services()["config"]["generation"]
    appliance.crash("config")
    appliance.wait_next_life("config", generation)
    assert router.console.json("config show candidate")["hostname"] == "gate"
    serial = commit(router, f"confirm {CONFIRM_S}")
    generation = appliance.services()["config"]["generation"]
    appliance.crash("config")
    appliance.wait_next_life("config", generation)
    assert status(router)["serial"] == serial
    assert ping_passes(router)
    wait_until(lambda: status(router)["serial"] == before, CONFIRM_S + SHOWN_TIMEOUT_S, "the timer to revert")


def test_config_killed_around_commits(boot):
    """The old or the new is in force after each death, and the next commit works."""
    router, appliance = started(boot)
    for number in range(6):
        wait_until(lambda: not status(router)["opening"], SHOWN_TIMEOUT_S, "config to be open")
        put(router, "/hostname", f"gate{number}")
        generation = appliance.services()["config"]["generation"]
        before = status(router)["serial"]
        router.serial.send("service crash config panic\rconfig commit\r" if number % 2 else
                           "config commit\rservice crash config panic\r")
        appliance.wait_next_life("config", generation)
        serial = wait_until(lambda: status(router)["serial"], SHOWN_TIMEOUT_S, "config to answer")
        assert serial in (before, before + 1), (before, serial)
        name = router.console.json("config show").get("hostname", "")
        assert name == f"gate{number}" if serial > before else name != f"gate{number}", (serial, name)
    assert ping_passes(router)


def test_recovery_policy_and_secrets(boot):
    router, appliance = started(boot)
    put(router, "/recovery/echo", '["log","restart:50","give-up:9"]')
    put(router, "/alerts", '{"user":"me","password":"hunter2"}')
    commit(router)
    policy = wait_until(lambda: (row := appliance.service("echo"))["policy_of"] == "administrator" and row,
                        SHOWN_TIMEOUT_S, "the policy to be set")
    assert policy["policy"] == "log,restart:50,give-up:9", policy
    assert "hunter2" not in router.console.run("config show")
    assert router.console.json("config show")["alerts"]["password"] == "********"
    router.console.run("config delete /recovery/echo")
    commit(router)
    wait_until(lambda: appliance.service("echo")["policy_of"] == "manifest", SHOWN_TIMEOUT_S, "the manifest's again")
