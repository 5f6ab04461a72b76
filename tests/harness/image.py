"""The ISO under test, variants of it, and the drive that carries a configuration."""

import hashlib
import os
import subprocess

from tests.harness.paths import TEST_ISO

DRIVE_BYTES = 1440 * 1024
DRIVE_LABEL = "BHCONFIG"
CONFIG_PATH = "/bulkhead/config.json"


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
    out = f"/tmp/bulkhead-extract-{os.getpid()}"
    try:
        _tool("xorriso", "-osirrox", "on", "-indev", iso, "-extract", iso_path, out)
        with open(out, "rb") as file:
            return file.read()
    finally:
        if os.path.exists(out):
            os.chmod(out, 0o600)
            os.unlink(out)


def variant(path, replace, iso=TEST_ISO):
    """A copy of the ISO in which files have the bytes given, by their paths."""
    edits = []
    for number, (iso_path, content) in enumerate(replace.items()):
        source = f"{path}.{number}"
        with open(source, "wb") as file:
            file.write(content)
        edits += ["-update", source, iso_path]
    if os.path.exists(path):
        os.unlink(path)
    _tool("xorriso", "-indev", iso, "-outdev", path, "-boot_image", "any", "replay", *edits)
    return path
