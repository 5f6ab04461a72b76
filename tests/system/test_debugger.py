"""`make gdb` stops in the kernel and in one service, with symbols; `make pcap` captures a port."""

import subprocess
from pathlib import Path

import pytest

from tests.harness.paths import ROOT, TEST_ISO
from tests.harness.waiting import wait_until

FOLDER = TEST_ISO.parent
GDB_LIMIT_S = 90
CAPTURE_LIMIT_S = 30
PCAP_HEAD_BYTES = 24


def debug(*words, commands):
    """What gdb says after it has stopped and run the commands."""
    argv = [ROOT / "image/gdb", FOLDER, *words]
    argv += [f"--gdb={word}" for command in (*commands, "quit") for word in ("-ex", command)]
    done = subprocess.run(argv, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=GDB_LIMIT_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_stops_in_the_kernel_with_symbols():
    said = debug(commands=["backtrace 1", "info line"])
    assert "#0  kernel_main (" in said and "kernel/main.c" in said, said


@pytest.mark.parametrize("service, source", [("firewall", "netstack/firewall/"), ("rs", "services/rs/")])
def test_stops_in_one_service_with_symbols(service, source):
    said = debug(service, commands=["backtrace 1", "here service_turn", "continue", "backtrace 2", "info breakpoints"])
    assert f"Stopped in main of {service}" in said, said
    assert "#0  main () at " + source in said, said
    assert "#0  service_turn" in said and "services/runtime/turn.c" in said, said


def test_unknown_service_is_said_so():
    done = subprocess.run([ROOT / "image/gdb", FOLDER, "frewall"], cwd=ROOT, capture_output=True, text=True,
                          timeout=GDB_LIMIT_S, check=False)
    assert done.returncode != 0 and "no service 'frewall'; there are rs, ds" in done.stderr


def test_pcap_captures_a_port():
    capture = FOLDER / "port1.pcap"
    capture.unlink(missing_ok=True)
    router = subprocess.Popen([ROOT / "image/qemu", FOLDER, "--pcap", "port1"], cwd=ROOT, stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL)
    try:
        # The router asks for its gateway's address on the WAN as soon as it can.
        wait_until(lambda: capture.exists() and capture.stat().st_size > PCAP_HEAD_BYTES, CAPTURE_LIMIT_S,
                   "a frame of port1 to be captured", lambda: f"{capture}: exists: {capture.exists()}")
        children = Path(f"/proc/{router.pid}/task/{router.pid}/children").read_text(encoding="ascii").split()
    finally:
        router.kill()
        router.wait(CAPTURE_LIMIT_S)
    assert children
    wait_until(lambda: not any(running(child) for child in children), CAPTURE_LIMIT_S, "QEMU to end, too",
               lambda: children)


def running(process):
    """Whether it exists, and is more than a record for a parent to read."""
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except OSError:
        return False
