"""QEMU's plugins among the benchmarks, built when they are wanted."""

import subprocess

from tests.harness.paths import BUILD, ROOT


def plugin(name):
    """The path of the shared object that tests/bench/NAME.c makes."""
    source, built = ROOT / "tests" / "bench" / f"{name}.c", BUILD / "bench" / f"{name}.so"
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        built.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-std=gnu17", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra",
                        "-Werror", "-o", built, source], check=True, timeout=60)
    return built
