"""What the rounds found: medians, spread and ratios, and which goals are met, as an entry of RESULTS.md."""

import math
import statistics
import time

from tests.bench.measures import FLAT, FLAT_WITHIN
from tests.bench.routers import BULKHEAD, KINDS, LINUX, LINUX_FAST
from tests.fault import host
from tests.fault.figures import table
from tests.harness.paths import ROOT

RESULTS = ROOT / "tests" / "bench" / "RESULTS.md"
SMALL = 100  # figures below it are shown with a digit behind the point


class Record:
    """Of one run: `before` describes the host as it was at its begin."""

    def __init__(self, nics, options, before):
        self.nics, self._options, self._before = nics, options, before
        self._rounds = {kind: [] for kind in KINDS}

    def add(self, kind, found):
        """One round: {measure: figure}, and "build" of Bulkhead's image."""
        self._rounds[kind].append(found)

    def values(self, kind, measure):
        """Of all rounds that have one."""
        found = [each[measure] for each in self._rounds[kind] if measure in each]
        return [value for value in found if math.isfinite(value)]

    def median(self, kind, measure):
        """Not a number if no round has one."""
        values = self.values(kind, measure)
        return statistics.median(values) if values else float("nan")

    def ratio(self, measure, kind):
        """Bulkhead's median over that of `kind`."""
        theirs = self.median(kind, measure)
        return self.median(BULKHEAD, measure) / theirs if theirs else float("nan")

    def text(self, measures):
        head = ["", "Bulkhead", LINUX.name, "ratio", LINUX_FAST.name, "ratio"]
        missed = [line for measure in measures for line in self._missed(measure)] + list(self._not_flat(measures))
        rounds = self._rounds[BULKHEAD]
        build = next((each["build"] for each in rounds if "build" in each), "unknown")
        return "\n".join([
            f"## {' and '.join(self.nics)}", "",
            f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, image of commit {build}, "
            f"`make bench OPTIONS=\"{self._options}\"`; nothing is drawn at random, so there is no seed", "",
            f"{self._before} when it began; {host.described().split(', ')[2].split(';')[0]} when it ended", "",
            f"Medians of {len(rounds)} rounds, the smallest and the largest behind them; a ratio is Bulkhead's median "
            "over Linux's.", "",
            *table(head, [self._row(measure) for measure in measures]), "",
            f"Goals not met: {'; '.join(missed) or 'none'}.", ""])

    def _row(self, measure):
        cells = [measure.name + (f", {measure.unit}" if measure.unit else ""), self._cell(BULKHEAD, measure)]
        for kind in (LINUX, LINUX_FAST):
            ratio = self.ratio(measure, kind)
            cells += [self._cell(kind, measure), f"{ratio:.2f}" if math.isfinite(ratio) else "-"]
        return cells

    def _cell(self, kind, measure):
        values = self.values(kind, measure)
        if not values:
            return "none"
        middle = shown(statistics.median(values))
        return middle if len(values) == 1 else f"{middle} ({shown(min(values))} to {shown(max(values))})"

    def _missed(self, measure):
        """In words, what Bulkhead was to be and is not."""
        ours = self.median(BULKHEAD, measure)
        if measure.limit is not None and not ours <= measure.limit:
            yield f"{measure.name}: {shown(ours)} is over {measure.limit:,} {measure.unit}"
        if measure.goal is None:
            return
        for kind, goal in ((LINUX, measure.goal_with(self.nics)), (LINUX_FAST, 1)):
            ratio = self.ratio(measure, kind)
            if math.isfinite(ratio) and not (ratio >= goal if measure.more else ratio <= goal):
                yield f"{measure.name}: {ratio:.2f} of {kind.name} instead of {goal:.2f}"

    def _not_flat(self, measures):
        """The figures that the number of rules or flows is not to change."""
        for names in FLAT:
            figures = [self.median(BULKHEAD, measure) for measure in measures if measure.name in names]
            if len(figures) == len(names) and not max(figures) <= min(figures) * (1 + FLAT_WITHIN):
                yield f"{names[0]} and {names[-1]} differ by more than {FLAT_WITHIN:.0%}"


def shown(value):
    return f"{value:,.1f}" if abs(value) < SMALL else f"{value:,.0f}"
