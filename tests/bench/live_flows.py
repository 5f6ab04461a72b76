"""Guest instructions a packet and a TCP connection cost when many flows are live.

They are translated TCP connections, and packets come of all of them in random
order, so each is looked up, and none twice in a row.
"""

import random

from tests.bench import segments
from tests.bench.forwarding import (BURST, CONNECTION_BURSTS, PACKET_BURSTS, SERVER, WARM_BURSTS, Bursts, acquaint,
                                    connection, undisturbed)
from tests.bench.segments import End
from tests.harness.topology import LAN_HOST

COUNTS = (100, 1000, 10_000, 100_000)
NIC = "rtl8139"
CLIENT_PORTS = range(10_000, 60_000)  # each to both ports of the server
CONNECTION_PORTS = 1100  # and up: of the connections in between
PAYLOAD = bytes(6)  # a frame of 64 bytes, without its check sequence


def taken(directory, iso):
    """{what: instructions}, from one boot in which there are more and more flows."""
    found, first_port, live = {}, CONNECTION_PORTS, 0
    with Bursts(directory, iso, NIC, 0) as bursts:
        acquaint(bursts)
        for count in COUNTS:
            _open(bursts, range(live, count))
            live = count
            found[f"64-byte packet, {count} flows"] = _packet(bursts, count)
            found[f"TCP connection, {count} flows"] = connection(bursts, first_port)
            first_port += (WARM_BURSTS + CONNECTION_BURSTS) * BURST
        if bursts.flows < live:
            raise RuntimeError(f"of {live} flows {bursts.flows} are left")
    return found


def _ends(flow):
    """Client and server of the flow of that number."""
    port = CLIENT_PORTS[flow % len(CLIENT_PORTS)]
    return End(LAN_HOST, port), End(SERVER.address, SERVER.port + flow // len(CLIENT_PORTS))


def _open(bursts, flows):
    for first in range(flows.start, flows.stop, BURST):
        ends = [_ends(flow) for flow in range(first, min(first + BURST, flows.stop))]
        seen = bursts.carried(bursts.lan, bursts.wan, [segments.tcp(*both, "S", 1000, 0) for both in ends])
        answers = [segments.tcp(target, source, "SA", 5000, 1001) for source, target in map(segments.ends, seen)]
        bursts.carried(bursts.wan, bursts.lan, answers)
        bursts.carried(bursts.lan, bursts.wan, [segments.tcp(*both, "A", 1001, 5001) for both in ends])


def _packet(bursts, count):
    """Instructions a 64-byte frame of any of the first `count` flows, BURST at a time."""
    dice = random.Random(count)

    def burst(_):
        packets = [segments.tcp(*_ends(flow), "PA", 1001, 5001, PAYLOAD) for flow in dice.sample(range(count), BURST)]
        return [bursts.through(bursts.lan, bursts.wan, packets)[1]]

    return undisturbed(burst, PACKET_BURSTS)
