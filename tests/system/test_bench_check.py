"""The guard over instruction counts says what got worse; no machine is needed to see that."""

from tests.bench import check, segments
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


def test_the_reference_in_the_repository_has_both_sections():
    assert set(check.reference()) == {"operations", "forwarding"}


def test_packets_have_the_checksums_that_scapy_would_give_them():
    from scapy.layers.inet import IP, TCP, UDP
    ends = End("192.168.1.10", 7100), End("203.0.113.1", 7400)
    for packet in (segments.udp(*ends, b"odd"), segments.tcp(*ends, "SA", 1, 2, b"x")):
        again = IP(packet)
        del again.chksum, again[TCP if TCP in again else UDP].chksum
        assert bytes(again) == packet
        assert segments.ends(packet) == list(ends)
