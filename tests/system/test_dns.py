"""The name server for the LAN: dig asks it, and a server on the WAN is asked by it."""

import contextlib
import copy
import json
import socket

import pytest

from tests.harness.appliance import Appliance
from tests.harness.dns import NameServer
from tests.harness.machine import Spec
from tests.harness.settings import CONFIGURATION
from tests.harness.topology import LAN_GATEWAY, WAN_HOST

OTHER_WAN = "203.0.113.53"
DOCUMENT = copy.deepcopy(CONFIGURATION)
DOCUMENT["lan"]["dhcp"] = {"reservations": [{"mac": "02:00:00:00:00:77", "address": "192.168.1.77",
                                             "name": "desk"}]}
DOCUMENT["dns"] = {"upstreams": [WAN_HOST, OTHER_WAN]}

pytestmark = pytest.mark.machine(config=json.dumps(DOCUMENT))


@pytest.fixture
def upstream(router):
    with NameServer(router.topology.wan, WAN_HOST) as server:
        yield server


@pytest.fixture
def dig(router):
    def ask(*words):
        return router.topology.lan.run("dig", f"@{LAN_GATEWAY}", "+tries=1", "+time=8", *words, timeout=30,
                                       check=False).stdout
    return ask


def test_a_name_is_asked_once_and_then_known(upstream, dig):
    assert dig("+short", "a7.example").split() == ["198.51.100.7"]
    assert dig("+short", "A7.Example").split() == ["198.51.100.7"]
    assert upstream.count("a7.example") == 1, upstream.asked


def test_that_a_name_is_not_there_is_known_too(upstream, dig):
    for _ in range(2):
        assert "status: NXDOMAIN" in dig("none.example")
    assert upstream.count("none.example") == 1, upstream.asked


def test_each_question_has_a_port_and_an_id_of_its_own(upstream, dig):
    for number in range(20, 40):
        assert dig("+short", f"a{number}.example").split() == [f"198.51.100.{number}"]
    asked = upstream.asked
    assert len({port for _, _, port, _ in asked}) >= 18, asked
    assert len({number for _, _, _, number in asked}) >= 18, asked


def test_a_long_answer_comes_by_tcp(upstream, dig):
    answer = dig("big.example", "TXT")
    assert answer.count("x" * 200) == 15 and "(TCP)" in answer, answer
    assert "tcp" in {transport for _, transport, _, _ in upstream.asked}, upstream.asked
    assert dig("+tcp", "+short", "a8.example").split() == ["198.51.100.8"]


def test_the_next_upstream_is_asked_if_one_is_silent(router, upstream, dig):
    upstream.silent = True
    router.topology.wan.run("ip", "address", "add", f"{OTHER_WAN}/24", "dev", "eth1", check=False)
    with NameServer(router.topology.wan, OTHER_WAN) as other:
        assert dig("+short", "a50.example").split() == ["198.51.100.50"], (upstream.asked, other.asked)
        assert dig("+short", "a51.example").split() == ["198.51.100.51"]
    assert upstream.count("a51.example") == 0, "the silent one is still preferred"


def test_names_of_the_lan_are_known_here_and_never_asked_outside(upstream, dig):
    assert dig("+short", "desk.lan").split() == ["192.168.1.77"]
    assert dig("+short", "DESK").split() == ["192.168.1.77"]
    assert dig("+short", "-x", "192.168.1.77").split() == ["desk.lan."]
    assert dig("+short", "router.lan").split() == [LAN_GATEWAY]
    assert "status: NXDOMAIN" in dig("nobody.lan")
    assert "status: NXDOMAIN" in dig("-x", "192.168.1.99")
    assert upstream.asked == [], upstream.asked


def test_edns_is_answered_in_kind(upstream, dig):
    assert "EDNS: version: 0" in dig("a9.example")
    assert "OPT PSEUDOSECTION" not in dig("+noedns", "a9.example")
    assert "status: BADVERS" in dig("+edns=5", "+noednsnegotiation", "a9.example")


def test_it_answers_again_after_its_death_and_inets(router, upstream, dig):
    appliance = Appliance(router.console)
    for number, name in enumerate(("dnsd", "inet")):
        appliance.crash_and_wait(name)
        assert dig("+short", "+tries=3", f"a{60 + number}.example").split() == [f"198.51.100.{60 + number}"]


def test_without_an_upstream_the_client_is_told(boot):
    router = boot(Spec(config=json.dumps({"lan": CONFIGURATION["lan"]})))
    router.console.wait_ready()
    answer = router.topology.lan.run("dig", f"@{LAN_GATEWAY}", "a1.example", timeout=30).stdout
    assert "status: SERVFAIL" in answer, answer


def test_who_asks_nothing_by_tcp_keeps_nobody_out(router, upstream, dig):
    """All places that the name server has for connections are taken by one client, and some more."""
    with contextlib.ExitStack() as idle, router.topology.lan.entered():
        for _ in range(12):
            idle.enter_context(socket.create_connection((LAN_GATEWAY, 53), timeout=5))
        assert dig("+tcp", "+short", "a9.example").split() == ["198.51.100.9"]
