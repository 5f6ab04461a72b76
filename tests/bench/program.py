"""Programs and plugins among the benchmarks, built when they are wanted."""

import subprocess

from tests.harness.paths import BUILD, ROOT

COMPILER = ["gcc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror"]


def program(name):
    """The path of the program that tests/bench/NAME.c makes."""
    return _built(name, BUILD / "bench" / name, "-pthread")


def plugin(name):
    """The path of the shared object for QEMU that tests/bench/NAME.c makes."""
    return _built(name, BUILD / "bench" / f"{name}.so", "-fPIC", "-shared", "-fvisibility=hidden")


def _built(name, built, *flags):
    source = ROOT / "tests" / "bench" / f"{name}.c"
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        built.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([*COMPILER, *flags, "-o", built, source], check=True, timeout=60)
    return built
