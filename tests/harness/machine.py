"""The appliance in QEMU: starts, ends, and leaves what explains a failure.

Software emulation throughout, so that every machine runs the same tests. The
run's directory holds the serial log, a capture of each port, QEMU's command
line and messages, and the image's SHA-256.
"""

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.harness import image
from tests.harness.console import Console
from tests.harness.paths import TEST_ISO
from tests.harness.qmp import Qmp, QmpError
from tests.harness.serial_line import SerialLine
from tests.harness.settings import CONFIGURATION_TEXT

END_TIMEOUT_S = 10
CAPTURE_BYTES = 128  # of each frame: headers, and enough of the payload to tell
OVMF_CODE = "/usr/share/OVMF/OVMF_CODE_4M.fd"
OVMF_VARIABLES = "/usr/share/OVMF/OVMF_VARS_4M.fd"
FIRST_PCI_DEVICE = 0x10  # cards stand here and above, in the order of the ports
ISA_CARDS = (("0x300", "9"), ("0x320", "5"))


@dataclass(frozen=True)
class Spec:
    """What a machine is made of; equal ones may share a running machine."""

    nics: tuple = ("rtl8139", "rtl8139")
    memory_mib: int = 64
    machine: str = "pc"
    cpu: str = "max"
    uefi: bool = False
    config: str | None = CONFIGURATION_TEXT  # None: no drive, so the factory default
    capture: bool = True  # what every port saw; too much to keep of a long campaign
    devices: tuple = ()  # more words for QEMU
    reboots: bool = False  # a reset boots again, and does not end QEMU
    iso: str | None = str(TEST_ISO)  # the CD; None: no drive for one
    boot: str = "d"  # from the CD; "c": the first disk of `devices`; "n": the network, by port0's card
    disk: str | None = None  # a file, see disk_image.py: the second IDE channel's first disk
    disk_cache: str = "writethrough"  # QEMU's word; a killed QEMU has then written what the guest was told


class Machine:
    def __init__(self, spec, topology, directory):
        self.spec, self.topology, self.directory = spec, topology, directory
        self._process = self.serial = self.qmp = self._schedstat = None
        directory.mkdir(parents=True, exist_ok=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def start(self):
        """Starts QEMU; the machine then boots on its own."""
        serial, serial_qemu = socket.socketpair()
        control, control_qemu = socket.socketpair()
        argv = self._argv(serial_qemu.fileno(), control_qemu.fileno())
        (self.directory / "command").write_text(" ".join(argv) + "\n")
        if self.spec.iso:
            (self.directory / "image.sha256").write_text(f"{image.sha256(self.spec.iso)}  {self.spec.iso}\n")
        passed = [serial_qemu.fileno(), control_qemu.fileno()] + [link.fd for link in self._links()]
        with open(self.directory / "qemu.log", "wb") as log:
            self._process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *argv], pass_fds=passed,
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        serial_qemu.close()
        control_qemu.close()
        self.serial = SerialLine(serial, self.directory / "serial.log")
        self.console = Console(self.serial)
        try:
            self.qmp = Qmp(control)
        except (QmpError, OSError) as error:
            self.stop()
            raise RuntimeError(f"QEMU: {(self.directory / 'qemu.log').read_text()}") from error
        return self

    def stop(self):
        """Ends QEMU, politely at first; fine to call twice."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(END_TIMEOUT_S)
        for end in (self.qmp, self.serial):
            if end is not None:
                end.close()
        self._process = self._schedstat = None

    def wait_ready(self, timeout_s):
        """Until it says on the serial line that it can be talked to."""
        self.console.wait_ready(timeout_s)

    def cut_power(self):
        """Ends QEMU at whatever it is just doing; its disk keeps what was written so far."""
        self._process.kill()
        self._process.wait(END_TIMEOUT_S)

    @property
    def pid(self):
        """QEMU's."""
        return self._process.pid

    @property
    def processor_thread(self):
        """The thread that is the guest's processor."""
        return self.qmp.command("query-cpus-fast")[0]["thread-id"]

    @property
    def processor_ns(self):
        """The time for which that thread ran (proc(5), /proc/pid/schedstat)."""
        if self._schedstat is None:
            self._schedstat = Path(f"/proc/{self.pid}/task/{self.processor_thread}/schedstat")
        return int(self._schedstat.read_text().split()[0])

    @property
    def alive(self):
        return self._process is not None and self._process.poll() is None

    def mac(self, port):
        """The address that QEMU gave the card of that port."""
        return f"52:54:00:00:00:{port + 1:02x}"

    def _links(self):
        return self.topology.links[:len(self.spec.nics)] if self.topology else []

    def _argv(self, serial_fd, control_fd):
        spec = self.spec
        argv = ["qemu-system-x86_64", "-name", f"bulkhead-{self.directory.name}",
                "-machine", spec.machine, "-accel", "tcg", "-cpu", spec.cpu, "-m", str(spec.memory_mib),
                "-nodefaults", "-display", "none", "-vga", "std",
                "-chardev", f"socket,id=serial,fd={serial_fd}", "-serial", "chardev:serial",
                "-chardev", f"socket,id=control,fd={control_fd}", "-mon", "chardev=control,mode=control"]
        argv += self._boot_words()
        argv += spec.devices
        if not spec.reboots:
            argv += ["-no-reboot"]
        if spec.uefi:
            argv += ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={OVMF_CODE}",
                     "-drive", f"if=pflash,unit=1,format=raw,snapshot=on,file={OVMF_VARIABLES}"]
        if spec.disk is not None:
            argv += ["-drive", f"file={spec.disk},if=ide,index=2,media=disk,format=raw,cache={spec.disk_cache}"]
        for port, (model, link) in enumerate(zip(spec.nics, self._links(), strict=True)):
            argv += self._nic(port, model, link)
        return argv

    def _boot_words(self):
        """What QEMU boots, and the configuration that comes with it."""
        words = ["-boot", self.spec.boot]
        if self.spec.iso:
            words += ["-drive", f"file={self.spec.iso},media=cdrom,format=raw,readonly=on"]
        if self.spec.config is not None:
            drive = image.config_drive(self.directory / "config.img", self.spec.config)
            words += ["-drive", f"file={drive},media=disk,index=3,format=raw,snapshot=on"]  # behind all others
        return words

    def _nic(self, port, model, link):
        place = f"addr={FIRST_PCI_DEVICE + port:#x}"
        if model == "ne2k_isa":
            isa = self.spec.nics[:port].count("ne2k_isa")
            place = "iobase={},irq={}".format(*ISA_CARDS[isa])
        elif port or self.spec.boot != "n":
            place += ",romfile="
        argv = ["-netdev", f"{link.netdev},id=net{port}",
                "-device", f"{model},netdev=net{port},mac={self.mac(port)},{place}"]
        if self.spec.capture:
            file = self.directory / f"port{port}.pcap"
            argv += ["-object", f"filter-dump,id=dump{port},netdev=net{port},file={file},maxlen={CAPTURE_BYTES}"]
        return argv
