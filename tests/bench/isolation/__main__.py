"""What it costs that drivers and firewall have address spaces of their own: python3 -m tests.bench.isolation

The product's image, and one in which they share a single one (variant.py), take
turns in the same QEMU. The result goes to tests/bench/RESULTS.md.
"""

import argparse
import statistics
import sys
import time

from tests.bench.isolation import variant
from tests.bench.measures import (FRAME_64_BYTES, WITHOUT_PAUSE, Measure, connections_a_second, instructions_a_connection,
                                  instructions_a_packet, packets_a_second, processor_ns_a_packet, throughput)
from tests.bench.record import RESULTS, shown
from tests.bench.routers import BULKHEAD, ISO, Kind, Router
from tests.fault import host
from tests.fault.bench_machine import build_id
from tests.fault.figures import table

COST_MAX = 0.25
WINDOWS = 3  # of a load, for one figure
SHARED = Kind("Bulkhead, one address space", iso=str(variant.ISO))


def median_of(take):
    """Of WINDOWS figures one after another."""
    return lambda router: statistics.median(take(router) for _ in range(WINDOWS))


MEASURES = (
    Measure("UDP, 64-byte frames, saturated", "packets/s", True, median_of(packets_a_second(FRAME_64_BYTES)),
            limit=COST_MAX),
    Measure("Processor time a 64-byte packet, saturated", "ns of the host", False, median_of(processor_ns_a_packet),
            limit=COST_MAX),
    Measure("TCP, WAN to LAN", "Mbit/s", True, throughput(False)),
    Measure("TCP, LAN to WAN", "Mbit/s", True, throughput(True)),
    Measure("New TCP connections", "1/s", True, connections_a_second),
    Measure("Instructions a 64-byte packet, saturated", "", False, instructions_a_packet(WITHOUT_PAUSE), counts=True,
            limit=COST_MAX),
    Measure("Instructions a 64-byte packet at 1,000/s", "", False, instructions_a_packet(1000), counts=True),
    Measure("Instructions a TCP connection", "", False, instructions_a_connection, counts=True),
)


def parsed():
    parser = argparse.ArgumentParser(prog="tests.bench.isolation", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nics", type=lambda text: tuple(text.split(",")), default=("rtl8139", "rtl8139"))
    parser.add_argument("--dry", action="store_true", help="print only, leave RESULTS.md alone")
    return parser.parse_args()


def taken(kind, nics):
    """{measure: figure} of a boot with the counter and one without, and the build's name."""
    found = {}
    for counts in (False, True):
        with Router(kind, nics, count=counts) as router:
            found["build"] = build_id(router.machine)
            for measure in (each for each in MEASURES if each.counts == counts):
                found[measure] = measure.take(router)
                print(f"{kind.name}: {measure.name}: {found[measure]:.1f} {measure.unit}", flush=True)
    return found


def cost(measure, pair):
    """What isolation costs by this figure, of the build that has none of it."""
    real, shared = (found[measure] for found in pair)
    return (shared / real if measure.more else real / shared) - 1


def row(measure, pairs):
    costs = [cost(measure, pair) for pair in pairs]
    spread = [_spread([pair[number][measure] for pair in pairs]) for number in (0, 1)]
    return [measure.name + (f", {measure.unit}" if measure.unit else ""), *spread,
            f"{statistics.median(costs):+.1%} ({min(costs):+.1%} to {max(costs):+.1%})"]


def _spread(values):
    return f"{shown(statistics.median(values))} ({shown(min(values))} to {shown(max(values))})"


def missed(pairs):
    for measure in MEASURES:
        found = statistics.median(cost(measure, pair) for pair in pairs)
        if measure.limit is not None and found > measure.limit:
            yield f"{measure.name}: {found:.1%} instead of {measure.limit:.0%}"


def report(options, pairs, before):
    """The entry of RESULTS.md."""
    return "\n".join([
        f"## Cost of isolation, {' and '.join(options.nics)}", "",
        f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, image of commit {pairs[0][0]['build']}, "
        f"`make bench-isolation OPTIONS=\"{' '.join(sys.argv[1:])}\"`; nothing is drawn at random", "",
        f"{before} when it began; {host.described().split(', ')[2].split(';')[0]} when it ended", "",
        f"Medians of {len(pairs)} rounds, the smallest and the largest behind them; the cost is the median of the "
        "rounds' own. It is what is lost by having address spaces of one's own, of what there would be without.", "",
        *table(["", "isolated", "one address space", "cost"], [row(measure, pairs) for measure in MEASURES]), "",
        f"Goals not met: {'; '.join(missed(pairs)) or 'none'}.", ""])


def main():
    options = parsed()
    before = host.described()
    variant.built(ISO)
    pairs = []
    for number in range(options.rounds):
        kinds = (BULKHEAD, SHARED) if number % 2 == 0 else (SHARED, BULKHEAD)
        found = {kind: taken(kind, options.nics) for kind in kinds}
        pairs.append((found[BULKHEAD], found[SHARED]))
    text = report(options, pairs, before)
    print(text)
    if not options.dry:
        with open(RESULTS, "a", encoding="utf-8") as file:
            file.write("\n" + text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
