"""LAN hosts reach the WAN and what they send is translated; errors come back."""

import hashlib
import os
import re

import pytest

from tests.harness.pings import answered
from tests.harness.servers import FileServer
from tests.harness.topology import LAN_GATEWAY, WAN_APPLIANCE, WAN_HOST

pytestmark = pytest.mark.machine()

BEYOND = "198.51.100.7"  # RFC 5737: somewhere behind the WAN host


def test_lan_host_pings_wan_host(router):
    assert answered(router.topology.lan, WAN_HOST, 5) == 5


def test_full_size_packets_pass_unfragmented(router):
    answer = router.topology.lan.run("ping", "-n", "-c", 3, "-i", 0.1, "-M", "do", "-s", 1472, WAN_HOST).stdout
    assert "3 received" in answer, answer


def test_fragmented_packets_pass(router):
    answer = router.topology.lan.run("ping", "-n", "-c", 3, "-i", 0.1, "-s", 4000, WAN_HOST).stdout
    assert "3 received" in answer, answer


def test_http_download_is_translated_and_intact(router, tmp_path):
    content = os.urandom(2_000_000)
    (tmp_path / "file").write_bytes(content)
    (tmp_path / "got").touch()
    topology = router.topology
    with FileServer(topology.wan, WAN_HOST, 8080, tmp_path), topology.packet_port(1) as wan:
        topology.lan.run("curl", "-sS", "-m", 20, "-o", tmp_path / "got", f"http://{WAN_HOST}:8080/file",
                         timeout=30)
        sources = {frame[26:30] for frame in wan.drain() if frame[12:14] == b"\x08\x00"}
    got = (tmp_path / "got").read_bytes()
    assert hashlib.sha256(got).digest() == hashlib.sha256(content).digest(), f"{len(got)} bytes came"
    assert sources == {bytes(map(int, WAN_APPLIANCE.split(".")))}, sources


def test_expired_ttl_is_answered_by_the_router(router):
    answer = router.topology.lan.run("ping", "-n", "-c", 1, "-t", 1, "-W", 2, WAN_HOST, check=False).stdout
    assert f"From {LAN_GATEWAY}" in answer and "Time to live exceeded" in answer, answer


def test_errors_from_beyond_the_wan_reach_the_lan_host(router):
    """The WAN host answers for a closed UDP port: its ICMP error is translated back."""
    answer = router.topology.lan.run("nping", "--udp", "-p", 9999, "-c", 2, "--delay", "200ms", WAN_HOST).stdout
    assert re.search(r"RCVD .*ICMP \[203\.0\.113\.1 > 192\.168\.1\.10 Port.*unreachable", answer), answer


def test_unreachable_next_hop_is_reported(router):
    """Nobody at 203.0.113.99: the router asks by ARP, gives up and tells the sender."""
    answer = router.topology.lan.run("ping", "-n", "-c", 5, "-i", 1, "-W", 5, "203.0.113.99",
                                     timeout=20, check=False).stdout
    assert re.search(rf"From ({LAN_GATEWAY}|{WAN_APPLIANCE}) .*Destination Host Unreachable", answer), answer


def test_packets_leave_by_the_gateway(router):
    """An address that is nobody's neighbour goes to the gateway, which knows the host."""
    router.topology.wan.run("ip", "address", "add", f"{BEYOND}/32", "dev", "lo")
    try:
        answers = answered(router.topology.lan, BEYOND, 2)
    finally:
        router.topology.wan.run("ip", "address", "del", f"{BEYOND}/32", "dev", "lo")
    assert answers == 2
