"""What a death leaves behind, and what the host's tool makes of it."""

import json
import subprocess

import pytest

from tests.harness.appliance import Appliance
from tests.harness.paths import BUILD, ROOT

pytestmark = pytest.mark.machine()

TOOL_LIMIT_S = 60


def symbolise(document, build=BUILD / "test"):
    """What image/symbolise prints of the document, as pasted from a terminal."""
    done = subprocess.run([ROOT / "image" / "symbolise", "--build", build], capture_output=True, text=True,
                          input=f"bulkhead> show crashes json\n{document}\nbulkhead> ", timeout=TOOL_LIMIT_S,
                          check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def crash(router, name, how):
    """Makes the service fail; its crash record, once it lives again."""
    appliance = Appliance(router.console)
    generation = appliance.generations()[name]
    appliance.crash(name, how)
    appliance.wait_next_life(name, generation)
    document = router.console.json("show crashes 64")
    record = next(record for record in reversed(document["crashes"])
                  if record["service"] == name and record["generation"] == generation)
    return document | {"crashes": [record]}


def test_an_exception_is_recorded_with_all_there_is(router):
    document = crash(router, "firewall", "exception")
    record = document["crashes"][0]
    assert record["cause"] == "exception" and record["image"] == "firewall", record
    assert record["boot"] == document["boot"] and not record["earlier_boot"] and not record["kernel"], record
    assert int(record["registers"]["rip"], 16) >= 0x400000, record
    assert record["build_id"] == router.console.json("show version")["build_id"]
    text = router.console.look("show crashes 1")
    assert "exception" in text and record["registers"]["rip"][2:] in text, text


def test_the_tool_names_the_function_that_failed(router):
    document = crash(router, "firewall", "exception")
    text = symbolise(json.dumps(document, separators=(",", ":")))
    rip = next(line for line in text.splitlines() if line.startswith("  rip"))
    assert "service_crash at services/runtime/crash.c:" in text, text
    assert "services/runtime/crash.c:" in rip, text
    assert document["crashes"][0]["trace"][-1] in text.splitlines()[-1], text
    assert "warning" not in text, text


def test_the_tool_finds_the_way_to_a_panic(router):
    """A panic is a kernel call some functions deep: their names are on the stack."""
    document = crash(router, "echo", "panic")
    text = symbolise(json.dumps(document, separators=(",", ":")))
    assert document["crashes"][0]["trace"][-1] == "panic", document
    assert "service_panic at services/runtime/" in text, text
    assert "service_crash at services/runtime/crash.c:" in text, text


def test_the_tool_warns_of_another_build(router):
    document = crash(router, "firewall", "exception")
    document["crashes"][0]["build_id"] = "another"
    assert "warning: it is of build another" in symbolise(json.dumps(document, separators=(",", ":")))
    document["crashes"][0]["image"] = "nosuch"
    assert "warning: there is no" in symbolise(json.dumps(document, separators=(",", ":")))


def test_a_death_that_rs_decides_is_recorded_too(router):
    record = crash(router, "echo", "hang")["crashes"][0]
    assert record["cause"] == "heartbeat", record
