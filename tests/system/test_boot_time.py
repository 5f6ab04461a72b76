"""From GRUB's hand-over to the first forwarded packet, by the host's clock.

GRUB prints a line as the last thing before it starts the kernel; from before
that on, a LAN host sends a ping each few milliseconds, as frames for the
router's MAC address, so that no ARP of the host hides a moment. The first of
them seen on the WAN ends the time.
"""

import time

import pytest
from scapy.layers.inet import ICMP, IP

from tests.harness import image
from tests.harness.machine import Spec
from tests.harness.packets import MARK, ethernet, frames_from
from tests.harness.starvation import Starvation
from tests.harness.topology import LAN_HOST, WAN_APPLIANCE, WAN_HOST

HAND_OVER = "tests: GRUB hands over"
BOOT_TIME_S = 1.0
PING_INTERVAL_S = 0.002
LIMIT_S = 60
RUNS_S = STANDS_S = 0.003
CLOCK_ERROR_MAX = 0.005


def grub_that_announces(text):
    """The configuration with an announcement as the last line of each menu entry."""
    lines = []
    for line in text.splitlines():
        if line.startswith("}"):
            lines.append(f'echo "{HAND_OVER}"')
        lines.append(line)
    return "serial --unit=0 --speed=115200\nterminal_output serial\n" + "\n".join(lines) + "\n"


def first_forwarded(router):
    """Floods pings until one is forwarded; the time of that."""
    frame = bytes(ethernet(router.mac(0), "02:00:00:00:00:01") / IP(src=LAN_HOST, dst=WAN_HOST) /
                  ICMP(id=7) / MARK)
    with router.topology.packet_port(0) as lan, router.topology.packet_port(1) as wan:
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            lan.send(frame)
            time.sleep(PING_INTERVAL_S)
            if frames_from(wan.drain(), WAN_APPLIANCE, to=WAN_HOST):
                return time.monotonic()
    raise TimeoutError(f"nothing forwarded in {LIMIT_S} s: {router.serial.text[-2000:]}")


@pytest.mark.parametrize("cards", [("rtl8139", "rtl8139"), ("ne2k_pci", "ne2k_pci")], ids=lambda c: c[0])
def test_first_packet_is_forwarded_within_a_second(boot, tmp_path, cards):
    iso = image.regrubbed(str(tmp_path / "announce.iso"), grub_that_announces)
    router = boot(Spec(iso=iso, nics=cards))
    forwarded = first_forwarded(router)
    announced = router.serial.wait_for(HAND_OVER, 1)
    seconds = forwarded - router.serial.arrived(announced.start())
    print(f"{seconds:.3f} s from GRUB to the first forwarded packet")
    assert 0 < seconds <= BOOT_TIME_S


def tsc_khz(boot, runs_s=None):
    """As the kernel measures it, on a machine that its host interrupts each `runs_s`."""
    router = boot(Spec())
    if runs_s is None:
        router.console.wait_ready()
    else:
        with Starvation(router, runs_s, STANDS_S):
            router.console.wait_ready()
    return router.console.json("show version")["tsc_khz"]


def test_the_clock_is_right_on_a_machine_that_is_interrupted_while_it_starts(boot):
    undisturbed = tsc_khz(boot)
    disturbed = [tsc_khz(boot, RUNS_S) for _ in range(3)]
    assert all(abs(khz - undisturbed) < CLOCK_ERROR_MAX * undisturbed for khz in disturbed), (undisturbed, disturbed)
