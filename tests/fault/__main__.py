"""The fault campaigns, one after the other: python3 -m tests.fault [CAMPAIGN...]

Each appends what it found to RESULTS.md. The exit status says whether all
promises were kept.
"""

import argparse
import sys
import time

from tests.harness import sandbox

sandbox.enter()

from tests.fault import (bit_flips, driver_kills, firewall_kills, host, inet_kills, matrix, power_cut,  # noqa: E402
                         silence, soak, throughput, web_audit)

CAMPAIGNS = {"driver-kills": driver_kills, "throughput": throughput, "firewall-kills": firewall_kills,
             "inet-kills": inet_kills, "bit-flips": bit_flips, "power-cut": power_cut,
             "matrix": matrix, "silence": silence, "web-audit": web_audit, "soak": soak}

TIMELESS = {"bit-flips"}  # of no time that the machine could spoil


class Options(argparse.Namespace):
    def command(self, campaign, **counts):
        """How to repeat a campaign."""
        words = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in {"seed": self.seed, **counts}.items())
        return f"make fault-bench CAMPAIGNS={campaign} OPTIONS=\"{words}\""


def parsed():
    parser = argparse.ArgumentParser(prog="tests.fault", description=__doc__.split("\n")[0])
    parser.add_argument("campaigns", nargs="*", choices=[*CAMPAIGNS, []], help="all, if none is named")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=1000, help="of drivers")
    parser.add_argument("--interval-ms", type=int, default=280,
                        help="between driver kills; under 260 RS sees deaths in a row, and resets the devices")
    parser.add_argument("--load", type=float, default=driver_kills.LOAD, help="part of the highest rate")
    parser.add_argument("--nics", type=lambda text: tuple(text.split(",")), default=("rtl8139", "rtl8139"))
    parser.add_argument("--megabytes", type=int, default=512, help="a download of the throughput campaign")
    parser.add_argument("--rounds", type=int, default=2, help="downloads with each interval between kills")
    parser.add_argument("--paired-kills", type=int, default=120, help="of the throughput campaign, one a second")
    parser.add_argument("--firewall-kills", type=int, default=1000)
    parser.add_argument("--flows", type=int, default=10_000)
    parser.add_argument("--inet-kills", type=int, default=200)
    parser.add_argument("--connections", type=int, default=100, help="to the appliance, while INET dies")
    parser.add_argument("--cuts", type=int, default=200, help="of the power, while records are written")
    parser.add_argument("--services", type=lambda text: text.split(","), help="of matrix and silence: only these")
    parser.add_argument("--duration", type=int, default=600, help="of the soak, seconds")
    parser.add_argument("--dry", action="store_true", help="print only, leave RESULTS.md alone")
    return parser.parse_args(namespace=Options())


def main():
    options = parsed()
    kept = True
    names = options.campaigns or list(CAMPAIGNS)
    if set(names) - TIMELESS:
        host.claim()
    for name in names:
        before, began = host.described(), time.monotonic()
        print(f"== {name}", flush=True)
        record = CAMPAIGNS[name].run(options)
        print(record.text(before), f"took {time.monotonic() - began:.0f} s", sep="\n", flush=True)
        if not options.dry:
            record.append(before)
        kept = kept and not record.failures
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
