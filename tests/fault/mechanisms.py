"""Switches off each detection and recovery mechanism in turn, and looks whether a test notices.

    /usr/bin/python3 -m tests.fault.mechanisms [--check] [WORD...]

Works in a copy of the tree. A mechanism is a line of source and what stands
there without it (mechanisms.toml); its tests must fail then, and pass as the
source is. WORD chooses those whose name contains it. Each that was noticed gets a
new row in MECHANISMS.md, with the commit that it was tried at. --check only looks
whether each line is still there, once.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
TIMEOUT_S = 900
CHECK = "--check"
HEAD = """# Mechanisms of detection and recovery

Each was switched off as `mechanisms.toml` says, at the commit in the last column; the test named then
failed. Written by `/usr/bin/python3 -m tests.fault.mechanisms`.

| mechanism | where | fails without it | tried at |
|---|---|---|---|
"""


class Copy:
    """The tree in a temporary folder, with what was built of others' sources."""

    def __init__(self, folder):
        self._root = Path(folder)
        files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        for name in filter(None, files.decode().split("\0")):
            place = self._root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, place, follow_symlinks=False)
        shutil.copytree(ROOT / "build", self._root / "build", symlinks=True,
                        ignore=shutil.ignore_patterns("test-artifacts"))

    def change(self, name, old, new):
        """Replaces the one place where `old` stands; returns what undoes it."""
        path = self._root / name
        before = path.read_text(encoding="utf-8")
        if before.count(old) != 1:
            raise ValueError(f"{name} has {before.count(old)} times: {old}")
        path.write_text(before.replace(old, new), encoding="utf-8")
        return lambda: path.write_text(before, encoding="utf-8")

    def failures(self, test):
        """What fails in a unit test's program or a file of system tests; None: all passes."""
        if test.startswith("tests/system/"):
            return self._system(test)
        program = f"build/tests/unit/{test}"
        built = self._run(["make", "-s", program])
        if built.returncode:
            return [f"does not build: {built.stdout[-300:]}"]
        return self._named(self._run([program]), "[  FAILED  ] ")

    def _system(self, test):
        built = self._run(["make", "-s", "test-image"])
        if built.returncode:
            return [f"does not build: {built.stdout[-300:]}"]
        return self._named(self._run(["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", test]), "FAILED ")

    @staticmethod
    def _named(done, mark):
        if done.returncode == 0:
            return None
        lines = [line.split(mark)[1].split(" - ")[0] for line in done.stdout.splitlines() if line.startswith(mark)]
        return [line.split("::")[-1] for line in lines if "listed below" not in line] or ["ends early"]

    def _run(self, argv):
        try:
            return subprocess.run(argv, cwd=self._root, text=True, timeout=TIMEOUT_S, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(argv, 1, "[  FAILED  ] does not end\nFAILED does not end")


def tried(copy, mechanism):
    """The row of the table, and whether a test noticed."""
    undo = copy.change(mechanism["file"], mechanism["off"][0], mechanism["off"][1])
    try:
        failed = copy.failures(mechanism["test"])
    finally:
        undo()
    what = f"`{mechanism['test']}`: {failed[0]}" if failed else "**nothing**"
    sound = bool(failed) and not failed[0].startswith("does not build")
    return f"| {mechanism['name']} | `{mechanism['file']}` | {what} |", sound


def astray(mechanisms):
    """The names of those whose line no longer stands in the source exactly once."""
    return [entry["name"] for entry in mechanisms
            if (ROOT / entry["file"]).read_text(encoding="utf-8").count(entry["off"][0]) != 1]


def commit():
    words = ["git", "describe", "--always", "--dirty", "--abbrev=12"]
    return subprocess.run(words, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


class Table:
    """MECHANISMS.md: a row a mechanism, in the order of mechanisms.toml."""

    def __init__(self, mechanisms):
        self._path = HERE / "MECHANISMS.md"
        self._names = [entry["name"] for entry in mechanisms]
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        rows = [line for line in lines if re.match(r"\| .* \|$", line)]
        self._rows = {line.split(" | ")[0][2:]: line for line in rows}

    def put(self, name, row):
        self._rows[name] = row
        rows = [self._rows[name] for name in self._names if name in self._rows]
        self._path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


def main():
    words = [word for word in sys.argv[1:] if word != CHECK]
    mechanisms = tomllib.loads((HERE / "mechanisms.toml").read_text(encoding="utf-8"))["mechanism"]
    chosen = [entry for entry in mechanisms if not words or any(word in entry["name"] for word in words)]
    if astray(mechanisms):
        print(f"not in the source as mechanisms.toml has it: {astray(mechanisms)}")
        return 1
    if CHECK in sys.argv:
        return 0
    table, at, unnoticed, broken = Table(mechanisms), commit(), [], {}
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(folder)
        for mechanism in chosen:
            test = mechanism["test"]
            if test not in broken:
                broken[test] = bool(copy.failures(test))
            if broken[test]:
                continue
            row, sound = tried(copy, mechanism)
            print(f"{row} {at} |", flush=True)
            if sound:
                table.put(mechanism["name"], f"{row} {at} |")
            else:
                unnoticed.append(mechanism["name"])
    failing = [test for test, fails in broken.items() if fails]
    print(f"{len(chosen)} switched off, unnoticed: {unnoticed or 'none'}; failing as it is: {failing or 'none'}")
    return 1 if unnoticed or failing else 0


if __name__ == "__main__":
    sys.exit(main())
