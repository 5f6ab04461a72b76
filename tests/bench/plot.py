"""The picture of a run: how many times better than each Linux, a row a measure; tests/bench/RESULTS-CARD.svg.

Written as text, so that it needs no library; its colours follow the reader's
choice of light or dark.
"""

import math

from tests.bench.record import RESULTS
from tests.bench.routers import LINUX, LINUX_FAST

WIDTH, LABELS, RIGHT, TOP = 900, 410, 60, 78  # of the picture; of it for labels; for figures; for the head
ROW, BAR = 34, 11
LEAST, MOST = -1, 7  # of the axis: powers of two
CLASSES = {LINUX: "plain", LINUX_FAST: "fast"}
STYLE = """
	.ground { fill: #ffffff } text { fill: #1f2328; font: 13px sans-serif } .small { font-size: 11px }
	.head { font-size: 16px; font-weight: bold } .line { stroke: #d0d7de } .one { stroke: #57606a }
	.plain { fill: #0969da } .fast { fill: #bc4c00 }
	@media (prefers-color-scheme: dark) {
		.ground { fill: #0d1117 } text { fill: #e6edf3 } .line { stroke: #30363d } .one { stroke: #8b949e }
		.plain { fill: #58a6ff } .fast { fill: #f0883e }
	}
"""


def draw(record, measures):
    """Writes the file, a name for each pair of cards."""
    rows = [measure for measure in measures if any(advantage(record, measure, kind) for kind in CLASSES)]
    RESULTS.with_name(f"RESULTS-{record.nics[0]}.svg").write_text(picture(record, rows), encoding="utf-8")


def advantage(record, measure, kind):
    """How many times better Bulkhead is; None if that is not known."""
    ratio = record.ratio(measure, kind)
    if not math.isfinite(ratio) or ratio <= 0:
        return None
    return ratio if measure.more else 1 / ratio


def picture(record, rows):
    height = TOP + ROW * len(rows) + 12
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
             f'height="{height}">', f"<style>{STYLE}</style>",
             f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
             f'<text class="head" x="12" y="24">Times better than Linux, {" and ".join(record.nics)}</text>']
    lines += [line for number, kind in enumerate(CLASSES) for line in _legend(number, kind)]
    lines += [line for power in range(LEAST, MOST + 1) for line in _tick(power, height)]
    for number, measure in enumerate(rows):
        lines += _row(record, measure, TOP + ROW * number)
    return "\n".join([*lines, "</svg>", ""])


def _x(value):
    place = (min(max(math.log2(value), LEAST), MOST) - LEAST) / (MOST - LEAST)
    return LABELS + place * (WIDTH - LABELS - RIGHT)


def _legend(number, kind):
    x = 12 + 200 * number
    return [f'<rect class="{CLASSES[kind]}" x="{x}" y="38" width="{BAR}" height="{BAR}"/>',
            f'<text x="{x + 18}" y="48">{kind.name}</text>']


def _tick(power, height):
    x, name = _x(2 ** power), f"{2 ** power:g}"
    kind = "one" if power == 0 else "line"
    return [f'<line class="{kind}" x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{height - 8}"/>',
            f'<text class="small" x="{x:.1f}" y="{TOP - 13}" text-anchor="middle">{name}</text>']


def _row(record, measure, top):
    lines = [f'<text x="{LABELS - 12}" y="{top + 18}" text-anchor="end">{_escaped(measure.name)}</text>']
    for number, kind in enumerate(CLASSES):
        found = advantage(record, measure, kind)
        if found is None:
            continue
        y, ends = top + 2 + number * (BAR + 2), sorted((_x(1), _x(found)))
        lines += [f'<rect class="{CLASSES[kind]}" x="{ends[0]:.1f}" y="{y}" width="{max(ends[1] - ends[0], 1):.1f}" '
                  f'height="{BAR}"/>',
                  f'<text class="small" x="{ends[1] + 4:.1f}" y="{y + 10}">{_shown(found)}</text>']
    return lines


def _shown(value):
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")
