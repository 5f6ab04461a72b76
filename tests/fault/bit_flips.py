"""One bit flipped in each kind of state that outlives its service: is it found, and what takes its place?

A table of the unit tests that do it, run again. Flipping bits in a running
machine would try thousands; these try every bit of a record, or say so.
"""

import os
import re
import subprocess

from tests.fault.figures import table
from tests.fault.record import Record
from tests.harness.paths import ROOT

TIMEOUT_S = 600

# What is flipped, how much of it, what takes its place, the program of unit tests, and which of them.
KINDS = [
    ("names and values in ds.state", "every bit", "the version before, or none", "ds_flip",
     ["a_flipped_bit_in_a_name_or_value_brings_the_older_one_back", "a_flipped_bit_in_a_free_cell_changes_nothing"]),
    ("subscriptions in ds.state", "every bit", "its twin", "ds_flip", ["a_flipped_bit_in_a_subscription_ends_none"]),
    ("backups in ds.state", "every 13th bit", "the version before", "ds_flip",
     ["a_flipped_bit_in_a_backup_brings_the_older_one_back"]),
    ("the checkpoint of ds.state", "every bit", "the checkpoint before", "ds_flip",
     ["of_the_checkpoints_the_one_before_is_used"]),
    ("rs.table", "every bit", "the checkpoint's entry, or what the kernel knows", "rs_adopt",
     ["a_flipped_bit_in_the_table_harms_nobody"]),
    ("rs.checkpoint", "every 7th bit", "the other checkpoint", "rs_adopt", ["a_flipped_bit_in_a_checkpoint_is_found"]),
    ("connections in inet.state", "every bit", "the record before, or that connection is reset", "inet_preserved",
     ["every_flipped_bit_of_the_record_in_force_is_found", "every_flipped_bit_of_the_count_is_found",
      "every_flipped_bit_of_the_data_is_found"]),
    ("netconf", "one byte", "made anew from the document", "config_document",
     ["a_damaged_copy_is_not_in_force_and_is_replaced"]),
    ("connections in flows", "one field", "none: that flow is discarded", "fw_warm", ["a_damaged_flow_stays_damaged"]),
    ("neighbours in flows", "one field", "asked again", "fw_neighbour", ["damaged_neighbours_do_not"]),
    ("an RTL8139 driver's notes and registers", "one bit each", "the device is set up afresh", "rtl8139_life",
     ["what_does_not_check_out_is_set_up_afresh"]),
    ("an NE2000 driver's notes and registers", "one bit each", "the device is set up afresh", "ne2k_life",
     ["what_does_not_check_out_is_set_up_afresh"]),
    ("programs and manifest, which every restart copies from", "every bit", "nothing is started from it",
     "kernel_bundle", ["every_bit_of_it_counts"]),
]


def run(options):
    record = Record("One bit flipped in each kind of preserved state", options.command("bit-flips"), commit())
    outcomes = {program: passed(program) for program in sorted({kind[3] for kind in KINDS})}
    rows = []
    for what, bits, instead, program, tests in KINDS:
        missing = [test for test in tests if test not in outcomes[program]]
        rows.append((what, bits, instead, f"`{program}`", "no" if missing else "yes"))
        record.failures += [f"{what}: {program}, {test}" for test in missing]
    record.lines += table(("state", "flipped", "used instead", "unit test", "found"), rows)
    record.lines += ["", "The quarantine and the crash log are not flipped yet."]
    return record


def passed(program):
    """The names of the tests that pass; the whole of the program has to end well."""
    path = ROOT / "build/tests/unit" / program
    subprocess.run(["make", "-s", str(path.relative_to(ROOT))], cwd=ROOT, check=True, timeout=TIMEOUT_S,
                   env={**os.environ, "MAKEFLAGS": ""})
    done = subprocess.run([path], cwd=ROOT, check=False, timeout=TIMEOUT_S, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return set(re.findall(r"\[ +OK \] (\w+)", done.stdout)) if done.returncode == 0 else set()


def commit():
    words = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    return subprocess.run(words, cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE).stdout.strip() or "unknown"
