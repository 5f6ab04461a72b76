"""The web console in a real browser on the LAN, before the appliance itself."""

import hashlib
import socket

import pytest

from tests.harness.appliance import Appliance
from tests.harness.browser import Play
from tests.harness.machine import Spec
from tests.harness.servers import EchoServer, FileServer
from tests.harness.topology import LAN_HOST, WAN_APPLIANCE, WAN_HOST
from tests.harness.web import WebClient

pytestmark = pytest.mark.limit(300)

DOWNLOAD_BYTES = 60_000_000
DOWNLOAD_RATE = "2M"  # slow enough for a person to do something meanwhile
DOWNLOAD_TIMEOUT_S = 200


def pseudo_random(count):
    return hashlib.shake_256(b"bulkhead").digest(count)


@pytest.fixture
def fresh(boot):
    """A machine that nobody has visited, whose console answers."""
    router = boot(Spec())
    client = WebClient(router.topology.lan)
    client.wait_ready()
    client.close()
    return router


def test_first_visit_sets_the_password_and_shows_every_page(fresh):
    with Play(fresh.topology.lan, "visit") as play:
        play.expect("done")


def echoed(namespace, address, port, sent):
    """What comes back of `sent`."""
    with namespace.entered(), socket.create_connection((address, port), 10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_port_forward_is_added_and_used(fresh):
    """By a client on the WAN, whom the host on the LAN sees with its own address."""
    sent = pseudo_random(10_000)
    with EchoServer(fresh.topology.lan, LAN_HOST, 7443) as server, Play(fresh.topology.lan, "forward") as play:
        play.expect("in force")
        assert echoed(fresh.topology.wan, WAN_APPLIANCE, 8443, sent) == sent
        assert [address for address, _ in server.peers] == [WAN_HOST]
        play.go_on()
        play.expect("done")


def test_a_lan_driver_is_restarted_while_a_download_runs(router, tmp_path):
    appliance = Appliance(router.console)
    before = appliance.restarts("port0")
    (tmp_path / "file").write_bytes(pseudo_random(DOWNLOAD_BYTES))
    with FileServer(router.topology.wan, WAN_HOST, 8081, tmp_path), Play(router.topology.lan, "restart") as play:
        play.expect("ready")
        download = router.topology.lan.popen(
            "curl", "-sS", "-m", DOWNLOAD_TIMEOUT_S, "--limit-rate", DOWNLOAD_RATE, "-o", tmp_path / "got",
            f"http://{WAN_HOST}:8081/file")
        play.go_on()
        play.expect("back")
        assert download.poll() is None, "the download was over before the driver was restarted"
        play.go_on()
        play.expect("done")
        assert download.wait(DOWNLOAD_TIMEOUT_S) == 0
    assert (tmp_path / "got").read_bytes() == pseudo_random(DOWNLOAD_BYTES)
    assert appliance.restarts("port0") == before + 1


def test_the_page_reconnects_by_itself_when_webd_dies(router):
    with Play(router.topology.lan, "reconnect") as play:
        play.expect("ready")
        Appliance(router.console).crash("webd", "exception")
        play.go_on()
        play.expect("done")
