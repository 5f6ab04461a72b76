"""The kill test of the MINIX papers: downloads over TCP while network drivers are killed.

Downloads with kills and without take turns, so that both see the same host;
each with kills is compared with the mean of the two without around it. On a
shared host they differ by more than the kills cost; so what one kill costs is
also found within one long download, from many kills: bytes that arrive in
PAIR_S from the kill on, against the PAIR_S before and the PAIR_S after. And one
download with ten kills a second, which is to go on all the time.
"""

import bisect
import statistics
import time

from tests.fault.bench_machine import booted, build_id
from tests.fault.driver_kills import PORTS
from tests.fault.figures import table
from tests.fault.record import Record
from tests.fault.transfer import Transfer

INTERVALS_S = {1.0: 2.0, 4.0: 0.5, 25.0: 0.0}  # between kills: the throughput that may be lost, %
PAIR_S = 0.3
OFTEN_S = 0.1
STALL_S = 3.0  # a TCP that has not got through for so long has stalled
DOWNLOAD_LIMIT_S = 600


class Killer:
    """Kills the two drivers in turn; the clock goes on from download to download."""

    def __init__(self, machine, interval_s):
        self._machine, self._interval_s = machine, interval_s
        self._running_s, self.kills = 0.0, 0
        self.times = []  # of the kills, by time.monotonic()

    def download(self, length):
        transfer, before, began = Transfer(self._machine.topology, length), self.kills, time.monotonic()
        while transfer.running() and time.monotonic() < began + DOWNLOAD_LIMIT_S:
            time.sleep(0.01)
            due = self._running_s + time.monotonic() - began
            if self._interval_s and due >= (self.kills + 1) * self._interval_s:
                self._machine.serial.send(f"service crash {PORTS[self.kills % 2]} exception\r")
                self.times.append(time.monotonic())
                self.kills += 1
        self._running_s += time.monotonic() - began
        return transfer.result() | {"kills": self.kills - before}


def rate_of(result):
    return result["bytes"] / result["seconds"] / 1e6 if result["seconds"] else 0.0


def cost_ms(result, killed_at):
    """What one kill cost, as time in which nothing arrives; None too near to an end."""
    times = [when for when, _ in result["progress"]]
    if killed_at - PAIR_S < times[0] or killed_at + 2 * PAIR_S > times[-1]:
        return None
    marks = [bytes_at(result["progress"], times, killed_at + step * PAIR_S) for step in (-1, 0, 1, 2)]
    before, during, after = (b - a for a, b in zip(marks, marks[1:]))
    return PAIR_S * 1000 * (1 - during / ((before + after) / 2)) if before + after else None


def bytes_at(progress, times, when):
    """Between two notes, the bytes by proportion."""
    place = min(bisect.bisect_right(times, when), len(times) - 1)
    (t0, b0), (t1, b1) = progress[place - 1], progress[place]
    return b0 + (b1 - b0) * (when - t0) / (t1 - t0)


def failure_of(result, length):
    if result["error"] or result["wrong_at"] is not None or result["bytes"] != length:
        told = {key: value for key, value in result.items() if key != "progress"}
        return f"a download failed: {told}"
    return None


def run(options):
    length = options.megabytes << 20
    record = Record("TCP throughput while drivers die",
                    options.command("throughput", megabytes=options.megabytes, rounds=options.rounds,
                                    paired_kills=options.paired_kills))
    with booted("throughput") as (machine, appliance):
        record.build_id = build_id(machine)
        before = sum(appliance.restarts(port) for port in PORTS)
        idle = Killer(machine, 0)
        idle.download(32 << 20)  # the first is for caches, of the host and of QEMU
        killers = {interval: Killer(machine, interval) for interval in INTERVALS_S}
        results = {interval: [] for interval in INTERVALS_S}
        without = [idle.download(length)]
        for _ in range(options.rounds):
            for interval, killer in killers.items():
                with_kills = killer.download(length)
                without.append(idle.download(length))
                results[interval].append((with_kills, without[-2], without[-1]))
        paired = Killer(machine, 1.0)
        long = paired.download(int(options.paired_kills * statistics.mean(map(rate_of, without))) << 20)
        often = Killer(machine, OFTEN_S)
        stormy = often.download(length)
        machine.console.look("")
        died = sum(appliance.restarts(port) for port in PORTS) - before
    report(record, results, without, length)
    report_paired(record, long, paired.times)
    report_often(record, stormy, statistics.mean(map(rate_of, without)))
    asked = sum(killer.kills for killer in (*killers.values(), paired, often))
    record.lines += ["", f"{asked} kills asked for, {died} restarts."]
    return record


def report(record, results, without, length):
    base = [rate_of(result) for result in without]
    record.lines += [f"Downloads of {length >> 20} MiB, {len(without)} without kills: mean {statistics.mean(base):.1f} "
                     f"MB/s, from {min(base):.1f} to {max(base):.1f}.", ""]
    rows = []
    for interval, rounds in results.items():
        losses = [100 * (1 - rate_of(own) / statistics.mean((rate_of(a), rate_of(b)))) for own, a, b in rounds]
        loss, kills = statistics.mean(losses), sum(own["kills"] for own, _, _ in rounds)
        spread = f"{statistics.stdev(losses):.1f}" if len(losses) > 1 else "-"
        rows.append((f"{interval:g}", len(rounds), kills, statistics.mean(rate_of(own) for own, _, _ in rounds), loss,
                     spread, INTERVALS_S[interval], max(own["pause_s"] for own, _, _ in rounds) * 1000))
        record.failures += filter(None, (failure_of(own, length) for own, _, _ in rounds))
    record.failures += filter(None, (failure_of(result, length) for result in without))
    record.lines += table(("a kill each s", "downloads", "kills", "MB/s", "lost %", "standard deviation", "allowed %",
                           "longest pause ms"), rows)


def report_paired(record, result, times):
    costs = [cost for when in times if (cost := cost_ms(result, when)) is not None]
    mean, error = statistics.mean(costs), statistics.stdev(costs) / len(costs) ** 0.5
    shares = {interval: mean / interval / 10 for interval in INTERVALS_S}
    record.lines += ["", f"Within one download of {result['seconds']:.0f} s a kill cost {mean:.1f} ms (mean of "
                         f"{len(costs)}, standard error {error:.1f} ms). That is "
                     + ", ".join(f"{share:.2f} % with a kill each {interval:g} s" for interval, share in shares.items())
                     + "."]
    for interval, share in shares.items():
        if round(share, 1) > INTERVALS_S[interval]:
            record.failures.append(f"{share:.1f} % lost with a kill each {interval:g} s, not {INTERVALS_S[interval]}")


def report_often(record, stormy, rate_without):
    record.lines += ["", f"Ten kills a second, {stormy['kills']} of them: {rate_of(stormy):.1f} MB/s "
                         f"({100 * rate_of(stormy) / rate_without:.0f} %), longest pause {stormy['pause_s']:.2f} s, "
                         f"{stormy['bytes'] >> 20} MiB received" + (f", {stormy['error']}" if stormy["error"] else "")
                     + "."]
    if stormy["pause_s"] > STALL_S or stormy["error"]:
        record.failures.append(f"with ten kills a second the longest pause was {stormy['pause_s']:.1f} s")
