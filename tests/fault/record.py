"""What a campaign found, printed and appended to RESULTS.md."""

import time
from dataclasses import dataclass, field

from tests.harness.paths import ROOT

RESULTS = ROOT / "tests" / "fault" / "RESULTS.md"


@dataclass
class Record:
    """`lines` are Markdown; `failures` say which promise was not kept."""

    title: str
    repeat: str  # the command that repeats it
    build_id: str = "unknown"  # of the image that was tested
    lines: list = field(default_factory=list)
    failures: list = field(default_factory=list)

    def text(self, before):
        """`before` describes the host as it was when the campaign began."""
        verdict = "; ".join(self.failures) or "none"
        return "\n".join([f"## {self.title}", "",
                          f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}, image of commit {self.build_id}, "
                          f"`{self.repeat}`", "", f"{before}", "", *self.lines, "",
                          f"Promises not kept: {verdict}.", ""])

    def append(self, before):
        with open(RESULTS, "a", encoding="utf-8") as file:
            file.write("\n" + self.text(before))
