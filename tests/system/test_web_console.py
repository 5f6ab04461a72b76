"""The web console in a real browser on the LAN, before the appliance itself."""

import hashlib

import pytest

from tests.harness.appliance import Appliance
from tests.harness.browser import Play
from tests.harness.servers import FileServer
from tests.harness.topology import WAN_HOST

pytestmark = pytest.mark.limit(300)

DOWNLOAD_BYTES = 60_000_000
DOWNLOAD_RATE = "2M"  # slow enough for a person to do something meanwhile
DOWNLOAD_TIMEOUT_S = 200


def pseudo_random(count):
    return hashlib.shake_256(b"bulkhead").digest(count)


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
