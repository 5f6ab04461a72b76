"""The kernel's own end."""

import subprocess

from tests.harness.paths import TEST_ISO

KERNEL = TEST_ISO.parent / "kernel.elf"
GDB_LIMIT_S = 60


def kernel_halt(machine):
    """The debugger makes the kernel give up, where it is; the build's id is a text at hand for its reason."""
    where = machine.directory / "gdb"
    machine.qmp.monitor(f"gdbserver unix:{where},server=on,wait=off")
    commands = [f"target remote {where}", "hbreak schedule_tick", "continue", "delete",
                "set $rdi = 0", "set $rsi = (long)manifest->build_id", "set $rax = 0",
                "set $rip = (long)&last_words", "detach"]
    done = subprocess.run(["gdb", "-batch", "-nx", KERNEL, *(word for line in commands for word in ("-ex", line))],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=GDB_LIMIT_S, check=False)
    assert "Breakpoint 1" in done.stdout and "detached" in done.stdout, done.stdout + done.stderr
