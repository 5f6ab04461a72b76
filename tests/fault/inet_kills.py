"""INET dies while a hundred TCP connections to the appliance carry data.

Each connection sends blocks of random bytes to the echo service and compares
what comes back. A reset, an end, a wrong byte, or a connection that carries
nothing after the last death breaks the promise.
"""

import random
import socket
import threading
import time

from tests.fault.bench_machine import booted, build_id
from tests.fault.figures import spread, table
from tests.fault.record import Record
from tests.harness.topology import LAN_GATEWAY

ECHO_PORT = 7
BLOCK_BYTES = 2000
PAUSE_S = 0.05  # between two blocks of a connection: the host's processors are few
KILL_INTERVAL_S = 0.6  # so long a life clears RS's count of deaths in a row
LAST_BLOCK_S = 30
TIMEOUT_S = 30


class Talker(threading.Thread):
    def __init__(self, namespace, seed, finished):
        super().__init__(daemon=True)
        with namespace.entered():
            self._connection = socket.create_connection((LAN_GATEWAY, ECHO_PORT), TIMEOUT_S)
        self._chance, self._finished = random.Random(seed), finished
        self.blocks, self.longest_s, self.error = 0, 0.0, None

    def run(self):
        try:
            while not self._finished.wait(PAUSE_S):
                began = time.monotonic()
                self._exchange(self._chance.randbytes(BLOCK_BYTES))
                self.blocks += 1
                self.longest_s = max(self.longest_s, time.monotonic() - began)
        except (OSError, ValueError) as error:
            self.error = repr(error)
        finally:
            self._connection.close()

    def _exchange(self, sent):
        self._connection.sendall(sent)
        got = b""
        while len(got) < len(sent):
            piece = self._connection.recv(len(sent) - len(got))
            if not piece:
                raise ValueError("end of stream")
            got += piece
        if got != sent:
            raise ValueError("wrong bytes")


def stuck_after(talkers):
    """Those that neither carry a whole block from now on nor tell why."""
    goals = [talker.blocks + 2 for talker in talkers]
    deadline = time.monotonic() + LAST_BLOCK_S
    while True:
        left = [talker for talker, goal in zip(talkers, goals) if talker.blocks < goal and talker.error is None]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def run(options):
    record = Record("INET kills with TCP connections to the appliance",
                    options.command("inet-kills", inet_kills=options.inet_kills, connections=options.connections))
    finished = threading.Event()
    with booted("inet-kills") as (machine, appliance):
        record.build_id = build_id(machine)
        talkers = [Talker(machine.topology.lan, options.seed + number, finished)
                   for number in range(options.connections)]
        for talker in talkers:
            talker.start()
        stuck_after(talkers)
        before, others = appliance.restarts("inet"), appliance.restarts("echo")
        for _ in range(options.inet_kills):
            began = time.monotonic()
            machine.serial.send("service crash inet exception\r")
            time.sleep(max(0.0, began + KILL_INTERVAL_S - time.monotonic()))
        stuck = stuck_after(talkers)
        machine.console.look("")
        died = appliance.restarts("inet") - before
        others = appliance.restarts("echo") - others
        finished.set()
        for talker in talkers:
            talker.join(TIMEOUT_S)
    report(record, options, talkers, stuck, died, others)
    return record


def report(record, options, talkers, stuck, died, others):
    blocks = sum(talker.blocks for talker in talkers)
    errors = [talker.error for talker in talkers if talker.error]
    record.lines += [f"{options.connections} connections to the echo service, blocks of {BLOCK_BYTES} bytes compared; "
                     f"{options.inet_kills} kills, one each {KILL_INTERVAL_S * 1000:.0f} ms, {died} restarts; seed "
                     f"{options.seed}.", ""]
    record.lines += table(("blocks echoed", "bytes", "connections that ended or had a wrong byte", "stuck"),
                          [(blocks, blocks * BLOCK_BYTES, len(errors), len(stuck))])
    middle, late, latest = spread([talker.longest_s for talker in talkers], 1000)
    record.lines += ["", f"Longest time for a block, of each connection: p50 {middle:.0f} ms, p99 {late:.0f} ms, "
                         f"max {latest:.0f} ms."]
    for what, count in ((f"connections failed ({', '.join(sorted(set(errors)))})", len(errors)),
                        ("connections carry nothing any more", len(stuck)),
                        ("deaths of the echo service", others),
                        ("kills without a restart", options.inet_kills - died)):
        if count:
            record.failures.append(f"{count} {what}")
