"""One small bad manifest a rule, each refused with exactly the message that it states.

`# expect LINE: TEXT` in a file of bad/ is the message about that file, which
begins with the file's name and that line. NAME.driver.toml is the driver's
block that belongs to NAME.toml.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BAD = Path(__file__).parent / "bad"
NAMES = sorted(file.name.removesuffix(".toml") for file in BAD.glob("*.toml") if ".driver" not in file.name)


def compile_manifest(name, programs, output):
    """Runs the compiler as the build does, from the root of the tree."""
    files = [file.relative_to(ROOT) for file in (BAD / f"{name}.toml", BAD / f"{name}.driver.toml") if file.exists()]
    drivers = [word for file in files[1:] for word in ("--drivers", file)]
    done = subprocess.run([sys.executable, "-m", "image.manifest", files[0], *drivers, "--images", programs,
                           "-o", output], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return files, done


def expected(files):
    found = []
    for file in files:
        text = (ROOT / file).read_text(encoding="utf-8")
        found += [f"{file}:{line}: error: {message}"
                  for line, message in re.findall(r"^# expect (\d+): (.*)$", text, re.M)]
    return sorted(found)


@pytest.mark.parametrize("name", NAMES)
def test_mistake_is_named_with_its_line(name, programs, tmp_path):
    output = tmp_path / "bundle"
    files, done = compile_manifest(name, programs, output)
    said = [line.replace(str(programs), "FOLDER") for line in done.stderr.splitlines()]
    assert expected(files), f"{name} states no message"
    assert sorted(said) == expected(files)
    assert done.returncode == 1 and not output.exists()
