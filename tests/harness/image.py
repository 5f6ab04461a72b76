"""The ISO under test, variants of it, and the drive that carries a configuration."""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from tests.harness.paths import TEST_ISO

DRIVE_BYTES = 1440 * 1024
DRIVE_LABEL = "BHCONFIG"
CONFIG_PATH = "/bulkhead/config.json"
GRUB_MODULES = "/usr/lib/grub/i386-pc"


def _tool(*argv):
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, argv))}: {done.stdout}{done.stderr}")
    return done.stdout


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def config_drive(path, document):
    """A FAT drive on which GRUB finds the text `document`."""
    source = f"{path}.json"
    with open(source, "w", encoding="utf-8") as file:
        file.write(document)
    with open(path, "wb") as file:
        file.truncate(DRIVE_BYTES)
    _tool("mformat", "-i", path, "-f", "1440", "-v", DRIVE_LABEL, "::")
    _tool("mmd", "-i", path, f"::{os.path.dirname(CONFIG_PATH)}")
    _tool("mcopy", "-i", path, source, f"::{CONFIG_PATH}")
    return path


def extract(iso_path, iso=TEST_ISO):
    """The bytes of one file of the ISO."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        _tool("xorriso", "-osirrox", "on", "-indev", iso, "-extract", iso_path, file)
        return file.read_bytes()


def damaged(path, iso_path, offset, iso=TEST_ISO):
    """A copy of the ISO with one bit of one file turned over, where it lies."""
    content, file = Path(iso).read_bytes(), extract(iso_path, iso)
    place = content.index(file) + offset
    with open(path, "wb") as copy:
        copy.write(content[:place] + bytes([content[place] ^ 0x40]) + content[place + 1:])
    return path


def mkrescue(path, files):
    """A BIOS ISO of GRUB and the files given: bytes by their paths."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            place = Path(folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        _tool("grub-mkrescue", "-d", GRUB_MODULES, "--fonts=", "--locales=", "--themes=", "-o", path, folder)
    return path


def regrubbed(path, change, iso=TEST_ISO, more=None):
    """A BIOS ISO with the same kernel and bundle, change(text) as GRUB's configuration, and `more` files."""
    with tempfile.TemporaryDirectory() as folder:
        _tool("xorriso", "-osirrox", "on", "-indev", iso, "-extract", "/boot", f"{folder}/boot")
        boot = Path(folder) / "boot"
        files = {f"boot/{file.name}": file.read_bytes() for file in boot.iterdir() if file.is_file()}
        text = (boot / "grub/grub.cfg").read_text()
        _tool("chmod", "-R", "u+w", folder)
    return mkrescue(path, files | (more or {}) | {"boot/grub/grub.cfg": change(text).encode()})
