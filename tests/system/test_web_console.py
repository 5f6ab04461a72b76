"""The web console in a real browser on the LAN, before the appliance itself."""

import pytest

from tests.harness.appliance import Appliance
from tests.harness.browser import Play
from tests.harness.machine import Spec
from tests.harness.servers import EchoServer, echoed
from tests.harness.topology import LAN_HOST, WAN_APPLIANCE, WAN_HOST
from tests.harness.web import WebClient

pytestmark = pytest.mark.limit(300)


@pytest.fixture
def fresh(boot):
    """A machine that nobody has visited, whose console answers."""
    router = boot(Spec())
    client = WebClient(router.topology.lan)
    client.wait_ready()
    client.close()
    return router


def test_a_port_forward_is_added_and_used(fresh):
    """By a client on the WAN, whom the host on the LAN sees with its own address."""
    sent = b"all of it, and only that " * 400
    with EchoServer(fresh.topology.lan, LAN_HOST, 7443) as server, Play(fresh.topology.lan, "forward") as play:
        play.expect("in force")
        assert echoed(fresh.topology.wan, WAN_APPLIANCE, 8443, sent) == sent
        assert [address for address, _ in server.peers] == [WAN_HOST]
        play.go_on()
        play.expect("done")


def test_the_page_reconnects_by_itself_when_webd_dies(router):
    with Play(router.topology.lan, "reconnect") as play:
        play.expect("ready")
        Appliance(router.console).crash("webd", "exception")
        play.go_on()
        play.expect("done")
