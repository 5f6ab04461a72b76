"""What is changed while the power fails: a record of the store; the whole configuration.

A subject types changes, each with a higher number, hears in what the console
printed how far they got, and looks after a boot which number is there. A
mixture of two is an AssertionError.
"""

import hashlib
import json
import random
import re

from tests.harness.waiting import wait_until

CHANGE_TIMEOUT_S = 20
NOT_NOW = ("the store does not answer", "config does not answer; try again",
           "config is still busy with the store; try again")


def answer(machine, command):
    """Of a command that may be told to come again, as just after a boot."""
    ask = lambda: machine.console.json(command, CHANGE_TIMEOUT_S)
    given = lambda seen: not (isinstance(seen, dict) and seen.get("error") in NOT_NOW) and (seen,)
    return wait_until(lambda: given(ask()), CHANGE_TIMEOUT_S, f"an answer to {command!r}", ask)[0]


class Subject:
    """Has in SPOKEN what is typed and said of a change: its number, that it is accepted, that it is on the disk."""

    def __init__(self):
        self.on_disk = 1  # said to be there
        self.under_way = False  # a change, when the power failed
        self.typed = range(2, 2)  # since the boot

    def type_changes(self, machine):
        self.typed = range(self.typed.stop, self.typed.stop + self.CHANGES_AHEAD)
        for number in self.typed:
            machine.serial.send(self._change(number))

    def hear(self, text):
        typed = pending = None
        for number, accepted, done in self.SPOKEN.findall(text):
            if number:
                typed = int(number)
            elif accepted and not self._waits(typed):
                pending = typed
            elif done and pending is not None:
                self.on_disk = pending
        self.under_way = pending is not None and pending != self.on_disk

    @staticmethod
    def _waits(_number):
        """Is it not to be found at a boot, though it was accepted?"""
        return False


class OneRecord(Subject):
    """3,000 bytes that say their number all over; and another record that nobody changes."""

    NAME = "a record"
    ACCEPTED = r"^accepted\n"
    CUT_WITHIN_S = 0.6
    CHANGES_AHEAD = 40
    SPOKEN = re.compile(r"store write one w(\d+)\n|^(accepted)\n|^(done)\n", re.MULTILINE)

    def prepare(self, machine):
        for name, word in (("other", "kept"), ("one", "w1")):
            machine.console.run(f"store write {name} {word}")
            wait_until(lambda: machine.console.json("store result")["result"] == "done", CHANGE_TIMEOUT_S, "the change")

    def _change(self, number):
        return f"store write one w{number}\rstore result\r"

    def look(self, machine):
        one, other = (answer(machine, f"store read {name}").get("text") for name in ("one", "other"))
        assert other == "kept", f"the record that nobody changes is {other!r}"
        assert re.fullmatch(r"w\d+", one or ""), f"a mixture or nothing: {one!r}"
        return int(one[1:])


class Configuration(Subject):
    """A document of several records, and its versions, whose beginning and end say their number.

    Each third commit wants to be confirmed and is not: a boot never finds that one.
    """

    NAME = "the configuration"
    ABOUT = ("a commit writes a record of what differs from the document of three that came with the boot, and one "
             "that names them all; each third commit waits to be confirmed, which it never is.")
    ACCEPTED = r"^in force: serial \d+\n"
    CUT_WITHIN_S = 1.2
    CHANGES_AHEAD = 8
    LOOKS = 60  # at whether a commit is on the disk: meanwhile it gets there
    RULES = 200
    CONFIRM_S = 600
    SPOKEN = re.compile(r'config set /hostname g(\d+)\n|^(in force): serial \d+\n|^\{.*("persisted":1)', re.MULTILINE)

    @classmethod
    def document(cls, number):
        """As JSON, over 16,000 bytes also when it is packed: three parts of 8,000 (services/config/ledger.h)."""
        rule = {"action": "deny", "from": "wan", "to": "lan", "protocol": "tcp"}
        rules = [rule | {"destination_port": port, "comment": hashlib.sha512(bytes([port])).hexdigest()[:80]}
                 for port in range(1, cls.RULES)]
        return json.dumps({"hostname": f"g{number}", "lan": {"address": "192.168.1.1/24"},
                           "rules": [*rules, rule | {"comment": f"g{number}"}]})

    @staticmethod
    def _waits(number):
        return number % 3 == 0

    def prepare(self, machine):
        """It came with the boot."""
        status = lambda: machine.console.json("config status")
        wait_until(lambda: status()["persisted"], CHANGE_TIMEOUT_S, "the document on the disk", status)

    def _change(self, number):
        confirm = f" confirm {self.CONFIRM_S}" if self._waits(number) else ""
        return (f"config set /hostname g{number}\rconfig set /rules/{self.RULES - 1}/comment g{number}\r"
                f"config commit{confirm}\r" + self.LOOKS * "config status json\r")

    def look(self, machine):
        found = self._number(machine, "running")
        assert not self._waits(found), f"{found} was never confirmed"
        history = answer(machine, "config history")
        for entry in random.Random(found).sample(history, min(2, len(history))):
            self._number(machine, entry["serial"])
        return found

    def _number(self, machine, which):
        document = answer(machine, f"config show {which}")
        said = document["hostname"], document["rules"][-1]["comment"], len(document["rules"])
        assert re.fullmatch(r"g\d+", said[0]) and said == (said[0], said[0], self.RULES), f"a mixture: {said}"
        return int(said[0][1:])
