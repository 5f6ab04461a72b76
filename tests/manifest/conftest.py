"""Programs for the manifests of these tests: ELF files from programs/*.S."""

import shutil
import subprocess
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent / "programs"
LINK = ("-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", "-Wl,-z,max-page-size=4096", "-Wl,-z,noexecstack")
PLAIN_NAMES = ("rs", "a", "a1", "b", "c", "nic")


def _link(folder, name, source, *options):
    subprocess.run(["gcc", *LINK, *options, "-o", folder / f"{name}.elf", SOURCES / f"{source}.S"], check=True,
                   timeout=60)


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """A folder with NAME.elf of every service that the manifests of these tests name."""
    folder = tmp_path_factory.mktemp("programs")
    for source in (file.stem for file in SOURCES.glob("*.S")):
        _link(folder, source, source)
    _link(folder, "writable", "plain", "-Wl,--omagic")
    _link(folder, "elsewhere", "plain", "-Wl,-Ttext-segment=0x200000")
    for name in PLAIN_NAMES:
        shutil.copy(folder / "plain.elf", folder / f"{name}.elf")
    (folder / "text.elf").write_text("This is no program.\n")
    return folder
