"""What it costs that drivers and firewall have address spaces of their own: python3 -m tests.bench.isolation

The product's image, and one in which they share a single one (variant.py), take
turns in the same QEMU. The result goes to tests/bench/RESULTS.md.
"""

import argparse
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench import forwarding
from tests.bench.forwarding import MANY, Bursts
from tests.bench.isolation import variant
from tests.bench.measures import FRAME_64_BYTES, connections_a_second, packets_a_second, processor_ns_a_packet
from tests.bench.record import RESULTS, shown
from tests.bench.routers import BULKHEAD, ISO, Kind, Router
from tests.fault import host
from tests.fault.figures import table
from tests.harness.paths import ARTIFACTS, BUILD

COST_MAX = 0.25
WINDOWS = 3  # of a load, for one figure
SHARED = Kind("Bulkhead, one address space", iso=str(variant.ISO))


@dataclass(frozen=True)
class Figure:
    """`more` says whether more is better; a `goal` is set for it: at most COST_MAX is lost."""

    name: str
    more: bool = False
    goal: bool = False


PACKETS = Figure("UDP, 64-byte frames, saturated, packets/s", more=True, goal=True)
PACKET_TIME = Figure("the guest's processor, a packet of these, ns", goal=True)
CONNECTIONS = Figure("New TCP connections, 1/s", more=True)
BURST_TIME = Figure(f"the guest's processor, a 64-byte packet of {forwarding.BURST} at once, ns")
MANY_TIME = Figure(f"the guest's processor, a 64-byte packet of {MANY} at once, ns", goal=True)
CONNECTION_TIME = Figure("the guest's processor, a TCP connection, ns")
BURST_COUNT = Figure(f"Instructions a 64-byte packet of {forwarding.BURST} at once", goal=True)
MANY_COUNT = Figure(f"Instructions a 64-byte packet of {MANY} at once", goal=True)
CONNECTION_COUNT = Figure("Instructions a TCP connection")
FIGURES = (PACKETS, PACKET_TIME, CONNECTIONS, BURST_TIME, MANY_TIME, CONNECTION_TIME, BURST_COUNT, MANY_COUNT,
           CONNECTION_COUNT)


def flooded(kind, nics):
    """Under a sender without a pause, between two namespaces of the host."""
    with Router(kind, nics) as router:
        return {PACKETS: _median(router, packets_a_second(FRAME_64_BYTES)),
                PACKET_TIME: _median(router, processor_ns_a_packet),
                CONNECTIONS: _median(router, connections_a_second)}


def _median(router, take):
    return statistics.median(take(router) for _ in range(WINDOWS))


def build():
    """The product's, as the manifest's compiler was told."""
    return (BUILD / "objects" / "version").read_text().split()[0]


def bursts(nics, timed):
    """Of bursts, each until the guest rests, for both: the same work each time, however busy the host."""
    figures = (BURST_TIME, MANY_TIME, CONNECTION_TIME) if timed else (BURST_COUNT, MANY_COUNT, CONNECTION_COUNT)
    with ExitStack() as stack:
        both = [stack.enter_context(Bursts(ARTIFACTS / f"isolation-{name}", kind.iso, nics[0], timed=timed))
                for name, kind in (("isolated", BULKHEAD), ("shared", SHARED))]
        for running in both:
            forwarding.acquaint(running)
        found = forwarding.packets(both), forwarding.packets(both, MANY), forwarding.connections(both)
    return [dict(zip(figures, values, strict=True)) for values in zip(*found)]


def parsed():
    parser = argparse.ArgumentParser(prog="tests.bench.isolation", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nics", type=lambda text: tuple(text.split(",")), default=("rtl8139", "rtl8139"))
    parser.add_argument("--bursts", action="store_true", help="no flood, as its figures are those of a busy host")
    parser.add_argument("--dry", action="store_true", help="print only, leave RESULTS.md alone")
    return parser.parse_args()


def pair_taken(number, options):
    """{figure: value} of isolated and shared; who is first changes from round to round."""
    kinds = (BULKHEAD, SHARED) if number % 2 == 0 else (SHARED, BULKHEAD)
    found = {kind: {} if options.bursts else flooded(kind, options.nics) for kind in kinds}
    times, counts = bursts(options.nics, timed=True), bursts(options.nics, timed=False)
    pair = [found[kind] | times[place] | counts[place] for place, kind in enumerate((BULKHEAD, SHARED))]
    for figure in pair[0]:
        print(f"{figure.name}: {pair[0][figure]:.0f}, shared {pair[1][figure]:.0f}", flush=True)
    return pair


def cost(figure, pair):
    """What isolation costs by this figure, of the build that has none of it."""
    real, shared = (found[figure] for found in pair)
    return (shared / real if figure.more else real / shared) - 1


def row(figure, pairs):
    costs = [cost(figure, pair) for pair in pairs]
    spread = [_spread([pair[number][figure] for pair in pairs]) for number in (0, 1)]
    return [figure.name, *spread, f"{statistics.median(costs):+.1%} ({min(costs):+.1%} to {max(costs):+.1%})"]


def _spread(values):
    return f"{shown(statistics.median(values))} ({shown(min(values))} to {shown(max(values))})"


def missed(pairs):
    for figure in (each for each in pairs[0][0] if each.goal):
        found = statistics.median(cost(figure, pair) for pair in pairs)
        if found > COST_MAX:
            yield f"{figure.name}: {found:.1%} instead of {COST_MAX:.0%}"


def report(options, pairs, before):
    """The entry of RESULTS.md."""
    return "\n".join([
        f"## Cost of isolation, {' and '.join(options.nics)}", "",
        f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, image of commit {build()}, "
        f"`make bench-isolation OPTIONS=\"{' '.join(sys.argv[1:])}\"`; nothing is drawn at random", "",
        f"{before} when it began; {host.described().split(', ')[2].split(';')[0]} when it ended", "",
        f"Medians of {len(pairs)} rounds, the smallest and the largest behind them; the cost is the median of the "
        "rounds' own. It is what is lost by having address spaces of one's own, of what there would be without.", "",
        *table(["", "isolated", "one address space", "cost"], [row(figure, pairs) for figure in FIGURES if figure in pairs[0][0]]), "",
        f"Goals not met: {'; '.join(missed(pairs)) or 'none'}.", ""])


def main():
    options = parsed()
    before = host.described()
    variant.built(ISO)
    pairs = [pair_taken(number, options) for number in range(options.rounds)]
    text = report(options, pairs, before)
    print(text)
    if not options.dry:
        with open(RESULTS, "a", encoding="utf-8") as file:
            file.write("\n" + text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
