"""The harness itself: it sees what GRUB says, passes a configuration, needs no root."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.harness import image
from tests.harness.machine import Spec
from tests.harness.paths import ROOT
from tests.harness.settings import CONFIGURATION_TEXT

NOBODY = 65534

GRUB_SHOWS_CONFIGURATION = """
serial --unit=0 --speed=115200
terminal_output serial
set timeout=0
menuentry "harness" {
	search --file --no-floppy --set=drive /bulkhead/config.json
	cat ($drive)/bulkhead/config.json
	echo "end of configuration"
	sleep 60
}
"""

# The host's ARP request has to come out of QEMU's end of the cable.
ONE_FRAME = """
import os, select
from tests.harness import sandbox
sandbox.enter()
from tests.harness.topology import Topology
topology = Topology(1)
topology.lan.run("ping", "-c", "1", "-W", "1", "192.168.1.1", check=False)
fd = topology.links[0].fd
while select.select([fd], [], [], 2)[0]:
    if os.read(fd, 2000)[12:14] == bytes([8, 6]):
        print("ARP came through", topology.links[0].netdev)
        break
topology.close()
"""


@pytest.fixture
def grub_iso(tmp_path):
    path = str(tmp_path / "grub.iso")
    return image.mkrescue(path, {"boot/grub/grub.cfg": GRUB_SHOWS_CONFIGURATION.encode()})


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_configuration_reaches_grub(boot, grub_iso, machine):
    machine = boot(Spec(iso=grub_iso, machine=machine))
    end = machine.serial.wait_for("end of configuration", 30)
    shown = machine.serial.text[:end.start()].replace("\n", "")  # GRUB wraps lines
    assert CONFIGURATION_TEXT in shown, shown


def test_failed_run_leaves_log_captures_and_hash(boot, grub_iso):
    machine = boot(Spec(iso=grub_iso))
    machine.serial.wait_for("end of configuration", 30)
    machine.stop()
    left = {path.name: path.stat().st_size for path in machine.directory.iterdir()}
    assert {"serial.log", "port0.pcap", "port1.pcap", "image.sha256", "command"} <= left.keys()
    assert left["serial.log"] > 0 and image.sha256(grub_iso) in (machine.directory / "image.sha256").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests show it already")
def test_harness_needs_no_root():
    """From a copy that anybody may read: the tree itself may lie in a home that nobody else can enter."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        shutil.copytree(ROOT / "tests" / "harness", Path(place) / "tests" / "harness")
        done = subprocess.run(["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                               sys.executable, "-B", "-c", ONE_FRAME], cwd=place, capture_output=True, text=True,
                              timeout=30, check=False)
    if re.search(r"PermissionError.*unshare", done.stderr):
        pytest.skip("this machine refuses user namespaces to everybody but root")
    assert "ARP came through" in done.stdout, done.stdout + done.stderr
