"""The web console under others' tools: testssl.sh, slowhttptest, and 200 connections that say nothing.

testssl.sh trusts the appliance's authority, as an owner does, and may find nothing above LOW. While slow and
silent clients hold their connections, an owner at another address asks for the overview, by a new connection
each time, and a numbered stream is forwarded: each question is answered in time, and no frame is lost. webd
outlives all of it.
(At the slow clients' own address an owner is one of them: who has most connections has to give them up.)
What the tools printed stays in build/test-artifacts/fault-web-audit/.
"""

import json
import re
import ssl
import subprocess
import time
from collections import Counter
from contextlib import contextmanager

from tests.fault.bench_machine import booted, build_id
from tests.fault.figures import percentile, table
from tests.fault.record import Record
from tests.fault.stream import Stream
from tests.harness.topology import LAN_GATEWAY
from tests.harness.web import WebClient

URL = f"https://{LAN_GATEWAY}/"
OWNER = "192.168.1.11"
RATE = 1000
GAP_MAX_MS = 100
ANSWER_MAX_S = 5
HOLD_S = 30
CONNECTIONS = 200
SCAN_LIMIT_S = 1500
# testssl.sh tries each of its curves on the host "invalid."; there is no name server in these networks.
NAMELESS = "RES_OPTIONS=timeout:1 attempts:1"
SLOW_S, SLOW_LIMIT_S = 60, 120
SLOW = {"slow headers (slowloris)": ["-H"], "slow body": ["-B"], "slow read": ["-X"]}

HARMLESS = {"OK", "INFO", "LOW"}
EXCUSED = {"engine_problem": "of the tool's own OpenSSL"}
# RFC 6797, 8.1 and 8.4: by address it would be ignored, by name it would forbid to go on without the authority.
KNOWN = {"HSTS": "after a reset the appliance has a new authority: who trusted the old one would be locked out"}


def run(options):
    record = Record("The web console under testssl.sh and slow clients", options.command("web-audit"))
    with booted("web-audit") as (machine, appliance), Stream(machine.topology) as stream:
        record.build_id = build_id(machine)
        machine.topology.lan.run("ip", "address", "add", f"{OWNER}/24", "dev", "eth0")
        owner = WebClient(machine.topology.lan, address=OWNER)
        assert owner.log_in().status == 200
        life = appliance.generations()["webd"]
        record.lines += [f"testssl.sh {version('testssl', '--version')}, slowhttptest {version('slowhttptest', '-h')}, "
                         f"{CONNECTIONS} connections each.", ""]
        tls_report(record, machine)
        slow_report(record, machine, owner, stream)
        if appliance.generations()["webd"] != life:
            record.failures.append("webd died")
    return record


def version(program, option):
    said = subprocess.run([program, option], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                          stdin=subprocess.DEVNULL, check=False).stdout
    found = re.search(r"(?:testssl|version)\D{1,20}(\d+\.\d+\.\d+)", said)
    return found[1] if found else "of an unknown version"


# --- testssl.sh -------------------------------------------------------------------------


def authority_file(machine):
    """The authority's certificate, as an owner fetches it once."""
    client, path = WebClient(machine.topology.lan), machine.directory / "authority.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(client.get("/authority.crt").body), encoding="ascii")
    client.close()
    return path


def scan(machine):
    """Its findings; fails if it did not come to its end."""
    authority = authority_file(machine)
    report, printed = machine.directory / "testssl.json", machine.directory / "testssl.txt"
    with open(printed, "w", encoding="utf-8") as out:
        done = machine.topology.lan.popen("env", NAMELESS, "timeout", "-k", 10, SCAN_LIMIT_S, "testssl", "--quiet",
                                          "--color", 0, "--nodns", "none", "--warnings", "batch", "--add-ca", authority,
                                          "--jsonfile", report, URL, stdin=subprocess.DEVNULL, stdout=out,
                                          stderr=out).wait(SCAN_LIMIT_S + 30)
    findings = json.loads(report.read_text(encoding="utf-8"))
    ends = [line for line in findings if line["id"] == "scanTime" and line["severity"] == "INFO"]
    assert ends, f"testssl ended with {done}, before its end: {printed.read_text(encoding='utf-8')[-2000:]}"
    assert any(line["id"] == "service" and line["finding"] == "HTTP" for line in findings), "testssl saw no HTTP"
    return findings


def tls_report(record, machine):
    begun = time.monotonic()
    findings = scan(machine)
    counts = Counter(line["severity"] for line in findings)
    record.lines += [f"testssl.sh took {time.monotonic() - begun:.0f} s: "
                     + ", ".join(f"{count} {severity}" for severity, count in sorted(counts.items()))
                     + ". What is not OK or INFO:", ""]
    rows = []
    for line in findings:
        if line["severity"] in ("OK", "INFO"):
            continue
        excuse = EXCUSED.get(line["id"].split(" ")[0])
        why = excuse or KNOWN.get(line["id"], "none")
        rows.append((line["id"], line["severity"], line["finding"].replace("|", "/"), why))
        if excuse is None and line["severity"] not in HARMLESS:
            record.failures.append(f"testssl.sh: {line['id']} is {line['severity']}")
    record.lines += [*table(("finding", "severity", "what it says", "why it stays"), rows), ""]


# --- Slow clients -----------------------------------------------------------------------


def slow_report(record, machine, owner, stream):
    stream.rate(RATE)
    rows = [beside("nobody", record, owner, stream, lasting(HOLD_S))]
    with silent_clients(WebClient(machine.topology.lan)):
        rows.append(beside("silent from the start", record, owner, stream, lasting(HOLD_S)))
    for what, words in SLOW.items():
        with slow_clients(machine, record, what, words) as goes_on:
            rows.append(beside(what, record, owner, stream, goes_on))
    record.lines += [f"An owner's questions while they hold on, by a connection each, and {RATE} numbered frames a second "
                     "through the router:", ""]
    record.lines += table(("clients", "they held on s", "questions", "answered", "p50 s", "longest s", "frames lost",
                           "longest gap ms"), rows)


def lasting(seconds):
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end


@contextmanager
def silent_clients(client):
    held = [client.raw() for _ in range(CONNECTIONS)]
    yield
    for connection in held:
        connection.close()


@contextmanager
def slow_clients(machine, record, what, words):
    """Gives a function that says whether they go on: until their time is up, or webd has ended them all."""
    said = machine.directory / f"slowhttptest {what}.txt"
    with open(said, "w", encoding="utf-8") as out:
        tool = machine.topology.lan.popen("timeout", "-k", 10, SLOW_LIMIT_S, "slowhttptest", *words, "-c", CONNECTIONS, "-r", 20,
                                          "-l", SLOW_S, "-i", 5, "-u", URL, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            yield lambda: tool.poll() is None
        finally:
            tool.kill()
            tool.wait(10)
    if not re.search("No open connections left|Hit test time limit", said.read_text(encoding="utf-8")):
        record.failures.append(f"{what}: slowhttptest did not come to its end")


def beside(what, record, owner, stream, goes_on):
    """A row: what the owner and the stream notice while `goes_on` says so."""
    answers, begun = [], time.monotonic()
    stream.window()
    while goes_on():
        answers.append(ask(owner))
    window, seconds = stream.window(), time.monotonic() - begun
    times = [taken for taken in answers if taken is not None]
    longest = max(times, default=float("inf"))
    if len(times) < len(answers) or longest > ANSWER_MAX_S:
        record.failures.append(f"{what}: {len(answers) - len(times)} of {len(answers)} questions unanswered, "
                               f"the longest took {longest:.1f} s")
    if window.lost or window.gap_ms > GAP_MAX_MS:
        record.failures.append(f"{what}: {window.lost} frames lost, a gap of {window.gap_ms:.0f} ms")
    median = percentile(times, 50) if times else ""
    return what, round(seconds), len(answers), len(times), median, longest, window.lost, window.gap_ms


def ask(owner):
    """Seconds to a right answer by a new connection; None: there was none."""
    owner.close()
    begun = time.monotonic()
    try:
        answered = owner.get("/api/v1/overview").status == 200
    except OSError:
        return None
    return time.monotonic() - begun if answered else None
