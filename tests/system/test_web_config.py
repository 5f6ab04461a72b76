"""The configuration in the web console, while the service that has it dies again and again."""

import pytest

from tests.harness.appliance import Appliance
from tests.harness.machine import Spec
from tests.harness.web import WebClient

pytestmark = pytest.mark.limit(240)

COMMITS = 6
API = "/api/v1/config"
RULE = {"action": "deny", "from": "lan", "to": "wan", "protocol": "tcp"}


@pytest.fixture
def owner(boot):
    machine = boot(Spec())
    machine.console.wait_ready()
    client = WebClient(machine.topology.lan)
    assert client.log_in().status == 200
    client.appliance = Appliance(machine.console)
    return client


def test_who_asks_for_it_does_not_hear_that_config_has_died(owner):
    """Not even when it rests for a while between two lives."""
    for path in ("", "/status", "/history", "/candidate", "/schema") * 2:
        owner.appliance.crash("config")
        answer = owner.get(API + path)
        assert answer.status in (200, 204), (path, answer)


def test_what_is_committed_while_it_dies_is_committed_once(owner):
    document = owner.get(API).json
    serial = owner.get(f"{API}/status").json["serial"]
    rules = document.get("rules", [])
    for number in range(COMMITS):
        document["rules"] = [*rules, {**RULE, "destination_port": 4000 + number}]
        owner.appliance.crash("config")
        answer = owner.request("PUT", f"{API}/candidate", document)
        assert answer.status == 200, answer
        owner.appliance.crash("config")
        answer = owner.post(f"{API}/commit", {"comment": f"number {number}"})
        assert answer.status == 200 and answer.json["serial"] == serial + number + 1, answer
    assert owner.get(API).json["rules"] == document["rules"]
    history = [entry["comment"] for entry in owner.get(f"{API}/history").json]
    assert history[:COMMITS] == [f"number {number}" for number in reversed(range(COMMITS))], history
