"""Who trusts the appliance's authority once has no warnings from then on, whatever becomes of the rest."""

import copy
import json
import ssl
import subprocess
import time

import pytest

from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.settings import CONFIGURATION
from tests.harness.sntp import TimeServer
from tests.harness.topology import LAN_GATEWAY, WAN_HOST
from tests.harness.waiting import wait_until
from tests.harness.web import WebClient, trusting

pytestmark = pytest.mark.limit(240)

DAY_S = 86400
LONGEST_S = 398 * DAY_S  # what browsers accept
TYPES = {"/authority.crt": "application/x-x509-ca-cert", "/authority.crl": "application/pkix-crl"}
OTHER_NETWORK, OTHER_GATEWAY, OTHER_HOST = "10.7.0.1/24", "10.7.0.1", "10.7.0.10/24"
BATTERY_S = 1803859190  # 2027-02-28T23:59:50
NEVER_S = 1735689600  # 2025-01-01, from when what holds for ever does
LATER_S = BATTERY_S + 400 * DAY_S
RENEWED_S = 60
NEAR_S = 120


@pytest.fixture
def client(router):
    made = WebClient(router.topology.lan)
    made.wait_ready()
    yield made
    made.close()


@pytest.fixture
def start(boot):
    """Boots a machine of its own for the test; gives it and a client, whom it answers."""
    def started(spec):
        machine = boot(spec)
        machine.console.wait_ready()
        client = WebClient(machine.topology.lan)
        client.wait_ready()
        return machine, client
    return started


def commit(machine, path, value):
    assert "set in the candidate" in machine.console.run(f"config set {path} {value}")
    assert "in force" in machine.console.run("config commit")


def authority_of(client):
    answer = client.get("/authority.crt")
    assert (answer.status, answer.headers["content-type"]) == (200, TYPES["/authority.crt"]), answer
    return answer.body


def checked(client, authority, name):
    """The certificate's contents, if whoever trusts the authority accepts it as that of `name`."""
    with trusting(authority).wrap_socket(client.raw(), server_hostname=name) as connection:
        return connection.getpeercert()


def openssl(*words, data=None):
    done = subprocess.run(["openssl", *map(str, words)], input=data, check=False, timeout=30,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()


def dates(certificate):
    """From when until when it holds."""
    _, said = openssl("x509", "-inform", "DER", "-noout", "-startdate", "-enddate", data=certificate)
    return [ssl.cert_time_to_seconds(line.split("=")[1]) for line in said.splitlines()]


def test_it_is_accepted_by_address_and_names_and_no_others(client):
    name, authority = client.get("/api/v1/session").json["hostname"], authority_of(client)
    for host in (LAN_GATEWAY, f"{name}.lan", name):
        assert checked(client, authority, host)
    for host in ("192.168.1.2", "other.lan", f"{name}.example"):
        with pytest.raises(ssl.SSLCertVerificationError):
            checked(client, authority, host)


def test_it_holds_now_and_no_longer_than_browsers_accept(client):
    first_s, last_s = dates(client.certificate())
    assert first_s < time.time() < last_s and last_s - first_s < LONGEST_S, (first_s, last_s)
    assert last_s - time.time() > 30 * DAY_S, "it should have been renewed"


def test_openssl_verifies_the_chain_with_the_crl(client, tmp_path):
    files = {name: tmp_path / name for name in ("authority", "crl", "certificate")}
    for name, kind, der in (("authority", "CERTIFICATE", authority_of(client)),
                            ("certificate", "CERTIFICATE", client.certificate()),
                            ("crl", "X509 CRL", client.get("/authority.crl").body)):
        pem = ssl.DER_cert_to_PEM_cert(der).replace("CERTIFICATE-", f"{kind}-")
        files[name].write_text(pem, encoding="ascii")
    words = ("verify", "-x509_strict", "-purpose", "sslserver", "-verify_ip", LAN_GATEWAY, "-CAfile", files["authority"])
    code, said = openssl(*words, "-crl_check", "-CRLfile", files["crl"], files["certificate"])
    assert code == 0 and ": OK" in said, said
    code, said = openssl(*words, "-crl_check", files["certificate"])
    assert code != 0 and "unable to get certificate CRL" in said, said
    _, said = openssl("x509", "-noout", "-text", "-in", files["certificate"])
    assert f"URI:http://{LAN_GATEWAY}/authority.crl" in said, said
    _, said = openssl("x509", "-noout", "-text", "-in", files["authority"])
    for words in ("X509v3 Name Constraints: critical", "IP:192.168.0.0/255.255.0.0", "CA:TRUE, pathlen:0"):
        assert words in said, said


def test_port_80_gives_what_is_signed_and_nothing_else(client):
    for path, kind in TYPES.items():
        plain = client.in_the_clear(path)
        assert (plain.status, plain.headers["content-type"]) == (200, kind), plain
        assert plain.body == client.get(path).body
    for path in ("/", "/authority", "/authority.crt/x", "/console.js", "/api/v1/session", "/metrics"):
        answer = client.in_the_clear(path)
        assert answer.status == 308 and answer.body == b"", (path, answer)


def test_the_fingerprint_is_shown_to_the_owner(client):
    assert client.log_in().status == 200
    shown = client.get("/api/v1/overview").json["authority"]
    _, said = openssl("x509", "-inform", "DER", "-noout", "-fingerprint", "-sha256", "-subject", data=authority_of(client))
    assert f"={shown['sha256']}" in said and shown["name"] in said, (shown, said)


def test_it_outlives_webd(router, client):
    before = client.certificate(), authority_of(client)
    Appliance(router.console).crash_and_wait("webd")
    client.close()
    client.wait_ready()
    assert (client.certificate(), authority_of(client)) == before


def test_another_address_has_another_certificate_of_the_same_authority(start):
    machine, client = start(Spec())
    authority = authority_of(client)
    machine.topology.lan.run("ip", "address", "add", OTHER_HOST, "dev", "eth0")
    commit(machine, "/lan", '{"address":"%s"}' % OTHER_NETWORK)
    moved = WebClient(machine.topology.lan, gateway=OTHER_GATEWAY)
    moved.wait_ready()
    assert checked(moved, authority, OTHER_GATEWAY) and authority_of(moved) == authority
    with pytest.raises(ssl.SSLCertVerificationError):
        checked(moved, authority, LAN_GATEWAY)
    assert moved.in_the_clear("/authority.crl").status == 200


def test_another_name_has_another_authority(start):
    machine, client = start(Spec())
    before = authority_of(client)

    def after():
        try:
            return (found := authority_of(client)) != before and found
        except OSError:
            client.close()
            return None
    commit(machine, "/hostname", "gate")
    authority = wait_until(after, RENEWED_S, "another authority")
    for host in ("gate.lan", "gate", LAN_GATEWAY):
        assert checked(client, authority, host)


@pytest.mark.parametrize("battery, from_s", [("2027-02-28T23:59:50", BATTERY_S - DAY_S), ("2001-01-01T00:00:00", NEVER_S)])
def test_it_follows_the_clock(start, battery, from_s):
    """Made by the battery clock, and again when a time server says that this is more than a year behind, or wrong."""
    document = copy.deepcopy(CONFIGURATION) | {"time": {"servers": [WAN_HOST]}}
    machine, client = start(Spec(config=json.dumps(document), devices=("-rtc", f"base={battery},clock=vm")))
    life = Appliance(machine.console).generations()["webd"]
    first, authority = client.certificate(), authority_of(client)
    assert abs(dates(first)[0] - from_s) < NEAR_S, dates(first)

    def renewed():
        try:
            return (found := client.certificate()) != first and found
        except OSError:
            return None
    with TimeServer(machine.topology.wan, WAN_HOST, LATER_S):
        second = wait_until(renewed, RENEWED_S, "another certificate", lambda: machine.console.look("show clock"))
    first_s, last_s = dates(second)
    assert abs(first_s - (LATER_S - DAY_S)) < NEAR_S and last_s - first_s < LONGEST_S, (first_s, last_s)
    client.close()
    assert authority_of(client) == authority
    assert Appliance(machine.console).generations()["webd"] == life
