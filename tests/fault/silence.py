"""Each service hangs, and spins; two drivers spin at once.

A service is asked for a sign of life every 25 ms, in the path of packets every
12.5, and is found silent by the first question that it did not answer. It had
answered the one before; so it was noticed at most that much more after it went
silent than RS says. RS itself is
watched by the kernel; its silence is measured from the command on, by
the host's clock.
"""

import re
import time

from tests.fault.bench_machine import booted, build_id
from tests.fault.figures import table
from tests.fault.record import Record
from tests.fault.stream import Stream
from tests.harness.waiting import wait_until

QUESTION_US = 25000
PATH_QUESTION_US = 12500
NOTICED_MS = 100
IN_THE_PATH = {"port0", "port1", "firewall"}
RATE = 1000
WINDOW_S = 0.5
QUIET_S = 0.7
GAP_MAX_MS = 100
SILENT = re.compile(r"(\w+): silent since (\d+) us")


def run(options):
    record = Record("Hang and spin", options.command("silence"))
    rows = []
    with booted("silence") as (machine, appliance), Stream(machine.topology) as stream:
        record.build_id = build_id(machine)
        stream.rate(RATE)
        names = options.services or appliance.running()
        for how in ("hang", "spin"):
            for name in names:
                rows.append(silent(machine, appliance, stream, [name], how))
        rows.append(silent(machine, appliance, stream, ["port0", "port1"], "spin"))
    record.lines += [f"{RATE} numbered frames a second pass meanwhile. Noticed: at most so long after it went silent. "
                     "Others that died: restarts of services that had done nothing.", ""]
    record.lines += table(("what", "noticed after ms", "longest gap ms", "lost", "others that died"), rows)
    for what, noticed, gap, _, others in rows:
        if noticed > NOTICED_MS:
            record.failures.append(f"{what}: noticed after {noticed:.0f} ms")
        if gap > GAP_MAX_MS:
            record.failures.append(f"{what}: a gap of {gap:.0f} ms")
        if others != "none":
            record.failures.append(f"{what}: {others} died, too")
    return record


def silent(machine, appliance, stream, victims, how):
    """One row: makes them silent and waits for their next lives."""
    before = appliance.generations()
    time.sleep(QUIET_S)
    mark = machine.serial.length
    stream.window()
    began = time.monotonic()
    machine.serial.send("".join(f"service crash {name} {how}\r" for name in victims))
    time.sleep(WINDOW_S)
    after = wait_until(lambda: reborn(appliance, before, victims), 10, f"{victims} to restart", appliance.generations)
    window = stream.window()
    others = [name for name, generation in after.items() if generation != before[name] and name not in victims]
    noticed_ms = max(noticed(machine, appliance, name, mark, began) for name in victims)
    return f"{' and '.join(victims)} {how}", noticed_ms, window.gap_ms, window.lost, ", ".join(others) or "none"


def reborn(appliance, before, victims):
    after = appliance.generations()
    return after if all(after[name] > before[name] for name in victims) else None


def noticed(machine, appliance, name, mark, began):
    """In ms; by what RS said, or for RS itself by when the kernel started it again."""
    if name == "rs":
        place = machine.serial.wait_for(r"kernel: error: rs died", 5, mark)
        return (machine.serial.arrived(place.start()) - began) * 1000
    texts = [record["text"] for record in appliance.log()]
    found = [match for text in texts if (match := SILENT.search(text)) and match[1] == name]
    question_us = PATH_QUESTION_US if name in IN_THE_PATH else QUESTION_US
    return (int(found[-1][2]) + question_us) / 1000 if found else float("inf")
