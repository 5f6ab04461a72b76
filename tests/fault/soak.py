"""Random deaths every 2 to 10 s under mixed traffic, for as long as asked.

Traffic: a stream of numbered frames, TCP downloads in a row, a connection
through the router and one to it. Every victim and its manner of dying is
chosen by the seed. Hangs and spins of a service in the packets' path hold them
up until they are noticed; all other gaps are restarts, or the host's: the
sender, which wants little, is then late, too.
"""

import random
import time
from pathlib import Path

from tests.fault.bench_machine import booted, build_id, routes
from tests.fault.figures import percentile, table
from tests.fault.matrix import ENDS_ITS_CONNECTIONS
from tests.fault.record import Record
from tests.fault.state import State
from tests.fault.stream import Stream
from tests.fault.transfer import Transfer
from tests.harness.console import ConsoleError

WAYS = ("exception", "panic", "exit", "hang", "spin")
PAUSE_S = (2, 10)
RATE = 1000
DOWNLOAD_BYTES = 16 << 20
GAP_MAX_MS = 100
LOOK_S = 0.3
ERROR_SHOWN = 200
SAMPLES_SHOWN = 12


class Soak:
    def __init__(self, machine, appliance, stream, state, chance):
        self._machine, self._appliance, self._stream, self._state = machine, appliance, stream, state
        self._chance = chance
        self.deaths, self.gaps, self.wrong, self.samples, self.downloads = {}, [], [], [], []
        self.lost = self.received = self.overtaken = 0

    def run(self, seconds):
        end, download = time.monotonic() + seconds, None
        self._began = time.monotonic()
        while time.monotonic() < end:
            download = self._download_go_on(download)
            victim = self._chance.choice(self._state.services)
            self._kill(victim, self._chance.choice(WAYS))
            pause = self._chance.uniform(*PAUSE_S)
            time.sleep(LOOK_S)
            self._look(victim)
            self._machine.serial.forget()
            time.sleep(max(0.0, pause - LOOK_S))
        if download is not None:
            self._download_end(download)

    def _kill(self, name, how):
        self._take("between")
        self._machine.serial.send(f"service crash {name} {how}\r")
        time.sleep(LOOK_S)
        self._take(f"{name} {how}")
        self.deaths[how] = self.deaths.get(how, 0) + 1

    def _take(self, what):
        window = self._stream.window()
        self.gaps.append((window.gap_ms, what, window.late_us / 1000))
        self.lost += window.lost
        self.received += window.received
        self.overtaken += window.overtaken

    def _look(self, victim):
        """What is to be there after every death. A console that does not answer is noted, too."""
        at_s = time.monotonic() - self._began
        try:
            self._look_at(victim, at_s)
        except (TimeoutError, ConsoleError, ValueError) as error:
            self.wrong.append(f"{at_s:.0f} s, {self.gaps[-1][1]}: {str(error)[:ERROR_SHOWN]}")

    def _look_at(self, victim, at_s):
        """With a sample of what should not grow."""
        rows = self._state.wait_running()
        broken = self._state.broken() + ([] if routes(self._machine) else ["no route"])
        if "socket" in broken and victim == ENDS_ITS_CONNECTIONS:
            broken.remove("socket")
        if broken:
            self.wrong.append(f"{at_s:.0f} s, {self.gaps[-1][1]}: {' '.join(broken)}")
        memory = self._machine.console.json("show memory")
        services_bytes = sum(row["memory_bytes"] for row in rows.values())
        self.samples.append((at_s, memory["reserved_bytes"] // 1024, services_bytes // 1024, len(self._state.names()),
                             self._machine.console.json("show connections").get("used"),
                             resident_kib(self._machine.pid)))

    def _download_go_on(self, download):
        if download is not None and download.running():
            return download
        if download is not None:
            self._download_end(download)
        return Transfer(self._machine.topology, DOWNLOAD_BYTES, 7300 + len(self.downloads) % 100)

    def _download_end(self, download):
        result = download.result()
        self.downloads.append(result)
        if result["error"] or result["wrong_at"] is not None or result["bytes"] != DOWNLOAD_BYTES:
            self.wrong.append(f"download {len(self.downloads)}: {result}")


def resident_kib(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4


def run(options):
    record = Record("Soak", f"make soak DURATION={options.duration} OPTIONS=\"--seed {options.seed}\"")
    with booted("soak") as (machine, appliance), Stream(machine.topology) as stream:
        record.build_id = build_id(machine)
        state = State(machine, appliance)
        soak = Soak(machine, appliance, stream, state, random.Random(options.seed))
        stream.rate(RATE)
        soak.run(options.duration)
        restarts = {name: row["restarts"] for name, row in state.wait_running().items()}
        state.close()
    report(record, soak, restarts, options)
    return record


def report(record, soak, restarts, options):
    total = sum(soak.deaths.values())
    ways = ", ".join(f"{count} by {how}" for how, count in sorted(soak.deaths.items()))
    lives = ", ".join(f"{name} {count}" for name, count in restarts.items() if count)
    record.lines += [f"{options.duration} s, seed {options.seed}. Killed {total} times: {ways}. Restarts: {lives}. "
                     f"{soak.received} numbered frames received, {soak.lost} lost, {soak.overtaken} overtaken; "
                     f"{len(soak.downloads)} downloads of {DOWNLOAD_BYTES >> 20} MiB.", ""]
    step = max(1, len(soak.samples) // SAMPLES_SHOWN)
    record.lines += table(("after s", "given out KiB", "services KiB", "DS names", "flows", "QEMU resident KiB"),
                          [(int(sample[0]), *sample[1:]) for sample in soak.samples[::step]])
    gaps = [gap for gap, _, _ in soak.gaps]
    worst = sorted(soak.gaps, reverse=True)[:10]
    record.lines += ["", f"Longest gap of a window: p50 {percentile(gaps, 50):.1f} ms, p99 "
                         f"{percentile(gaps, 99):.1f} ms. The longest, and how late the sender itself was in that "
                         "window because of the host:", ""]
    record.lines += table(("ms", "after", "sender late ms"), worst)
    late = [gap for gap, _, sender_ms in soak.gaps if gap > GAP_MAX_MS + sender_ms]
    if late:
        record.failures.append(f"{len(late)} gaps over {GAP_MAX_MS} ms and what the sender was late")
    record.failures += soak.wrong[:20]
    if len({sample[1:4] for sample in soak.samples}) > 1:
        record.failures.append("memory is not flat")
