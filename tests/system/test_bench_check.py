"""The guard over instruction counts says what got worse; no machine is needed to see that."""

import json
import math

import pytest

from tests.bench import check, overlay, rules, segments
from tests.bench.segments import End


def judged(now, before):
    rows, failed = check.judged({"operations": now}, {"operations": before})
    return {row[0]: row[-1] for row in rows}, failed


def test_five_percent_more_passes_and_six_fails():
    verdicts, failed = judged({"a": 105, "b": 106, "c": 80}, {"a": 100, "b": 100, "c": 100})
    assert verdicts == {"a": "", "b": "worse", "c": "better"}
    assert failed == ["b"]


def test_a_figure_without_a_reference_fails_and_so_does_the_reverse():
    verdicts, failed = judged({"new": 1}, {"gone": 1})
    assert verdicts == {"new": "not in the file", "gone": "not measured"}
    assert failed == ["new", "gone"]


def test_what_is_stored_is_read_back(tmp_path, monkeypatch):
    monkeypatch.setattr(check, "REFERENCE", tmp_path / "reference.toml")
    found = {"operations": {"call and reply": 490}, "forwarding": {"64-byte packet, rtl8139": 1882}}
    assert check.reference() == {}
    check.store(found)
    assert check.reference() == found


def test_what_grows_by_more_than_a_tenth_with_flows_or_rules_is_not_flat():
    figures = {"packet, 10 flows": 100, "packet, 1000 flows": 110, "packet, card, 10 rules": 100,
               "packet, card, 1000 rules": 111, "packet": 50, "connection, 10 flows": 900}
    assert check.steep(figures) == {"packet, card, N rules": (100, 111)}


def test_the_reference_in_the_repository_has_both_sections():
    assert set(check.reference()) == {"operations", "forwarding"}


def test_the_reference_in_the_repository_is_flat():
    assert check.steep(check.reference()["forwarding"]) == {}


def test_an_overlay_changes_what_it_names_and_refuses_what_is_not_there():
    manifest = '[system]\nmemory = "29M" # all\n\n[region."flows"]\nsize = "4M"\nwriter = "firewall"\n'
    changes = overlay.flattened({"system": {"memory": "44M"}, "region": {"flows": {"size": "16M"}}})
    assert overlay.changed(manifest, changes) == (
        '[system]\nmemory = "44M"\n\n[region."flows"]\nsize = "16M"\nwriter = "firewall"\n')
    with pytest.raises(ValueError, match="region.flow"):
        overlay.changed(manifest, {"region.flow": {"size": "1M"}})


@pytest.mark.parametrize("count", [0, 1, 2, 10, 256, 1000, 10_000])
def test_rules_with_lists_stand_for_as_many_as_are_wanted(count):
    def length(value):
        return len(value) if isinstance(value, list) else 1
    made = rules.rules(count)
    assert sum(math.prod(length(value) for value in rule.values()) for rule in made) == count
    assert len(made) <= 256 and len(json.dumps(made)) < 65536


def test_packets_have_the_checksums_that_scapy_would_give_them():
    from scapy.layers.inet import IP, TCP, UDP
    ends = End("192.168.1.10", 7100), End("203.0.113.1", 7400)
    for packet in (segments.udp(*ends, b"odd"), segments.tcp(*ends, "SA", 1, 2, b"x")):
        again = IP(packet)
        del again.chksum, again[TCP if TCP in again else UDP].chksum
        assert bytes(again) == packet
        assert segments.ends(packet) == list(ends)
