"""A device that receives nothing any more, and says nothing of it, is found from end to end.

The chip is changed behind its driver's back, through QEMU's monitor.
"""

import re

import pytest

from tests.harness.appliance import Appliance
from tests.harness.pinger import Pinger
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

RTL_CR, RTL_HLTCLK = 0x37, 0x5b  # RTL8139C datasheet, 5.5 and 5.14
CR_TE, CLOCK_HALT = 0x04, ord("H")
NE_CR, NE_PSTOP = 0x00, 0x02
CR_RUN, PAGE_WRONG = 0x22, 0x4e
FOUND_S = 20  # the router's seconds can be longer than ours

RTL8139 = pytest.mark.machine(nics=("rtl8139", "rtl8139"))
NE2000 = pytest.mark.machine(nics=("ne2k_pci", "ne2k_pci"))


def register_write(router, port, offset, value):
    """One byte, into a register of port N's card."""
    bases = re.findall(r"Ethernet controller.*?BAR0: I/O at 0x([0-9a-f]+)", router.qmp.monitor("info pci"), re.S)
    router.qmp.monitor(f"o /b {int(bases[port], 16) + offset:#x} {value:#x}")


def assert_comes_back(router, silence, is_found):
    """Traffic goes, `silence` stops it until that `is_found`, and traffic goes again. The whole log after it."""
    appliance = Appliance(router.console)
    with Pinger(router.topology.lan, WAN_HOST, 0.1) as pinger:
        pinger.wait_more(5)
        silence()
        wait_until(lambda: is_found(appliance), FOUND_S, "the silence to be found", appliance.log_text)
        pinger.wait_more(20)
    assert pinger.lost > 0, "nothing was silent"
    return appliance.log_text()


def resets(appliance, port):
    return appliance.ports()[port]["statistics"]["device_resets"]


def port_generations(appliance):
    return {name: generation for name, generation in appliance.generations().items() if name.startswith("port")}


@RTL8139
def test_a_receiver_switched_off_is_reset_by_its_driver(router):
    before = port_generations(Appliance(router.console))
    log = assert_comes_back(router, lambda: register_write(router, 0, RTL_CR, CR_TE),
                            lambda appliance: resets(appliance, 0) == 1)
    assert "the RTL8139 is not as it was set up: reset" in log
    assert port_generations(Appliance(router.console)) == before, "a driver had to die for it"


@NE2000
def test_a_ring_that_moved_is_reset_by_its_driver(router):
    def move():
        register_write(router, 0, NE_CR, CR_RUN)
        register_write(router, 0, NE_PSTOP, PAGE_WRONG)
    log = assert_comes_back(router, move, lambda appliance: resets(appliance, 0) >= 1)
    assert "the NE2000 is not as it was set up: reset" in log


@RTL8139
@pytest.mark.parametrize("port", [0, 1])
def test_a_silence_that_no_register_tells_of_is_found_by_asking_a_neighbour(router, port):
    """With its clock halted QEMU's RTL8139 receives nothing, and each register reads as before."""
    name, before = f"port{port}", port_generations(Appliance(router.console))
    log = assert_comes_back(router, lambda: register_write(router, port, RTL_HLTCLK, CLOCK_HALT),
                            lambda appliance: port_generations(appliance)[name] > before[name])
    assert f"{name}: firewall complains: nothing received, though neighbours were asked" in log
    assert "the device is reset, as its recovery policy says" in log
    assert port_generations(Appliance(router.console)) == {**before, name: before[name] + 1}
