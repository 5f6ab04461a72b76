"""Bulkhead beside a Linux router in the same QEMU: python3 -m tests.bench [--rounds N] [--nics A,B]

The routers take turns, round by round, so that all see the same host. The result
goes to tests/bench/RESULTS.md, and a picture of it beside that.
"""

import argparse
import subprocess
import sys

from tests.bench import plot
from tests.bench.measures import MEASURES
from tests.bench.record import RESULTS, Record
from tests.bench.routers import BULKHEAD, KINDS, Router
from tests.bench.starts import Starts
from tests.fault import host
from tests.fault.bench_machine import build_id

FAILURES = (TimeoutError, RuntimeError, OSError, subprocess.SubprocessError)


def parsed():
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nics", type=lambda text: tuple(text.split(",")), default=("rtl8139", "rtl8139"))
    parser.add_argument("--only", type=lambda text: text.split(","), default=("",), help="if its name contains one")
    parser.add_argument("--without", type=lambda text: text.split(","), default=(), help="nor one of these")
    parser.add_argument("--dry", action="store_true", help="print only, leave RESULTS.md alone")
    return parser.parse_args()


def figure(kind, measure, subject):
    """What the measure says of its Router, or Starts; not a number if it could not be taken."""
    try:
        found = measure.take(subject)
    except FAILURES as error:
        print(f"{kind.name}: {measure.name}: {error}", flush=True)
        return float("nan")
    print(f"{kind.name}: {measure.name}: {found:.1f} {measure.unit}", flush=True)
    return found


def boot_taken(kind, nics, measures):
    """{measure: figure} of measures that want the same boot."""
    want = measures[0]
    try:
        with Router(kind, nics, count=want.counts, rules=want.rules, large=want.large) as router:
            found = {"build": build_id(router.machine)} if kind is BULKHEAD else {}
            return found | {measure: figure(kind, measure, router) for measure in measures}
    except FAILURES as error:
        print(f"{kind.name}: {error}", flush=True)
        return {measure: float("nan") for measure in measures}


def round_taken(kind, nics, measures):
    """{measure: figure}: a boot for all that want the same one."""
    found, boots, starts = {}, {}, Starts(kind, nics)
    for measure in measures:
        if measure.boots:
            found[measure] = figure(kind, measure, starts)
        else:
            boots.setdefault((measure.counts, measure.rules, measure.large), []).append(measure)
    for wanted in boots.values():
        found |= boot_taken(kind, nics, wanted)
    return found


def main():
    options = parsed()
    measures = [measure for measure in MEASURES if any(word in measure.name for word in options.only)
                and not any(word in measure.name for word in options.without)]
    record = Record(options.nics, " ".join(sys.argv[1:]), host.described())
    for number in range(options.rounds):
        for kind in KINDS:
            record.add(kind, round_taken(kind, options.nics, [each for each in measures if not (each.once and number)]))
        text = record.text(measures)
        print(text, flush=True)
    if not options.dry:
        with open(RESULTS, "a", encoding="utf-8") as file:
            file.write("\n" + text)
        plot.draw(record, measures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
