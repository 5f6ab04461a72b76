"""The stages of tests/run, in their order, each a function that gives a Result.

What a stage prints goes to build/test-artifacts/STAGE.log; of a failure the end
is shown, or the tests that failed.
"""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ARTIFACTS = ROOT / "build" / "test-artifacts"
PYTHON = "/usr/bin/python3"
SHOWN_LINES = 40

FUZZ_RUNS = 100_000
FUZZ_SECONDS = 30
FUZZ_SEED = 1
IMAGE_FILES_MIN = 9  # ISO, disk, bundle, and six for the network
MODEL_MEMORY_MIB = 1024
MODEL_DEPTH = 1_000_000

MAKE_LIMIT_S = 1200
PROGRAM_LIMIT_S = 120
MODEL_LIMIT_S = 300
WWW_LIMIT_S = 300
SYSTEM_LIMIT_S = 1500


class StageBroken(Exception):
    """The stage could not run; the text says why."""


@dataclass
class Result:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Result(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def _run(stage, argv, limit_s, show=True, cwd=ROOT):
    """(exit status, output), which is added to the stage's log and shown if it failed."""
    argv = [str(word) for word in argv]
    try:
        done = subprocess.run(argv, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=limit_s, check=False)
        status, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        status, output = -1, (late.stdout or b"") + f"\nended after {limit_s} s\n".encode()
    except OSError as error:
        raise StageBroken(f"{argv[0]}: {error.strerror}") from error
    text = output.decode(errors="replace")
    with open(ARTIFACTS / f"{stage}.log", "a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(argv)}\n{text}\n")
    if status and show:
        print("\n".join(text.splitlines()[-SHOWN_LINES:]), flush=True)
    return status, text


def _one(stage, argv, limit_s):
    """A command that is one test."""
    status, _ = _run(stage, argv, limit_s)
    return Result(failed=1) if status else Result(passed=1)


def _make(stage, *targets):
    return _one(stage, ["make", f"-j{os.cpu_count()}", "--no-print-directory", *targets], MAKE_LIMIT_S)


def _needs(stage, *targets):
    if _make(stage, *targets).failed:
        raise StageBroken(f"make {' '.join(targets)} failed")


def _each(function, names):
    """The sum of what the function gives for each name, with every processor at work."""
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        return sum(workers.map(function, names), Result())


def _pytest(stage, folder, limit_s, *options):
    report = ARTIFACTS / f"{stage}.xml"
    status, text = _run(stage, [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rfEs", "--tb=short",
                                "--color=no", f"--junitxml={report}", *options, folder], limit_s, show=False)
    try:
        suite = ElementTree.parse(report).getroot().find("testsuite")
        total, failed, errors, skipped = (int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped"))
    except (OSError, ElementTree.ParseError, AttributeError, TypeError):
        print("\n".join(text.splitlines()[-SHOWN_LINES:]))
        raise StageBroken(f"pytest {folder} gave no report, exit status {status}") from None
    bad = failed + errors
    if bad or skipped:
        print("\n".join(line for line in text.splitlines() if re.match(r"(FAILED|ERROR|SKIPPED) ", line)))
    return Result(total - bad - skipped, max(bad, status not in (0, 1)), skipped)


def build(stage):
    """third-party parts, the image and the image for tests"""
    _needs(stage, "third-picolibc", "third-lwip", "third-cjson")
    return _make(stage, "image") + _make(stage, "test-image")


def again(stage):
    """a second make with nothing changed does nothing"""
    result = Result()
    for variant in ([], ["TEST_IMAGE=1"]):
        result += _one(stage, ["make", "--question", "--no-print-directory", *variant], PROGRAM_LIMIT_S)
    return result


def same(stage):
    """everything built once more, elsewhere: the same bytes"""
    again_in = ROOT / "build" / "again"
    shutil.rmtree(again_in, ignore_errors=True)
    _needs(stage, f"out={again_in.relative_to(ROOT)}", "all")
    images = [file.relative_to(again_in) for file in sorted(again_in.glob("bulkhead.*")) if file.is_file()]
    images += [file.relative_to(again_in) for file in sorted((again_in / "pxe").rglob("*")) if file.is_file()]
    result = Result()
    for image in images:
        result += _one(stage, ["cmp", ROOT / "build" / image, again_in / image], PROGRAM_LIMIT_S)
    return result if result.passed >= IMAGE_FILES_MIN else result + Result(failed=1)


def check(stage):
    """who includes whom, and the size of the kernel"""
    return _make(stage, "check")


def manifest_test(stage):
    """the manifest compiler: one bad manifest a rule, with its message"""
    return _pytest(stage, "tests/manifest", PROGRAM_LIMIT_S)


def _names(kind):
    return (ROOT / "build" / "tests" / f"{kind}.list").read_text().split()


def _unit_program(stage, name):
    status, text = _run(stage, [f"build/tests/unit/{name}"], PROGRAM_LIMIT_S)
    counts = [sum(int(n) for n in re.findall(rf"^\[  {word}  \] (\d+) test\(s\)", text, re.M))
              for word in ("PASSED", "FAILED", "SKIPPED")]
    if status and not counts[1] or not any(counts):
        print(f"{name}: exit status {status}")
        counts[1] += 1
    return Result(*counts)


def unit(stage):
    """pure logic, under sanitizers"""
    _needs(stage, "unit-programs")
    return _each(lambda name: _unit_program(stage, name), _names("unit"))


def _fuzz_target(stage, name):
    found = ARTIFACTS / "fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    fresh = ROOT / "build" / "tests" / "fuzz" / f"{name}.corpus"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    corpus = ROOT / "tests" / "fuzz" / "corpus" / name
    corpora = [fresh] + ([corpus] if corpus.is_dir() else [])
    return _one(stage, [f"build/tests/fuzz/{name}", f"-seed={FUZZ_SEED}", f"-runs={FUZZ_RUNS}",
                        f"-max_total_time={FUZZ_SECONDS}", f"-artifact_prefix={found}/", "-timeout=10",
                        "-verbosity=1", *corpora], PROGRAM_LIMIT_S)


def fuzz(stage):
    """parsers of hostile bytes: the corpus, then a short run from a fixed seed"""
    _needs(stage, "fuzz-programs")
    return _each(lambda name: _fuzz_target(stage, name), _names("fuzz"))


def model(stage):
    """Spin models, searched exhaustively"""
    models = sorted((ROOT / "tests" / "model").glob("*.pml"))
    if not models:
        raise StageBroken("tests/model has no model")
    return sum((_model(stage, file) for file in models), Result())


def _model(stage, file):
    """The model, each of its `ltl` formulas, and each of its variants that must fail."""
    text = file.read_text(encoding="utf-8")
    result = _search(stage, file, [], ["-noclaim"], finds_errors=False)
    for formula in re.findall(r"^ltl\s+(\w+)", text, re.M):
        result += _search(stage, file, [], ["-a", "-f", "-N", formula], finds_errors=False)
    for variant in re.findall(r"^ \* must fail: (\w+)$", text, re.M):
        result += _search(stage, file, [f"-D{variant}"], ["-noclaim"], finds_errors=True)
    return result


def _search(stage, file, defines, options, finds_errors):
    """An exhaustive search, one test: passed if it finds errors or none, as said."""
    folder = ROOT / "build" / "tests" / "model" / "-".join([file.stem, *defines])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    compiled = ["sh", "-ec", 'cd "$1"; shift; spin "$@"; gcc -O2 -w -DMEMLIM=%d -o pan pan.c' % MODEL_MEMORY_MIB,
                "sh", folder, *defines, "-a", file]
    if _run(stage, compiled, MODEL_LIMIT_S)[0]:
        return Result(failed=1)
    options = options if "ltl " in file.read_text(encoding="utf-8") else []
    _, text = _run(stage, [folder / "pan", f"-m{MODEL_DEPTH}", *options], MODEL_LIMIT_S, show=False, cwd=folder)
    errors = re.search(r"errors: (\d+)", text)
    if errors and "search depth too small" not in text and bool(int(errors.group(1))) == finds_errors:
        return Result(passed=1)
    print(f"{file.name} {' '.join([*defines, *options])}: " + ("no error found" if finds_errors else "failed"))
    print("\n".join(text.splitlines()[-SHOWN_LINES:]))
    return Result(failed=1)


def www(stage):
    """the web console in a browser, before a stand-in for the appliance"""
    _needs(stage, "www")
    status, text = _run(stage, ["make", "--no-print-directory", "www-test"], WWW_LIMIT_S, show=False)
    counts = [sum(int(n) for n in re.findall(rf"^# {word} (\d+)$", text, re.M)) for word in ("pass", "fail", "skipped")]
    if counts[1]:
        print("\n".join(line for line in text.splitlines() if line.startswith("not ok ")))
    elif status or not counts[0]:
        print("\n".join(text.splitlines()[-SHOWN_LINES:]))
        raise StageBroken(f"make www-test: exit status {status}")
    return Result(*counts)


def waiting(stage):
    """the whole router in QEMU, where it mostly waits for time to pass"""
    return _pytest(stage, "tests/system", SYSTEM_LIMIT_S, "-m", "waits")


def system(stage):
    """the whole router in QEMU between two networks"""
    return _pytest(stage, "tests/system", SYSTEM_LIMIT_S, "-m", "not waits")


def _fresh_log(function):
    def stage_function(stage):
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        (ARTIFACTS / f"{stage}.log").unlink(missing_ok=True)
        return function(stage)
    stage_function.__doc__ = function.__doc__
    return stage_function


STAGES = {name: _fresh_log(function) for name, function in {
    "build": build, "again": again, "waiting": waiting, "same": same, "check": check,
    "manifest-test": manifest_test, "unit": unit, "fuzz": fuzz, "model": model, "www": www,
    "system": system}.items()}

# They depend on nobody's time but their own.
COMPUTING = ("same", "check", "manifest-test", "unit", "fuzz", "model")
