"""The appliance's command line on the serial port.

A command ends when the next prompt stands at the end of what came; log lines
may stand before it, and before the echo of what was typed. Commands
that only look may be repeated, as the console or the serial driver may be the
very service that a test has just killed.
"""

import json
import re

PROMPT = "bulkhead> "
BANNER = r"^Bulkhead .*lists the commands"
PROMPT_AT_END = rf"^{PROMPT}\Z"
BOOT_TIMEOUT_S = 60
COMMAND_TIMEOUT_S = 5
TRIES = 3
PREDICTABLE_CHARACTERS = 60  # a longer line scrolls sideways, so its echo is more than itself
CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
LOG_LINE = re.compile(r"^\[ *\d+\.\d{6}\] .*\n", re.MULTILINE)  # between outputs at any time


class ConsoleError(RuntimeError):
    """The command was refused; the text is the console's answer."""


class Console:
    def __init__(self, serial):
        self._serial = serial

    def wait_ready(self, timeout_s=BOOT_TIMEOUT_S, start=0):
        """Waits for the first prompt of a boot, behind the mark `start`."""
        banner = self._serial.wait_for(BANNER, timeout_s, start)
        self._serial.wait_for(PROMPT_AT_END, timeout_s, banner.end())
        return self

    def run(self, command, timeout_s=COMMAND_TIMEOUT_S):
        """Runs the command once and returns what it printed; log lines may stand behind that."""
        mark = self._serial.text.rfind("\n") + 1
        self._serial.send(command + "\r")
        echo = self._serial.wait_for(echo_pattern(command), timeout_s, mark)
        prompt = self._serial.wait_for(PROMPT_AT_END, timeout_s, echo.end())
        return CONTROL_SEQUENCE.sub("", self._serial.text[echo.end():prompt.start()])

    def look(self, command, timeout_s=COMMAND_TIMEOUT_S):
        """As run, but tries again if the answer was lost: for commands that change nothing."""
        for left in reversed(range(TRIES)):
            try:
                return self.run(command, timeout_s)
            except TimeoutError:
                if left == 0:
                    raise
                self._serial.send("\x15\r")  # empty the line, ask for a prompt

    def json(self, command, timeout_s=COMMAND_TIMEOUT_S):
        """The one JSON document that `command json` prints on one line.

        A serial driver that dies meanwhile prints some characters twice.
        """
        for left in reversed(range(TRIES)):
            text = self.look(f"{command} json", timeout_s)
            for line in text.splitlines():
                if line.startswith(("{", "[")):
                    try:
                        return json.loads(line)
                    except ValueError:
                        if left == 0:
                            raise
        raise ConsoleError(f"{command} json printed no JSON document: {text!r}")


def echo_pattern(command):
    """The end of the line in which the command was typed.

    A log line may come in between, after which prompt and line are shown again.
    """
    if command.isprintable() and command.isascii() and len(command) <= PREDICTABLE_CHARACTERS:
        return rf"{PROMPT}{re.escape(command)}\n"
    return rf"^{PROMPT}(?!\x1b\[K\[).*\n"
