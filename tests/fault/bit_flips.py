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
    ("netconf, alertconf, webconf", "every 97th, 5th and 1st bit", "made anew from the document", "config_document",
     ["a_flipped_bit_puts_nothing_else_in_force", "a_damaged_copy_is_not_in_force_and_is_replaced"]),
    ("the history's head in config.state", "every 97th bit", "the head before", "config_ledger",
     ["a_flipped_bit_in_the_head_brings_the_head_before_back"]),
    ("documents in config.state", "every bit", "the store's, or the document before", "config_ledger",
     ["a_flipped_bit_in_a_document_loses_that_document_only"]),
    ("candidates in config.state", "every bit of owner, base and text", "none: it has to be begun again", "config_tree",
     ["a_flipped_bit_in_a_candidate_drops_that_candidate"]),
    ("connections in flows", "every bit", "none: that flow is discarded; what every packet changes is learnt again",
     "fw_warm", ["a_flipped_bit_costs_that_flow_or_changes_nothing"]),
    ("neighbours in flows", "every bit", "asked again", "fw_neighbour",
     ["a_flipped_bit_in_a_neighbour_sends_nothing_astray"]),
    ("quarantine", "every bit", "none: that packet is free again", "fw_quarantine",
     ["a_flipped_bit_in_a_packet_frees_that_packet_only", "a_flipped_bit_in_the_suspect_convicts_nobody",
      "a_flipped_bit_in_the_head_costs_no_flows"]),
    ("records of the crash log", "every bit", "none: that record is not shown", "console_crashes",
     ["every_flipped_bit_of_a_record_is_found"]),
    ("wan.lease", "every bit", "what a reader had, or the lease before", "runtime_wanlease",
     ["a_damaged_lease_changes_nothing"]),
    ("clock", "every bit", "its second page, or the battery clock", "wallclock",
     ["every_flipped_bit_of_a_page_is_found"]),
    ("records in log.ring", "every bit", "none: that line is lost", "log", ["damaged_records_are_none"]),
    ("the head of log.ring", "every bit", "counted again from the records, or the ring is empty", "log",
     ["a_flipped_bit_in_the_head_costs_no_record_or_all"]),
    ("alert.state", "every 13th bit", "none: what waited is lost", "alertd_queue", ["damage_is_noticed"]),
    ("webd.state", "every 11th bit", "the copy before", "webd_parts",
     ["a_flipped_bit_in_kept_state_brings_the_copy_before_back"]),
    ("checkpoints in store.state", "a bit of each byte", "the one before, or the disk's records", "store_service",
     ["a_damaged_checkpoint_is_not_believed"]),
    ("records in store.state", "one bit each", "the disk's; without a disk that record is lost", "store_service",
     ["a_damaged_record_is_read_back_from_the_disk", "in_memory_a_damaged_record_costs_itself_only"]),
    ("an RTL8139 driver's notes and registers", "one bit each", "the device is set up afresh", "rtl8139_life",
     ["what_does_not_check_out_is_set_up_afresh"]),
    ("an NE2000 driver's notes and registers", "one bit each", "the device is set up afresh", "ne2k_life",
     ["what_does_not_check_out_is_set_up_afresh"]),
    ("programs and manifest, which every restart copies from", "every bit", "nothing is started from it",
     "kernel_bundle", ["every_bit_of_it_counts"]),
]

NOT_FLIPPED = ("Not flipped: requests to the disk, and queues between services, in which a bit counts for a moment and "
               "what arrives is checked; counters to show. What DS keeps for others, such as leases, is in `ds.state`.")


def run(options):
    record = Record("One bit flipped in each kind of preserved state", options.command("bit-flips"), commit())
    outcomes = {program: passed(program) for program in sorted({kind[3] for kind in KINDS})}
    rows = []
    for what, bits, instead, program, tests in KINDS:
        missing = [test for test in tests if test not in outcomes[program]]
        rows.append((what, bits, instead, f"`{program}`", "no" if missing else "yes"))
        record.failures += [f"{what}: {program}, {test}" for test in missing]
    record.lines += table(("state", "flipped", "used instead", "unit test", "found"), rows)
    record.lines += ["", NOT_FLIPPED]
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
