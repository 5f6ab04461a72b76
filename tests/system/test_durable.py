"""What must outlive the power: configuration, account, certificate; alerts not yet mailed; warnings in the log.

The first three on the disk image that people flash.
"""

import shutil
import subprocess

import pytest

from tests.fault.power_cut_subjects import answer
from tests.harness import disk_image
from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.paths import TEST_DISK
from tests.harness.pings import answered
from tests.harness.settings import mailing
from tests.harness.smtp import MailServer
from tests.harness.topology import WAN_APPLIANCE, WAN_HOST
from tests.harness.waiting import wait_until
from tests.harness.web import PASSWORD, WebClient

pytestmark = pytest.mark.limit(420)

BOOT_TIMEOUT_S = 100
SAVED_S = 20
MAIL_S = 60
SMTP_PORT = 25
EMPTY_QUEUE_BYTES = 8  # appliance/alertd/archive.h
DISK_DEVICE = "ide0-hd0"  # QEMU's name of the disk that is flashed
SLOW_WRITES_S = 5
WAYS = ("warm reboot", "power cut")
WAN = '{"mode":"static","address":"%s/24","gateway":"%s"}' % (WAN_APPLIANCE, WAN_HOST)


@pytest.fixture
def flashed(boot, tmp_path):
    """start() boots a machine from a disk of its own, the same one each time, with nothing but what is on it."""
    disk = tmp_path / "disk.img"
    subprocess.run(["cp", "--sparse=always", TEST_DISK, disk], check=True, timeout=60)
    spec = Spec(iso=None, boot="c", config=None, reboots=True,
                devices=("-drive", f"file={disk},format=raw,cache=writethrough"))

    def start():
        machine = boot(spec)
        machine.console.wait_ready(BOOT_TIMEOUT_S)
        return machine
    yield start
    shutil.rmtree(tmp_path, ignore_errors=True)


def again(start, machine, how):
    """The machine in its next boot."""
    if how == "power cut":
        machine.cut_power()
        return start()
    mark = machine.serial.length
    machine.serial.send("reboot\r")
    machine.console.wait_ready(BOOT_TIMEOUT_S, mark)
    return machine


def status(machine):
    """Once the store has been read."""
    ask = lambda: answer(machine, "config status")
    return wait_until(lambda: (seen := ask()) and not seen["opening"] and seen, SAVED_S, "config to be open", ask)


def wait_saved(machine):
    wait_until(lambda: status(machine)["persisted"], SAVED_S, "the configuration on the disk", lambda: status(machine))


def run(machine, command, word):
    said = machine.console.run(command)
    assert word in said, (command, said)


def pings(machine):
    return answered(machine.topology.lan, WAN_HOST, 1) == 1


def history(machine):
    """What does not change by itself; which of them runs is in the status."""
    return [{name: entry[name] for name in ("serial", "author", "comment", "confirmed")}
            for entry in answer(machine, "config history")]


def test_a_committed_configuration_is_in_force_after_every_reboot(flashed):
    machine = flashed()
    wait_saved(machine)
    assert not pings(machine), "the factory default has no static WAN"
    run(machine, f"config set /wan {WAN}", "set in the candidate")
    run(machine, "config commit comment the way out", "in force")
    run(machine, "config set /hostname gate", "set in the candidate")
    run(machine, "config commit comment a name", "in force")
    wait_saved(machine)
    before = status(machine)["serial"], history(machine), answer(machine, "config show")
    assert [entry["comment"] for entry in before[1][:2]] == ["a name", "the way out"], before
    for how in WAYS:
        machine = again(flashed, machine, how)
        assert (status(machine)["serial"], history(machine), answer(machine, "config show")) == before, how
        wait_until(lambda: pings(machine), SAVED_S, f"the WAN after a {how}")
    run(machine, f"config rollback {before[0] - 1}", "in force")
    assert answer(machine, "config show").get("hostname") != "gate"


@pytest.mark.parametrize("how", WAYS)
def test_what_nobody_confirmed_is_gone_after_a_reboot(flashed, how):
    machine = flashed()
    wait_saved(machine)
    before = status(machine)["serial"]
    run(machine, "config set /hostname gate", "set in the candidate")
    run(machine, "config commit confirm 600", "in force")
    wait_saved(machine)
    assert (status(machine)["serial"], status(machine)["confirmed"]) == (before + 1, before)
    machine = again(flashed, machine, how)
    assert (status(machine)["serial"], status(machine)["confirmed"]) == (before, before), status(machine)
    assert answer(machine, "config show").get("hostname") != "gate"
    assert not history(machine)[0]["confirmed"], "it is still there to be committed again"


def test_account_and_certificate_outlive_the_power_and_sessions_end_with_it(flashed):
    """A session ends with the machine's run: its cookie is worth nothing to who takes the disk."""
    def kept():
        return {record["name"] for record in machine.console.json("show store")["records"]} >= \
            {"webd/account", "webd/certificate"}

    def shown(client):
        return client.certificate(), client.get("/authority.crt").body

    machine = flashed()
    client = WebClient(machine.topology.lan)
    assert client.log_in().status == 200
    first = shown(client)
    wait_until(kept, SAVED_S, "account and certificate in the store", lambda: machine.console.json("show store"))
    for how in WAYS:
        machine = again(flashed, machine, how)
        cookie, client = client.cookie, WebClient(machine.topology.lan)
        assert client.wait_ready().json["first_visit"] is False, how
        assert shown(client) == first, how
        client.cookie = cookie
        assert client.get("/api/v1/overview").status == 401, how
        client.cookie = None
        assert client.log_in("not the password").status == 401, how
        assert client.log_in(PASSWORD).status == 200, how


def test_the_first_password_is_there_after_a_power_cut_at_its_answer(flashed):
    """With a disk so slow, and so busy, that an answer ahead of the store would be one for nothing."""
    machine = flashed()
    client = WebClient(machine.topology.lan)
    client.wait_ready()
    wait_saved(machine)
    run(machine, "config set /nat false", "set in the candidate")
    machine.qmp.monitor(f"block_set_io_throttle {DISK_DEVICE} 0 0 0 0 0 {SLOW_WRITES_S}")
    run(machine, "config commit", "in force")
    answer = client.log_in()
    machine.cut_power()
    assert answer.status == 200 and answer.json["store"] == "disk", answer
    client = WebClient(flashed().topology.lan)
    assert client.wait_ready().json["first_visit"] is False
    assert client.log_in().status == 200


def cut_and_boot(boot, machine):
    machine.cut_power()
    machine = boot(machine.spec)
    machine.console.wait_ready()
    return machine


def crash(machine, name):
    Appliance(machine.console).crash_and_wait(name, "panic")


def test_alerts_that_wait_are_mailed_after_a_power_cut_and_once(boot, tmp_path):
    def kept():
        lengths = {record["name"]: record["length_bytes"] for record in machine.console.json("show store")["records"]}
        return lengths.get("alertd/queue", 0)

    def alert_make(name):
        machine.console.run(f"service policy {name} log,alert,restart:100")
        crash(machine, name)

    machine = boot(Spec(config=mailing({"events": ["crash"]}), disk=str(disk_image.make(tmp_path / "disk.img"))))
    machine.console.wait_ready()
    alert_make("echo")  # nobody takes the mail yet
    wait_until(lambda: kept() > EMPTY_QUEUE_BYTES, SAVED_S, "the alert in the store", kept)
    machine = cut_and_boot(boot, machine)
    with MailServer(machine.topology.wan, WAN_HOST, SMTP_PORT, "none") as mailbox:
        mail = wait_until(lambda: next((mail for mail in list(mailbox.mails) if "of echo" in mail[3]), None), MAIL_S,
                          "the alert of the boot before", lambda: (mailbox.mails, machine.console.look("alert show")))
        assert "crash on request" in mail[3], mail
        wait_until(lambda: kept() == EMPTY_QUEUE_BYTES, SAVED_S, "an empty queue in the store", kept)
    machine = cut_and_boot(boot, machine)
    alert_make("dnsd")
    with MailServer(machine.topology.wan, WAN_HOST, SMTP_PORT, "none") as mailbox:
        wait_until(lambda: mailbox.mails, MAIL_S, "a mail", lambda: machine.console.look("alert show"))
        assert not any("of echo" in mail[3] for mail in mailbox.mails), mailbox.mails


def test_warnings_in_the_log_outlive_a_power_cut(boot, tmp_path):
    def earlier(client):
        return [(record["service"], record["text"]) for record in client.get("/api/v1/logs?level=warning").json
                if record["earlier_boot"]]

    disk = disk_image.make(tmp_path / "disk.img")
    machine = boot(Spec(disk=str(disk)))
    machine.console.wait_ready()
    crash(machine, "echo")
    wait_until(lambda: b"crash on request" in disk.read_bytes(), SAVED_S, "echo's last words on the disk")
    for _ in range(2):
        machine = cut_and_boot(boot, machine)
        client = WebClient(machine.topology.lan)
        assert client.log_in().status == 200
        assert earlier(client).count(("echo", "crash on request")) == 1, earlier(client)
    crash(machine, "log")
    assert earlier(client).count(("echo", "crash on request")) == 1, earlier(client)
