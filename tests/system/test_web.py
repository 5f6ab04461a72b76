"""The web console's server: what a browser meets, and what others may not do to it."""

import gzip

import pytest

from tests.harness.appliance import Appliance
from tests.harness.web import HTTP_PORT, PASSWORD, WebClient

pytestmark = pytest.mark.limit(240)


@pytest.fixture
def client(router):
    made = WebClient(router.topology.lan)
    yield made
    made.close()


@pytest.fixture
def owner(client):
    assert client.log_in().status == 200
    return client


def test_first_visit_sets_the_password_and_then_nobody_can(client):
    first = client.wait_ready().json
    if first["first_visit"]:
        assert client.post("/api/v1/setup", {"password": "short"}).status == 422
        assert client.post("/api/v1/setup", {"password": PASSWORD}).status == 200
    assert client.get("/api/v1/session").json["first_visit"] is False
    assert client.post("/api/v1/setup", {"password": "another password"}).status == 409


def test_overview(owner):
    answer = owner.get("/api/v1/overview")
    assert answer.status == 200, answer
    assert {port["name"] for port in answer.json["ports"]} == {"port0", "port1"}, answer.body
