"""The owner, who reads his mail: what he is told of, from a real mail server."""

import contextlib

from tests.harness.smtp import MailServer
from tests.harness.topology import WAN_HOST
from tests.harness.waiting import wait_until

MAIL_S = 60
SMTP_PORT = 25


class Owner:
    def __init__(self, machine, mailbox):
        self.machine, self._mailbox = machine, mailbox

    def told(self):
        """(text, what it is called) of each alert in each mail, in their order."""
        alerts = []
        for _, _, _, text in list(self._mailbox.mails):
            lines = text.split("\r\n\r\n", 1)[1].splitlines()
            alerts += [(first, second.strip()) for first, second in zip(lines, lines[1:]) if second.startswith("    ")]
        return alerts

    def is_told(self, text, called, after=0):
        """Behind the first `after` alerts."""
        return any(text in line and name.startswith(called) for line, name in self.told()[after:])

    def wait_told(self, text, called, timeout_s=MAIL_S, after=0):
        wait_until(lambda: self.is_told(text, called, after), timeout_s, f"{called}: {text}",
                   lambda: (self.told(), self.machine.console.look("alert show")))


@contextlib.contextmanager
def mailed(machine):
    """He has a mail server on the machine's WAN."""
    with MailServer(machine.topology.wan, WAN_HOST, SMTP_PORT, "none") as mailbox:
        yield Owner(machine, mailbox)
