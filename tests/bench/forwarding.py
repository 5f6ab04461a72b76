"""Guest instructions a forwarded packet and a TCP connection: bursts of frames into a running image.

No network of the host is in between (wire.py), so a burst reaches the card as a
whole, and what the guest does with it is the same each time, however long the
host takes. Heartbeats and timers come in between, the more the slower the host;
so of many bursts those count that were disturbed least: nine in ten took more.
"""

import json
import time
from pathlib import Path

from tests.bench import segments
from tests.bench.counter import Counter
from tests.bench.rules import rules as rules_of
from tests.bench.segments import End
from tests.bench.wire import Wire
from tests.harness.machine import Machine, Spec
from tests.harness.settings import CONFIGURATION
from tests.harness.topology import LAN_HOST, WAN_HOST

BURST = 32
MANY = 128  # as they pile up in front of a saturated router; a port's queue holds so many
WARM_BURSTS = 4  # until the guest's own tables are as they stay
PACKET_BURSTS = 100
CONNECTION_BURSTS = 40
UNDISTURBED = 10  # one burst in so many took less than what counts
PAYLOAD = bytes(22)  # a frame of 64 bytes, without its check sequence
QUIET_S = 0.001
QUIET_LIMIT_S = 30
BOOT_LIMIT_S = 240
SHOW_LIMIT_S = 60  # the table of connections on a serial line
SERVER = End(WAN_HOST, 7400)
FIRST_PORT = 20000

# Who sends, flags, sequence number, acknowledgement, data: opened, used once, closed by the client.
CONVERSATION = (
    ("client", "S", 1000, 0, b""),
    ("server", "SA", 5000, 1001, b""),
    ("client", "A", 1001, 5001, b""),
    ("server", "PA", 5001, 1001, b"!"),
    ("client", "A", 1001, 5002, b""),
    ("client", "FA", 1001, 5002, b""),
    ("server", "FA", 5002, 1002, b""),
    ("client", "A", 1002, 5003, b""),
)


class Wires:
    """The two cables of one machine, in place of a Topology."""

    def __init__(self):
        self.lan = Wire(LAN_HOST, "02:00:00:00:00:01", "52:54:00:00:00:01")
        self.wan = Wire(WAN_HOST, "02:00:00:00:00:02", "52:54:00:00:00:02", (SERVER.port, SERVER.port + 1))
        self.links = [self.lan, self.wan]

    def close(self):
        for wire in self.links:
            wire.close()


class Bursts:
    """
    A running appliance, whose instructions are counted burst by burst; if `timed`, its processor's
    nanoseconds. Or another machine, of the class that is given.
    """

    def __init__(self, directory, iso, nic, rules=0, timed=False, machine=Machine, memory_mib=Spec.memory_mib):
        directory.mkdir(parents=True, exist_ok=True)
        self._counter = None if timed else Counter(directory / "instructions")
        self._wires = Wires()
        document = json.dumps(CONFIGURATION | {"rules": rules_of(rules)})
        devices = tuple(self._counter.words) if self._counter else ()
        spec = Spec(nics=(nic, nic), memory_mib=memory_mib, capture=False, devices=devices, iso=str(iso),
                    config=document)
        self._machine = machine(spec, self._wires, directory)
        self.lan, self.wan = self._wires.lan, self._wires.wan

    def __enter__(self):
        try:
            self._machine.start()
            self._machine.wait_ready(BOOT_LIMIT_S)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._machine.stop()
        self._wires.close()

    def through(self, source, target, packets):
        """Sends `packets` at once: what arrived at `target`, and what was spent until the guest rested."""
        before = self._rested()
        arrived = self.carried(source, target, packets)
        return arrived, self._rested() - before

    def carried(self, source, target, packets):
        """As through, but nothing is counted."""
        source.send(packets)
        return target.receive(len(packets))

    @property
    def flows(self):
        """That are live."""
        return self.console.json("show connections", SHOW_LIMIT_S)["used"]

    @property
    def console(self):
        return self._machine.console

    def _rested(self):
        """The count, once it stands still and not just because QEMU waits for the host's processor."""
        limit = time.monotonic() + QUIET_LIMIT_S
        count = self._spent()
        while time.monotonic() < limit:
            time.sleep(QUIET_S)
            before, sleeps, count = count, self._qemu_sleeps(), self._spent()
            if count == before and sleeps:
                return count
        raise TimeoutError("the guest does not come to rest")

    def _spent(self):
        return self._counter.value if self._counter else self._machine.processor_ns

    def _qemu_sleeps(self):
        """Is none of QEMU's threads runnable? proc(5), /proc/pid/stat."""
        tasks = Path(f"/proc/{self._machine.pid}/task").glob("*/stat")
        return all(task.read_text().rpartition(")")[2].split()[0] == "S" for task in tasks)


def acquaint(bursts):
    """One datagram and its answer, so that the neighbours are known."""
    asked, _ = bursts.through(bursts.lan, bursts.wan, [segments.udp(End(LAN_HOST, 7000), SERVER, PAYLOAD)])
    source, target = segments.ends(asked[0])
    bursts.through(bursts.wan, bursts.lan, [segments.udp(target, source, PAYLOAD)])


def packet(bursts, at_once=BURST):
    """What a 64-byte frame of one translated UDP flow takes, so many at once."""
    return packets([bursts], at_once)[0]


def packets(machines, at_once=BURST):
    """The same of each of the machines, which take turns."""
    datagrams = [segments.udp(End(LAN_HOST, 7100), SERVER, PAYLOAD)] * at_once
    return _in_turns(machines, PACKET_BURSTS, at_once,
                     lambda bursts, _: [bursts.through(bursts.lan, bursts.wan, datagrams)[1]])


def connection(bursts, first_port=FIRST_PORT):
    """What a translated TCP connection takes that is opened, used once and closed, BURST at a time."""
    return connections([bursts], first_port)[0]


def connections(machines, first_port=FIRST_PORT):
    """The same of each of the machines, which take turns."""
    return _in_turns(machines, CONNECTION_BURSTS, BURST,
                     lambda bursts, number: _converse(bursts, first_port + number * BURST))


def undisturbed(take, count):
    """Of one of BURST, if take(n) gives what each step of the n-th burst took."""
    return _in_turns([None], count, BURST, lambda _, number: take(number))[0]


def _in_turns(machines, count, at_once, take):
    """Of one of `at_once`, if take(machine, n) gives what each step of its n-th burst took."""
    found = [[take(machine, number) for machine in machines] for number in range(WARM_BURSTS + count)][WARM_BURSTS:]
    return [round(sum(sorted(step)[count // UNDISTURBED] for step in zip(*each)) / at_once)
            for each in zip(*found)]


def _converse(bursts, first_port):
    """The instructions of each step of BURST connections, from the ports behind `first_port`."""
    clients, seen, executed = [End(LAN_HOST, first_port + number) for number in range(BURST)], [], []
    for who, flags, sequence, acknowledgement, data in CONVERSATION:
        if who == "client":
            packets = [segments.tcp(client, SERVER, flags, sequence, acknowledgement, data) for client in clients]
            seen, count = bursts.through(bursts.lan, bursts.wan, packets)
        else:  # to where the last segment seems to come from
            packets = [segments.tcp(SERVER, segments.ends(segment)[0], flags, sequence, acknowledgement, data)
                       for segment in seen]
            _, count = bursts.through(bursts.wan, bursts.lan, packets)
        executed.append(count)
    return executed


def taken(directory, iso, nic, rules=0):
    """{what: instructions} of both, from one boot."""
    what = f"{nic}, {rules} rules" if rules else nic
    with Bursts(directory, iso, nic, rules) as bursts:
        acquaint(bursts)
        return {f"64-byte packet, {what}": packet(bursts), f"TCP connection, {what}": connection(bursts)}
