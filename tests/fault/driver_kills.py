"""Network drivers are killed under load, one after the other.

A kill's gap is the longest time in which no datagram arrived at the WAN host,
from the moment the kill was asked for to the next kill: an upper bound of the
time from a driver's death to the first packet forwarded after it. Between the
kills stand controls: the same window with nobody killed, which shows what
the host and the load do by themselves. A window is `quiet` if the sender, which
wants little, was never late by more than QUIET_US; the promises are about those,
as the others measure what the host did. It goes on until there are enough, or
MOST_WINDOWS times as many windows as were asked for. A kill that RS did not take
is a control.
"""

import random
import time

from tests.fault.bench_machine import booted, build_id, cables_deepen, cables_dropped
from tests.fault.figures import percentile, spread, table
from tests.fault.record import Record
from tests.fault.stream import Stream

PORTS = ("port0", "port1")
LOAD = 0.8
TRIAL_S = 4.0
RATE_STEP, RATE_MIN = 0.85, 1000
AROUND_S = 0.1
QUIET_US = 2000
CONTROL_EVERY = 10
MOST_WINDOWS = 2.5
WARM_UP_S = 0.5
ANSWER, ANSWER_S = r"crash requested|error: rs does not answer", 5

GAP_P50_MS, GAP_P99_MS, GAP_MAX_MS = 5, 20, 100
LOST_P50, LOST_P99 = 0, 4


class Kill:
    """One window: what was killed (None: a control), and what the stream saw."""

    def __init__(self, victim, around, rest):
        self.victim = victim
        self.late_us = max(around.late_us, rest.late_us)
        self.gap_us = max(around.gap_us, rest.gap_us if rest.gap_us >= AROUND_S * 1e6 else 0)
        self.lost = around.lost + rest.lost
        self.repeated = around.repeated + rest.repeated
        self.overtaken = around.overtaken + rest.overtaken

    @property
    def quiet(self):
        return self.late_us <= QUIET_US


def rate_max(stream):
    """The throughput of RFC 2544, 26.1: the highest rate that was tried and lost nothing."""
    tried = arriving(stream, -1)[0]
    while tried > RATE_MIN:
        received, lost = arriving(stream, tried)
        if lost == 0:
            return min(received, tried)
        tried = int(tried * RATE_STEP)
    return RATE_MIN


def arriving(stream, rate):
    """Datagrams a second that arrive at this rate, and how many do not."""
    stream.rate(rate)
    time.sleep(WARM_UP_S)
    window = stream.over(TRIAL_S)
    stream.rate(0)
    time.sleep(WARM_UP_S)
    rest = stream.window()
    return int(window.received / TRIAL_S), window.lost + rest.lost


def kill_one(machine, stream, victim, until):
    """One window, that ends at time.monotonic() `until`."""
    mark = machine.serial.length
    stream.window()
    if victim is not None:
        machine.serial.send(f"service crash {victim} exception\r")
    time.sleep(AROUND_S)
    around = stream.window()
    time.sleep(max(0.0, until - time.monotonic()))
    rest = stream.window()
    if victim is not None and machine.serial.wait_for(ANSWER, ANSWER_S, mark)[0].startswith("error"):
        victim = None
    return Kill(victim, around, rest)


def kill_all(machine, stream, options):
    """A window a kill, and a control after every CONTROL_EVERY, until options.kills were quiet."""
    chance, windows, due, quiet = random.Random(options.seed), [], time.monotonic(), 0
    while quiet < options.kills and len(windows) < options.kills * MOST_WINDOWS:
        control = len(windows) % (CONTROL_EVERY + 1) == CONTROL_EVERY
        due = max(due, time.monotonic()) + options.interval_ms / 1000 * chance.uniform(0.9, 1.1)
        victim = None if control else PORTS[len(windows) % 2]
        windows.append(kill_one(machine, stream, victim, due))
        quiet += windows[-1].quiet and victim is not None
    return windows


def run(options):
    record = Record(f"Driver kills under load ({'/'.join(options.nics)})",
                    options.command("driver-kills", kills=options.kills, nics=",".join(options.nics)))
    with booted("driver-kills", options.nics) as (machine, appliance), Stream(machine.topology) as stream:
        fastest = rate_max(stream)
        rate = int(fastest * options.load)
        cables_deepen(machine)
        stream.rate(rate)
        time.sleep(WARM_UP_S)
        record.build_id = build_id(machine)
        before, cables = {port: appliance.restarts(port) for port in PORTS}, cables_dropped(machine)
        windows = kill_all(machine, stream, options)
        stream.rate(0)
        machine.console.look("")
        cables = cables_dropped(machine) - cables
        died = sum(appliance.restarts(port) - before[port] for port in PORTS)
        dropped = {reason: count for reason, count in appliance.drops().items() if count}
    report(record, windows, fastest, rate, options)
    kills = sum(window.victim is not None for window in windows)
    record.lines += ["", f"Drivers restarted {died} times. Dropped and counted since boot, the saturated seconds "
                         f"included: {dropped or 'nothing'}. The cables themselves lost {cables} frames."]
    if died != kills:
        record.failures.append(f"{kills} kills, {died} restarts")
    return record


def report(record, windows, fastest, rate, options):
    kills = [window for window in windows if window.victim]
    controls = [window for window in windows if not window.victim]
    record.lines += [f"{len(kills)} kills, one each {options.interval_ms} ms, port0 and port1 in turn; seed "
                     f"{options.seed}; {rate} frames of 64 bytes a second, {options.load:.0%} of the {fastest} at "
                     f"which {TRIAL_S:.0f} s without kills lost nothing.", ""]
    groups = [("kills", kills), ("kills, host quiet", [kill for kill in kills if kill.quiet]),
              *((f"kills of {port}, host quiet", [kill for kill in kills if kill.quiet and kill.victim == port])
                for port in PORTS),
              ("controls", controls), ("controls, host quiet", [window for window in controls if window.quiet])]
    rows = [row(name, group) for name, group in groups if group]
    record.lines += table(("windows", "number", "gap p50 ms", "p99", "max", "lost p50", "p99", "max", "sum",
                           "repeated", "overtaken"), rows)
    quiet = [kill for kill in kills if kill.quiet]
    if len(quiet) < options.kills:
        record.failures.append(f"only {len(quiet)} of {options.kills} kills on a quiet host")
    if quiet:
        judge(record, quiet)


def row(name, group):
    gaps = spread([window.gap_us for window in group], 0.001)
    return [name, len(group), *gaps, *spread([window.lost for window in group], 1),
            sum(window.lost for window in group), sum(window.repeated for window in group),
            sum(window.overtaken for window in group)]


def judge(record, kills):
    gaps, lost = [kill.gap_us / 1000 for kill in kills], [kill.lost for kill in kills]
    checks = (("gap p50", percentile(gaps, 50), GAP_P50_MS, "ms"), ("gap p99", percentile(gaps, 99), GAP_P99_MS, "ms"),
              ("longest gap", max(gaps), GAP_MAX_MS, "ms"), ("lost p50", percentile(lost, 50), LOST_P50, "frames"),
              ("lost p99", percentile(lost, 99), LOST_P99, "frames"),
              ("overtaken", sum(kill.overtaken for kill in kills), 0, "frames"))
    for name, value, limit, unit in checks:
        if value > limit:
            record.failures.append(f"{name} {value:.1f} {unit}, not {limit}".replace(".0 frames", " frames"))
