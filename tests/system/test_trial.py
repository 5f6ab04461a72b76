"""The appliance as a new owner tries it, in one go: `make run`, a browser at the address that it prints,
first visit, mail, a port forward, a driver that crashes during a download. Pictures of every page, light,
dark and on a phone, are left in build/test-artifacts/www/.
"""

import hashlib

import pytest

from tests.harness.browser import Play
from tests.harness.dns import NameServer
from tests.harness.namespace import Namespace
from tests.harness.servers import EchoServer, FileServer, echoed
from tests.harness.smtp import MailServer, certificate
from tests.harness.topology import LAN_HOST, WAN_APPLIANCE, WAN_HOST
from tests.harness.waiting import wait_until

MAIL_NAME, MAIL_ADDRESS = "a25.example", "198.51.100.25"  # as NameServer has it
DOWNLOAD_BYTES = 60_000_000
DOWNLOAD_RATE = "2M"  # slow enough for a person to do something meanwhile
DOWNLOAD_TIMEOUT_S = 200
MAIL_S = 90


def pseudo_random(count):
    return hashlib.shake_256(b"bulkhead").digest(count)


class Download:
    """On the LAN, of a file on the WAN, slowly."""

    def __init__(self, lan, wan, folder):
        self._lan, self._got = lan, folder / "got"
        (folder / "file").write_bytes(pseudo_random(DOWNLOAD_BYTES))
        self._server = FileServer(wan, WAN_HOST, 8081, folder)

    def __enter__(self):
        self._server.__enter__()
        return self

    def __exit__(self, *error):
        self._server.__exit__(*error)

    def begin(self):
        self._curl = self._lan.popen("curl", "-sS", "-m", DOWNLOAD_TIMEOUT_S, "--limit-rate", DOWNLOAD_RATE, "-o",
                                     self._got, f"http://{WAN_HOST}:8081/file")

    def runs(self):
        return self._curl.poll() is None

    def assert_complete(self):
        assert self._curl.wait(DOWNLOAD_TIMEOUT_S) == 0
        assert self._got.read_bytes() == pseudo_random(DOWNLOAD_BYTES)


def assert_forwarded(lan, wan):
    sent = pseudo_random(10_000)
    with EchoServer(lan, LAN_HOST, 7443) as server:
        assert echoed(wan, WAN_APPLIANCE, 8443, sent) == sent
        assert [address for address, _ in server.peers] == [WAN_HOST]


def assert_mailed(mailbox):
    def told():
        return next((mail for mail in list(mailbox.mails) if "port0 died" in mail[3]), None)
    secure, sender, recipients, text = wait_until(told, MAIL_S, "the mail of the crash", lambda: mailbox.mails)
    assert secure and sender == "router@example.net" and recipients == ["owner@example.net"]
    assert "service-crashed, of port0" in text, text


@pytest.mark.limit(480)
def test_a_new_owner_tries_everything(run, tmp_path):
    lan, wan = run.host("lan"), run.host("wan")
    wan.run("ip", "address", "add", f"{MAIL_ADDRESS}/32", "dev", "lo")
    files = certificate(tmp_path, MAIL_NAME)  # in force before the appliance looks at its clock
    with NameServer(wan, WAN_HOST), Download(lan, wan, tmp_path) as download, \
            Play(Namespace.here(), "trial", run.web_console) as play:
        play.expect("no mail server")
        with MailServer(wan, MAIL_ADDRESS, 587, "starttls", files) as mailbox:
            play.go_on()
            play.expect("mail tested")
            assert any("to try the settings" in mail[3] for mail in mailbox.mails), mailbox.mails
            assert set(mailbox.logins) == {("PLAIN", True)}, mailbox.logins
            play.go_on()
            play.expect("forward in force")
            assert_forwarded(lan, wan)
            play.go_on()
            play.expect("before the crash")
            download.begin()
            play.go_on()
            play.expect("after the crash")
            assert download.runs(), "the download was over before the driver crashed"
            play.go_on()
            assert_mailed(mailbox)
            download.assert_complete()
            play.expect("done")
