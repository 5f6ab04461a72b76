"""Numbers the tree promises and that need no machine to check."""

import csv
import subprocess

from tests.harness.paths import ROOT, TEST_ISO

KERNEL_LINES_MAX = 4000
ISO_BYTES_MAX = 16 << 20


def test_kernel_is_at_most_4000_lines():
    report = subprocess.run(["cloc", "--csv", "--quiet", str(ROOT / "kernel")], check=True,
                            capture_output=True, text=True, timeout=60).stdout
    rows = list(csv.DictReader(report.strip().splitlines()))
    code = {row["language"]: int(row["code"]) for row in rows if row["language"] != "SUM"}
    lines = sum(count for language, count in code.items() if language not in ("Markdown", "make"))
    print(code)
    assert 1000 < lines <= KERNEL_LINES_MAX, code


def test_second_make_does_nothing():
    done = subprocess.run(["make", "-q"], cwd=ROOT, capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, f"make -q: {done.returncode} {done.stdout}{done.stderr}"


def test_image_is_at_most_16_mib():
    assert TEST_ISO.stat().st_size <= ISO_BYTES_MAX
