"""The machine of a campaign: two cards, at its prompt, its neighbours known."""

import shutil
from contextlib import contextmanager

from tests.harness.appliance import Appliance
from tests.harness.machine import Machine, Spec
from tests.harness.paths import ARTIFACTS
from tests.harness.topology import LAN_HOST, WAN_HOST, Topology

DEEP_FRAMES = 200_000


@contextmanager
def booted(name, nics=("rtl8139", "rtl8139")):
    """A machine and its console; what explains a failure stays in the artifacts folder."""
    directory = ARTIFACTS / f"fault-{name}"
    shutil.rmtree(directory, ignore_errors=True)
    topology = Topology(len(nics))
    try:
        with Machine(Spec(nics=tuple(nics), capture=False), topology, directory) as machine:
            machine.console.wait_ready()
            topology.lan.run("ping", "-n", "-c", 2, "-i", 0.2, "-W", 5, WAN_HOST)
            yield machine, Appliance(machine.console)
    finally:
        topology.close()


def cables_deepen(machine):
    """From now on they hold so many frames that a host that lets QEMU wait for a second loses none by itself."""
    for link in machine.topology.links:
        link.namespace.run("ip", "link", "set", link.name, "txqueuelen", DEEP_FRAMES)


def cables_dropped(machine):
    """Frames that the cables have lost by themselves, as QEMU or the far end did not take them in time."""
    return sum(link.dropped() for link in machine.topology.links)


def build_id(machine):
    return machine.console.json("show version")["build_id"]


def routes(machine):
    """Does a ping get through within three seconds?"""
    done = machine.topology.lan.run("ping", "-n", "-c", 1, "-W", 3, WAN_HOST, check=False)
    return done.returncode == 0


__all__ = ["LAN_HOST", "WAN_HOST", "booted", "build_id", "cables_deepen", "routes"]
