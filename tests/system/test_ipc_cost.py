"""What a message costs, in instructions: QEMU counts them, tests/bench/ipc_client.c asks.

With -icount shift=0 the time stamp counter advances by one an instruction, so
the figure is the same on every machine.
"""

import re
import subprocess

from tests.harness import image
from tests.harness.paths import TEST_ISO

BUNDLE = TEST_ISO.parent / "bench" / "ipc.bundle"
INSTRUCTIONS_MAX = 500
LIMIT_S = 60


def test_call_and_reply_take_at_most_500_instructions(tmp_path):
    iso = image.mkrescue(str(tmp_path / "bench.iso"), {
        "boot/kernel.elf": image.extract("/boot/kernel.elf"),
        "boot/bulkhead.bundle": BUNDLE.read_bytes(),
        "boot/grub/grub.cfg": image.extract("/boot/grub/grub.cfg"),
    })
    output = subprocess.run(["qemu-system-x86_64", "-accel", "tcg", "-icount", "shift=0,sleep=off", "-m", "32",
                             "-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot",
                             "-drive", f"file={iso},media=cdrom,format=raw,readonly=on"],
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                            timeout=LIMIT_S, check=False).stdout
    found = re.search(r"ipc: call and reply (\d+) instructions", output)
    assert found, output[-2000:]
    print(found.group(0))
    assert 100 < int(found.group(1)) <= INSTRUCTIONS_MAX
