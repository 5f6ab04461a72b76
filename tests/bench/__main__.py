"""Bulkhead beside a Linux router in the same QEMU: python3 -m tests.bench [--rounds N] [--nics A,B]

The routers take turns, round by round, so that all see the same host. The result
goes to tests/bench/RESULTS.md.
"""

import argparse
import statistics
import sys
import time

from tests.bench.measures import MEASURES
from tests.bench.routers import BULKHEAD, KINDS, LINUX, LINUX_FAST, Router
from tests.fault import host
from tests.fault.bench_machine import build_id
from tests.fault.figures import table
from tests.harness.paths import ROOT

RESULTS = ROOT / "tests" / "bench" / "RESULTS.md"


def parsed():
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nics", type=lambda text: tuple(text.split(",")), default=("rtl8139", "rtl8139"))
    parser.add_argument("--only", default="", help="measures whose name contains this")
    parser.add_argument("--dry", action="store_true", help="print only, leave RESULTS.md alone")
    return parser.parse_args()


def round_taken(kind, nics, measures):
    """{measure: figure} of one boot with the counter and one without."""
    found = {}
    for counts in (False, True):
        wanted = [measure for measure in measures if measure.counts == counts]
        if not wanted:
            continue
        with Router(kind, nics, count=counts) as router:
            if kind is BULKHEAD:
                found["build"] = build_id(router.machine)
            if not counts:
                found["ready"] = router.ready_s
            for measure in wanted:
                found[measure] = measure.take(router)
                print(f"{kind.name}: {measure.name}: {found[measure]:.1f} {measure.unit}", flush=True)
    return found


def row(measure, rounds):
    """One line: Bulkhead's median and spread, and each Linux with the ratio to it."""
    ours = [found[measure] for found in rounds[BULKHEAD]]
    cells = [measure.name + (f", {measure.unit}" if measure.unit else ""), _spread(ours)]
    for kind in (LINUX, LINUX_FAST):
        theirs = [found[measure] for found in rounds[kind]]
        cells += [_spread(theirs), f"{statistics.median(ours) / statistics.median(theirs):.2f}"]
    return cells


def _spread(values):
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def report(options, rounds, before):
    """The entry of RESULTS.md."""
    head = ["", "Bulkhead", LINUX.name, "ratio", LINUX_FAST.name, "ratio"]
    measures = [measure for measure in rounds[BULKHEAD][0] if not isinstance(measure, str)]
    return "\n".join([f"## {' and '.join(options.nics)}, {options.rounds} rounds", "",
                      f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, commit {rounds[BULKHEAD][0]['build']}. "
                      f"{before}.", "", "Medians, and the smallest to the largest of the rounds; a ratio is "
                      "Bulkhead's median over Linux's.", "",
                      *table(head, [row(measure, rounds) for measure in measures]), ""])


def main():
    options = parsed()
    before = host.described()
    measures = [measure for measure in MEASURES if options.only in measure.name]
    rounds = {kind: [] for kind in KINDS}
    for _ in range(options.rounds):
        for kind in KINDS:
            rounds[kind].append(round_taken(kind, options.nics, measures))
    text = report(options, rounds, before)
    print(text)
    if not options.dry:
        with open(RESULTS, "a", encoding="utf-8") as file:
            file.write("\n" + text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
