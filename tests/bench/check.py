"""Guest instructions against those of reference.toml: python3 -m tests.bench.check [--update]

Whatever costs more than ALLOWED of its reference fails. So do forwarding figures
that differ by more than FLAT among themselves, if they differ in nothing but how
many flows or rules there are. --update writes the figures found into the file,
for a change that is worth its cost.
"""

import argparse
import re
import sys
import tempfile
import tomllib
from pathlib import Path

from tests.bench import costs, forwarding, live_flows
from tests.fault.figures import table
from tests.harness.paths import ARTIFACTS, BUILD, ROOT

ISO = BUILD / "bulkhead.iso"
REFERENCE = ROOT / "tests" / "bench" / "reference.toml"
ALLOWED = 1.05
FLAT = 1.10
SCALE = re.compile(r"(.*?)\d+( flows| rules)$")
BOOTS = (("rtl8139", 0), ("rtl8139", 10), ("rtl8139", 1000), ("rtl8139", 10_000), ("ne2k_pci", 0))  # cards and rules
HEAD = """# Guest instructions, as `make bench-check UPDATE=1` found them; `make bench-check`
# fails when one costs more than 5 % above these. README.md says what each is.
"""


def parsed():
    parser = argparse.ArgumentParser(prog="tests.bench.check", description=__doc__.split("\n")[0])
    parser.add_argument("--update", action="store_true", help="write the figures into reference.toml")
    return parser.parse_args()


def measured():
    """{section: {what: instructions}}, as in the file."""
    with tempfile.TemporaryDirectory() as directory:
        found = {"operations": costs.taken(Path(directory), ISO), "forwarding": {}}
        large = costs.rebundled(Path(directory) / "large.iso", ISO, "large")
        found["forwarding"] |= live_flows.taken(ARTIFACTS / "bench-check-flows", large)
    for nic, rules in BOOTS:
        found["forwarding"] |= forwarding.taken(ARTIFACTS / f"bench-check-{nic}-{rules}", ISO, nic, rules)
    return found


def reference():
    """As stored; empty if there is none yet."""
    return tomllib.loads(REFERENCE.read_text()) if REFERENCE.exists() else {}


def store(found):
    lines = [HEAD.rstrip("\n")]
    for section, figures in found.items():
        lines += ["", f"[{section}]", *(f'"{what}" = {count}' for what, count in figures.items())]
    REFERENCE.write_text("\n".join(lines) + "\n")


def judged(found, stored):
    """A row of each figure, and the names of those that fail: worse, new, or no longer measured."""
    rows, failed = [], []
    for section in found | stored:
        now, before = found.get(section, {}), stored.get(section, {})
        for what in now | before:
            row, good = _row(what, now.get(what), before.get(what))
            rows.append(row)
            if not good:
                failed.append(what)
    return rows, failed


def steep(figures):
    """What of {what: instructions} is not flat: groups by their names, with smallest and largest figure."""
    groups = {}
    for what, count in figures.items():
        if scale := SCALE.match(what):
            groups.setdefault(f"{scale[1]}N{scale[2]}", []).append(count)
    return {what: (min(counts), max(counts)) for what, counts in groups.items() if max(counts) > FLAT * min(counts)}


def _row(what, now, before):
    if now is None or before is None:
        return [what, before or "-", now or "-", "", "not measured" if now is None else "not in the file"], False
    verdict = "worse" if now > before * ALLOWED else "better" if now * ALLOWED < before else ""
    return [what, f"{before:,}", f"{now:,}", f"{now / before - 1:+.1%}", verdict], verdict != "worse"


def main():
    options = parsed()
    found = measured()
    rows, failed = judged(found, reference())
    print("\n".join(table(["guest instructions", "reference", "now", "change", ""], rows)))
    uneven = steep(found["forwarding"])
    for what, (least, most) in uneven.items():
        print(f"bench-check: {what}: from {least:,} to {most:,}, which is not flat")
    if options.update:
        store(found)
        print(f"written to {REFERENCE.relative_to(ROOT)}")
        return 1 if uneven else 0
    if failed or uneven:
        print(f"bench-check: {len(failed)} of {len(rows)} fail: {'; '.join(failed)}")
        return 1
    print(f"bench-check: {len(rows)} figures, none more than {ALLOWED - 1:.0%} above its reference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
