"""The firewall dies with ten thousand translated flows in its table.

Each flow is a UDP socket of the LAN host. At first all send, and the WAN host
notes from which port of the router each comes. After each death some flows in
turn, and in the end all, send again: they have to come from the same port,
and the WAN host's answers have to reach the socket. A datagram lost is sent
again; it is the port that counts, and that the flow passes.
"""

import random
import resource
import selectors
import socket
import time

from tests.fault.bench_machine import booted, build_id
from tests.fault.figures import spread, table
from tests.fault.record import Record
from tests.harness.topology import WAN_APPLIANCE, WAN_HOST

PORT = 7200
BATCH = 100
TRIES = 5
ANSWER_S = 0.5
ASK_S = 0.002
KILL_HAPPENS_S = 0.005  # on the console, after it has been asked for
SPARE_FILES = 200
CHECKED_A_KILL = 200
KILL_INTERVAL_S = 0.6  # so long a life clears RS's count of deaths in a row


class Flows:
    def __init__(self, topology, count):
        files = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (count + SPARE_FILES, max(files[1], count + SPARE_FILES)))
        with topology.wan.entered():
            self._server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._server.bind((WAN_HOST, PORT))
        with topology.lan.entered():
            self._sockets = [self._open() for _ in range(count)]
        self.ports = [None] * count
        self.changed, self.dead, self.foreign = set(), set(), 0

    def close(self):
        for each in (*self._sockets, self._server):
            each.close()

    @staticmethod
    def _open():
        flow = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        flow.connect((WAN_HOST, PORT))
        flow.setblocking(False)
        return flow

    def check(self, numbers):
        """Sends on these flows until each has had its answer; remembers what went wrong."""
        for place in range(0, len(numbers), BATCH):
            waiting = set(numbers[place:place + BATCH])
            for _ in range(TRIES):
                waiting -= self._exchange(waiting)
                if not waiting:
                    break
            self.dead |= waiting
            self.dead -= set(numbers[place:place + BATCH]) - waiting

    def _exchange(self, numbers):
        """Those of the flows that got their answer."""
        answered = set()
        with selectors.DefaultSelector() as selector:
            selector.register(self._server, selectors.EVENT_READ, None)
            for number in numbers:
                selector.register(self._sockets[number], selectors.EVENT_READ, number)
                self._sockets[number].send(number.to_bytes(4, "big"))
            deadline = time.monotonic() + ANSWER_S
            while answered != numbers and (left := deadline - time.monotonic()) > 0:
                for key, _ in selector.select(left):
                    if key.data is None:
                        self._answer()
                    elif self._sockets[key.data].recv(16) == key.data.to_bytes(4, "big"):
                        answered.add(key.data)  # perhaps to what was sent before: then the path holds, too
        return answered

    def first_answer_s(self, number, began):
        """Seconds from `began` to the first answer on one flow, that asks every 2 ms."""
        flow = self._sockets[number]
        self._server.setblocking(False)
        time.sleep(KILL_HAPPENS_S)
        while time.monotonic() < began + ANSWER_S * TRIES:
            flow.send(number.to_bytes(4, "big"))
            time.sleep(ASK_S)
            self._answer_all()
            if self._receive(flow):
                break
        return time.monotonic() - began

    def _answer_all(self):
        try:
            while True:
                self._answer()
        except BlockingIOError:
            pass

    @staticmethod
    def _receive(flow):
        time.sleep(ASK_S)
        try:
            return bool(flow.recv(16))
        except BlockingIOError:
            return False

    def _answer(self):
        data, peer = self._server.recvfrom(16)
        number = int.from_bytes(data, "big")
        self.foreign += peer[0] != WAN_APPLIANCE
        if self.ports[number] is None:
            self.ports[number] = peer[1]
        elif self.ports[number] != peer[1]:
            self.changed.add(number)
        self._server.sendto(data, peer)


def run(options):
    chance = random.Random(options.seed)
    record = Record("Firewall kills with translated flows",
                    options.command("firewall-kills", firewall_kills=options.firewall_kills, flows=options.flows))
    with booted("firewall-kills") as (machine, appliance):
        record.build_id = build_id(machine)
        flows, everyone = Flows(machine.topology, options.flows), list(range(options.flows))
        flows.check(everyone)
        opened = options.flows - flows.ports.count(None)
        before, mark = appliance.restarts("firewall"), machine.serial.length
        first_s = []
        for _ in range(options.firewall_kills):
            began = time.monotonic()
            machine.serial.send("service crash firewall exception\r")
            first_s.append(flows.first_answer_s(chance.choice(everyone), began))
            flows.check(chance.sample(everyone, min(CHECKED_A_KILL, options.flows)))
            time.sleep(max(0.0, began + KILL_INTERVAL_S - time.monotonic()))
        flows.check(everyone)
        machine.console.look("")
        died = appliance.restarts("firewall") - before
        text = machine.serial.text[mark:]
        flows.close()
    report(record, options, flows, opened, died, first_s, text)
    return record


def report(record, options, flows, opened, died, first_s, text):
    discarded = sum(int(words.split()[-1]) for words in
                    (line.split(" discarded")[0] for line in text.splitlines() if " discarded" in line))
    record.lines += [f"{options.flows} UDP flows, {opened} of them opened before the first kill; "
                     f"{options.firewall_kills} kills, one each {KILL_INTERVAL_S * 1000:.0f} ms, {died} restarts; seed "
                     f"{options.seed}. After each kill {min(CHECKED_A_KILL, options.flows)} flows, in the end all of "
                     "them, were checked.", ""]
    record.lines += table(("flows that changed their port", "flows that passed no more", "came untranslated",
                           "records discarded"), [(len(flows.changed), len(flows.dead), flows.foreign, discarded)])
    middle, late, latest = spread(first_s, 1000)
    record.lines += ["", f"From the command to the next answer on a flow that asks every 2 ms: p50 {middle:.1f} ms, "
                         f"p99 {late:.1f} ms, max {latest:.1f} ms."]
    for what, count in (("flows changed their port", len(flows.changed)), ("flows pass no more", len(flows.dead)),
                        ("datagrams came untranslated", flows.foreign), ("records discarded", discarded),
                        ("flows could not be opened", options.flows - opened),
                        ("kills without a restart", options.firewall_kills - died)):
        if count:
            record.failures.append(f"{count} {what}")
