"""The web console's server: what a browser meets, and what others may not do to it."""

import contextlib
import gzip
import json
import socket
import ssl
import time

import pytest

from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.pinger import Pinger
from tests.harness.topology import LAN_GATEWAY, WAN_APPLIANCE, WAN_HOST
from tests.harness.waiting import wait_until
from tests.harness.web import HTTP_PORT, HTTPS_PORT, PASSWORD, WebClient, context

pytestmark = pytest.mark.limit(240)

IDLE_CONNECTIONS = 200
HANDSHAKES = 40
PORT_AGAIN = 20443  # none that a system gives away
REQUEST_LIMIT_S = 10
MIB = 1024 * 1024


@pytest.fixture
def client(router):
    made = WebClient(router.topology.lan)
    yield made
    made.close()


@pytest.fixture
def owner(client):
    assert client.log_in().status == 200
    return client


@pytest.fixture
def same_life(router):
    """webd has to outlive the test."""
    appliance = Appliance(router.console)
    before = appliance.generations()["webd"]
    yield
    after = appliance.service("webd")
    assert after["generation"] == before, after


def exchange_raw(client, data):
    """What comes back for these bytes, to the end of the connection or until it is silent."""
    with client.tls() as connection:
        connection.settimeout(REQUEST_LIMIT_S + 5)
        got = b""
        try:
            connection.sendall(data)
            while piece := connection.recv(4096):
                got += piece
                if b"\r\n\r\n" in got:
                    break
        except (ssl.SSLError, ConnectionError):
            pass
        return got


@contextlib.contextmanager
def explained(router):
    """Says what the appliance knows if a client waits in vain; the capture is kept as of any failure."""
    try:
        yield
    except TimeoutError as error:
        appliance = Appliance(router.console)
        seen = (appliance.service("webd"), appliance.drops(), appliance.connections(), appliance.log_text())
        raise AssertionError("\n".join(map(str, seen))) from error


def status_of(raw):
    return int(raw.split(b" ", 2)[1]) if raw.startswith(b"HTTP/1.1 ") else None


# --- What a browser meets ---------------------------------------------------------------


def test_first_visit_sets_the_password_and_then_nobody_can(client, same_life):
    first = client.wait_ready().json
    if first["first_visit"]:
        assert client.post("/api/v1/setup", {"password": "short"}).status == 422
        assert client.post("/api/v1/setup", {"password": PASSWORD}).status == 200
    assert client.get("/api/v1/session").json["first_visit"] is False
    assert client.post("/api/v1/setup", {"password": "another password"}).status == 409


def test_the_page_comes_as_it_is_and_is_asked_for_once(client):
    client.wait_ready()
    page = client.get("/")
    assert page.status == 200 and b"<title>Bulkhead" in page.body and "content-encoding" not in page.headers
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert client.request("GET", "/network", If_None_Match=page.headers["etag"]).status == 304
    script = client.get("/console.js")
    assert (script.headers["content-encoding"], script.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert len(gzip.decompress(script.body)) > len(script.body)


def test_http_leads_to_https(client):
    client.wait_ready()
    answer = client.in_the_clear("/x")
    assert (answer.status, answer.headers["location"]) == (308, f"https://{LAN_GATEWAY}/"), answer


@pytest.mark.parametrize("path, kind", [("overview", dict), ("ports", list), ("services", list), ("crashes", list),
                                        ("leases", list), ("connections?limit=5", list), ("firewall", dict),
                                        ("alerts", list), ("logs?limit=20&level=info", list)])
def test_every_noun_is_shown(owner, path, kind):
    answer = owner.get(f"/api/v1/{path}")
    assert answer.status == 200 and isinstance(answer.json, kind), answer


def test_events_come_as_they_happen(router, owner):
    with owner.tls() as connection:
        connection.settimeout(15)
        connection.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nCookie: {owner.cookie}\r\n\r\n".encode())
        stream = connection.makefile("rb")
        events, told = {}, 0
        while not {"ports", "overview", "services", "log"} <= events.keys() or told < 2:
            line = stream.readline().decode().rstrip()
            if line.startswith("event: "):
                name = line[7:]
                events[name] = json.loads(stream.readline().decode()[6:])
                told += name == "services"
                if name == "services" and told == 1:
                    Appliance(router.console).restart("echo")
        assert events["ports"]["ports"] and events["overview"]["services"]["running"] > 5


def test_a_service_is_crashed_and_comes_back(router, owner):
    before = {row["name"]: row for row in owner.get("/api/v1/services").json}["echo"]
    assert owner.post("/api/v1/services/echo/crash").status == 202

    def reborn():
        row = {row["name"]: row for row in owner.get("/api/v1/services").json}["echo"]
        return row["state"] == "running" and row["generation"] > before["generation"]
    wait_until(reborn, 10, "echo to come back")
    crash = owner.get("/api/v1/crashes").json[0]
    assert (crash["service"], crash["cause"], crash["text"]) == ("echo", "exception", "invalid opcode"), crash
    assert owner.get(f"/api/v1/crashes/{crash['n']}").json["registers"]["rip"].startswith("0x")


def test_secrets_are_never_read_and_outlive_an_import(router, owner, same_life):
    token, other = "token-of-the-test-1", "token-of-the-test-2"
    kept = owner.get("/api/v1/config").json

    def asked(method, path, body):
        """503 says that config was slow, and to ask again: what was done meanwhile is done once."""
        answer = wait_until(lambda: (got := owner.request(method, f"/api/v1/config/{path}", body)).status != 503 and got,
                            10, "config to answer")
        assert answer.status == 200, answer
        return answer

    def put(document, commit=True):
        answer = asked("PUT", "candidate", document)
        if commit:
            asked("POST", "commit", {"comment": "secrets"})
        return answer.json["differences"]

    def metrics(word):
        return owner.request("GET", "/metrics", Authorization=f"Bearer {word}", Cookie="a=b").status

    def assert_hidden():
        serial = owner.get("/api/v1/config/history").json[0]["serial"]
        for path in ("", "/candidate", "/candidate/differences", "/history", f"/history/{serial}"):
            body = owner.get(f"/api/v1/config{path}").body
            assert token.encode() not in body and other.encode() not in body, (path, body)
        for command in ("config show", "config show candidate", "config compare", "config show /web"):
            assert "token-of-the-test" not in router.console.run(command), command

    put(kept | {"web": {"metrics_token": token}})
    assert_hidden()
    wait_until(lambda: metrics(token) == 200, 10, "the token to be in force")
    exported = owner.get("/api/v1/config").json
    assert exported["web"]["metrics_token"] == "********"
    put(exported | {"time": {"zone": "CET"}})
    assert metrics(token) == 200
    # a new one that waits in the candidate is seen to be one, and outlives the candidate's next edit
    changed = {"path": "/web/metrics_token", "before": "********", "after": "********"}
    assert changed in put(exported | {"web": {"metrics_token": other}}, commit=False)
    assert_hidden()
    put(owner.get("/api/v1/config/candidate").json | {"time": {"zone": "EET"}})
    wait_until(lambda: (metrics(token), metrics(other)) == (401, 200), 10, "the other token to be in force")
    put(kept)


# --- What nobody may do --------------------------------------------------------------------


def test_nothing_without_a_session(client):
    client.wait_ready()
    for path in ("overview", "services", "connections", "events"):
        assert client.get(f"/api/v1/{path}").status == 401
    assert client.get("/metrics").status == 401


def test_a_change_needs_the_token_and_our_own_page(router, owner):
    before = Appliance(router.console).generations()["echo"]
    assert owner.post("/api/v1/services/echo/restart", X_CSRF_Token="0" * 32).status == 403
    assert owner.post("/api/v1/services/echo/restart", Origin="https://evil.example").status == 403
    assert Appliance(router.console).generations()["echo"] == before


def test_a_wrong_password_and_then_many(boot):
    router = boot(Spec())
    router.console.wait_ready()
    client = WebClient(router.topology.lan)
    client.log_in()
    other = WebClient(router.topology.lan)
    wrong = {"user": "admin", "password": "not the password"}
    assert [other.post("/api/v1/session", wrong).status for _ in range(4)] == [401, 401, 401, 429]
    late = other.post("/api/v1/session", {"user": "admin", "password": PASSWORD})
    assert late.status == 429 and int(late.headers["retry-after"]) >= 1, late
    assert client.get("/api/v1/overview").status == 200


def test_a_new_password_ends_what_the_old_one_began(boot):
    router = boot(Spec())
    router.console.wait_ready()
    client, other = WebClient(router.topology.lan), WebClient(router.topology.lan)
    assert client.log_in().status == 200 and other.log_in().status == 200
    change = {"old": PASSWORD, "new": "staple of another colour"}
    assert client.post("/api/v1/password", change, X_CSRF_Token="0" * 32).status == 403
    wrong = client.post("/api/v1/password", {**change, "old": "not the password"})
    assert (wrong.status, wrong.json["path"]) == (422, "/old"), wrong
    assert other.get("/api/v1/overview").status == 200
    answer = client.post("/api/v1/password", change)
    assert answer.status == 200, answer
    assert client.get("/api/v1/overview").status == other.get("/api/v1/overview").status == 401
    client.cookie, client.csrf = answer.headers["set-cookie"].split(";")[0], answer.json["csrf"]
    assert client.get("/api/v1/overview").status == 200
    appliance = Appliance(router.console)
    appliance.crash_and_wait("webd")
    fresh = WebClient(router.topology.lan)
    assert fresh.log_in(change["new"]).status == 200
    assert fresh.post("/api/v1/session", {"user": "admin", "password": PASSWORD}).status == 401


def test_a_session_that_ended_is_of_no_use(owner):
    cookie = owner.cookie
    assert owner.request("DELETE", "/api/v1/session").status == 204
    owner.cookie = cookie
    assert owner.get("/api/v1/overview").status == 401


@pytest.mark.parametrize("target", ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/a/..%2f..%2fb.js",
                                    "//evil.example/", "/%00", "/\\\\a"])
def test_there_is_no_way_up(client, target):
    client.wait_ready()
    got = exchange_raw(client, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert status_of(got) in (400, 404), got


def test_what_is_too_large_is_refused(owner, same_life):
    assert owner.request("PUT", "/api/v1/config/candidate", b"x" * 70000,
                         Content_Type="application/json").status == 413
    assert status_of(exchange_raw(owner, b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n")) == 431
    assert status_of(exchange_raw(owner, b"GET /" + b"a" * 1000 + b" HTTP/1.1\r\n\r\n")) == 414
    assert status_of(exchange_raw(owner, b"POST /api/v1/session HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")) == 501


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"user":1,"password":2}', b'{"user":"admin"}', b"\xff\xfe"])
def test_wrong_types_are_refused(owner, body):
    answer = owner.request("POST", "/api/v1/session", body, Content_Type="application/json")
    assert answer.status in (400, 429), answer
    assert answer.headers["content-type"] == "application/problem+json"


def test_noise_is_no_handshake(client, same_life):
    client.wait_ready()
    for noise in (b"GET / HTTP/1.1\r\n\r\n", bytes(range(256)), b"\x16\x03\x01\xff\xff" + b"\0" * 600, b""):
        with client.raw(HTTPS_PORT) as connection:
            connection.sendall(noise)
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(15)
            try:
                while connection.recv(4096):
                    pass
            except ConnectionError:
                pass
    assert client.get("/api/v1/session").status == 200


def test_old_versions_are_not_spoken(client):
    client.wait_ready()
    old = context()
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        old.wrap_socket(client.raw(), server_hostname="router.lan")
    with client.tls(ssl.TLSVersion.TLSv1_2) as connection:
        assert connection.version() == "TLSv1.2"


def test_from_the_wan_there_is_nothing(router):
    router.topology.wan.run("ip", "route", "replace", f"{LAN_GATEWAY}/32", "via", WAN_APPLIANCE, check=False)
    for address in (WAN_APPLIANCE, LAN_GATEWAY):
        with router.topology.wan.entered(), pytest.raises(OSError):
            socket.create_connection((address, HTTPS_PORT), 2)


# --- Under load -------------------------------------------------------------------------------


def test_a_slow_client_is_told_in_time(client, same_life):
    client.wait_ready()
    with client.tls() as connection:
        connection.settimeout(REQUEST_LIMIT_S * 3)
        begun = time.monotonic()
        connection.sendall(b"GET / HTTP/1.1\r\nX-A: ")
        got = connection.recv(4096)
        assert status_of(got) == 408, got
        assert REQUEST_LIMIT_S - 2 < time.monotonic() - begun < REQUEST_LIMIT_S * 2


def test_idle_connections_leave_it_usable(router, owner, same_life):
    idle = []
    with Pinger(router.topology.lan, WAN_HOST, 0.02) as pings:
        pings.wait_more(10)
        for number in range(IDLE_CONNECTIONS):
            idle.append(owner.raw())
            if number % 20 == 0:
                owner.close()
                assert owner.get("/api/v1/overview").status == 200
        owner.close()
        assert owner.get("/api/v1/overview").status == 200
        pings.wait_more(10)
    for connection in idle:
        connection.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_handshakes_do_not_stop_its_heart(router, client, same_life, version):
    client.wait_ready()
    begun = time.monotonic()
    with explained(router):
        for _ in range(HANDSHAKES):
            client.tls(version).close()
    print(f"{version.name}: {(time.monotonic() - begun) / HANDSHAKES * 1000:.1f} ms a handshake")


def connected_from(client, port):
    """To port 80, from that port; None while the last connection from there is not quite over."""
    with client.namespace.entered(), contextlib.suppress(OSError):
        return socket.create_connection((LAN_GATEWAY, HTTP_PORT), REQUEST_LIMIT_S, ("", port))


def test_a_client_may_use_its_port_again_at_once(router, client, same_life):
    """webd ends first and so has the TIME-WAIT; of the connections of ours some met one that waited so."""
    client.wait_ready()
    for _ in range(3):
        connection = wait_until(lambda: connected_from(client, PORT_AGAIN), 5, "the port to be free",
                                Appliance(router.console).drops)
        with connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {LAN_GATEWAY}\r\nConnection: close\r\n\r\n".encode())
            assert status_of(b"".join(iter(lambda: connection.recv(4096), b""))) == 308


# --- Restart ------------------------------------------------------------------------------------


def test_a_session_outlives_webd(router, owner):
    appliance = Appliance(router.console)
    appliance.crash_and_wait("webd")
    owner.close()
    assert wait_until(lambda: answered(owner), 20, "webd to answer again").status == 200
    assert owner.get("/api/v1/session").json["user"] == "admin"


def answered(client):
    try:
        return client.get("/api/v1/overview")
    except OSError:
        client.close()
        return None


def test_webd_dies_in_the_middle_of_requests(router, owner):
    appliance = Appliance(router.console)
    for how in ("exception", "hang", "spin"):
        generation = appliance.generations()["webd"]
        with owner.tls() as connection:
            connection.sendall(b"GET /api/v1/overview HTTP/1.1\r\nHost: x\r\n")
            appliance.crash("webd", how)
            appliance.wait_next_life("webd", generation)
        owner.close()
        assert wait_until(lambda: answered(owner), 20, "webd to answer again").status == 200
