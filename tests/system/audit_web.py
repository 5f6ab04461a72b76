"""The web console under others' tools: testssl.sh and slowhttptest. Longer than the tests; `make web-audit`.

What they said goes to build/test-artifacts/web-audit/.
"""

import json

import pytest

from tests.harness.paths import ARTIFACTS
from tests.harness.pinger import Pinger
from tests.harness.topology import LAN_GATEWAY, WAN_HOST
from tests.harness.web import WebClient

OUTPUT = ARTIFACTS / "web-audit"
HARMLESS = {"OK", "INFO", "LOW", "DEBUG"}
# What a certificate is that the appliance signs for itself, and what only a public one can have.
OF_ITS_OWN = {"cert_chain_of_trust", "cert_trust", "cert_crlDistributionPoints", "cert_ocspURL", "cert_revocation",
              "cert_caIssuers", "HSTS", "overall_grade", "grade_cap_reason_1", "grade_cap_reason_2",
              # Only the pages are compressed, and they are the same for everybody; no answer of the interface is.
              "BREACH", "cert_notAfter", "cert_extlifeSpan", "cert_validityPeriod"}
SLOW = {"slowloris": ["-H"], "slow body": ["-B"], "slow read": ["-X"]}


@pytest.mark.limit(1500)
def test_testssl_finds_nothing_above_low(router):
    OUTPUT.mkdir(parents=True, exist_ok=True)
    WebClient(router.topology.lan).wait_ready()
    report = OUTPUT / "testssl.json"
    report.unlink(missing_ok=True)
    done = router.topology.lan.run("testssl", "--quiet", "--color", "0", "--nodns", "none", "--warnings", "batch", "--jsonfile",
                                   report, f"https://{LAN_GATEWAY}/", timeout=1400, check=False)
    (OUTPUT / "testssl.txt").write_text(done.stdout)
    found = [line for line in json.loads(report.read_text())
             if line["severity"] not in HARMLESS and line["id"].split(" ")[0] not in OF_ITS_OWN]
    assert not found, found


@pytest.mark.limit(400)
@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_leave_it_usable(router, kind):
    OUTPUT.mkdir(parents=True, exist_ok=True)
    owner = WebClient(router.topology.lan)
    assert owner.log_in().status == 200
    attack = router.topology.lan.popen("slowhttptest", *SLOW[kind], "-c", "200", "-r", "20", "-l", "60", "-i", "5",
                                       "-u", f"https://{LAN_GATEWAY}/", stdout=open(OUTPUT / f"{kind}.txt", "w"))
    answered = 0
    with Pinger(router.topology.lan, WAN_HOST, 0.05) as pings:
        while attack.poll() is None:
            owner.close()
            answered += owner.get("/api/v1/overview").status == 200
            pings.wait_more(20)
    assert answered >= 10, answered
