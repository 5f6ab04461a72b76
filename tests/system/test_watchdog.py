"""The hardware watchdog resets a machine that stands still, and no other; what survives that."""

import socket

import pytest

from tests.harness.appliance import Appliance
from tests.harness.kernel import kernel_halt
from tests.harness.servers import EchoServer
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

WATCHDOG = pytest.mark.machine(devices=("-device", "i6300esb", "-watchdog-action", "reset"), reboots=True)

TIMEOUT_S = 2  # of the timer; TIMEOUT_MS in drivers/watchdog/i6300esb
RESET_LIMIT_S = 15  # generous: emulation on a busy host
ECHO_LIMIT_S = 30  # the client sends again at longer and longer intervals
PORT = 7009


def uptime_s(machine):
    return machine.console.json("show version")["uptime_us"] / 1e6


def boots(machine):
    return machine.console.json("show version")["boots_since_cold_start"]


def wait_past_the_timeout(machine):
    """Until the machine has run for twice as long as its timer waits, from now on."""
    end = uptime_s(machine) + 2 * TIMEOUT_S
    wait_until(lambda: uptime_s(machine) > end, 8 * TIMEOUT_S, "time to pass", lambda: uptime_s(machine))


def wait_reset(machine, mark):
    """Until the machine is at its prompt again; `mark` is the serial line's before."""
    machine.qmp.wait_for_event("WATCHDOG", RESET_LIMIT_S)
    machine.console.wait_ready(start=mark)


def resets(machine):
    return [event for event in machine.qmp.events if event["event"] in ("RESET", "WATCHDOG")]


@pytest.mark.machine()
def test_without_the_chip_its_service_is_absent(router):
    assert Appliance(router.console).services()["watchdog"]["state"] == "absent"


@WATCHDOG
def test_a_machine_that_works_is_not_reset(router):
    appliance = Appliance(router.console)
    assert appliance.services()["watchdog"]["state"] == "running"
    before = resets(router)
    wait_past_the_timeout(router)
    assert resets(router) == before


@WATCHDOG
@pytest.mark.parametrize("name, how", [("watchdog", "exception"), ("watchdog", "hang"), ("rs", "exception"),
                                       ("rs", "hang"), ("pci", "exception")])
def test_deaths_that_are_recovered_from_do_not_reset(router, name, how):
    appliance = Appliance(router.console)
    before, generation = resets(router), appliance.generations()[name]
    appliance.crash(name, how)
    appliance.wait_next_life(name, generation)
    wait_past_the_timeout(router)
    assert resets(router) == before
    assert appliance.services()["watchdog"]["state"] == "running"


@pytest.mark.limit(180)
@WATCHDOG
def test_flows_and_crash_records_outlive_the_reset(boot, spec):
    machine = boot(spec)
    machine.console.wait_ready()
    appliance, topology = Appliance(machine.console), machine.topology
    appliance.crash_and_wait("echo", "panic")
    with EchoServer(topology.wan, WAN_HOST, PORT) as server:
        with topology.lan.entered():
            client = socket.create_connection((WAN_HOST, PORT), 10)
        with client:
            client.settimeout(ECHO_LIMIT_S)
            exchange(client, b"before\n")
            peers = list(server.peers)
            mark = machine.serial.length
            machine.serial.send("service stop watchdog\r")
            wait_reset(machine, mark)
            exchange(client, b"after\n")
        assert server.peers == peers, "the connection was opened anew"
        assert not server.errors, server.errors
    assert "connections restored" in appliance.log_text()
    assert "the watchdog reset the machine before this boot" in appliance.log_text()
    crashes = machine.console.json("show crashes 64")
    assert crashes["boot"] == boots(machine) == 2
    record = next(record for record in crashes["crashes"] if record["service"] == "echo")
    assert record["earlier_boot"] and record["text"] == "crash on request", record
    assert appliance.services()["watchdog"]["state"] == "running"


def exchange(client, line):
    client.sendall(line)
    got = b""
    while len(got) < len(line):
        chunk = client.recv(len(line) - len(got))
        assert chunk, "the connection was closed"
        got += chunk
    assert got == line


@WATCHDOG
def test_a_dead_kernel_is_reset_and_its_last_words_are_kept(boot, spec):
    machine = boot(spec)
    machine.console.wait_ready()
    mark = machine.serial.length
    kernel_halt(machine)
    wait_reset(machine, mark)
    words = machine.console.json("show version")["build_id"]
    assert machine.console.json("show version")["kernel_failure"] == words
    assert f"the kernel failed before this boot: {words}" in Appliance(machine.console).log_text()
    assert f"the kernel failed before this boot: {words}" in machine.console.look("show version")
    record = machine.console.json("show crashes")["crashes"][-1]
    assert record["kernel"] and record["cause"] == "kernel panic" and record["earlier_boot"], record
