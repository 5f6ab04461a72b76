"""Everything that has to hold of a system before it is built."""

from image.manifest.rules_calls import check_calls
from image.manifest.rules_drivers import check_drivers
from image.manifest.rules_limits import check_limits
from image.manifest.rules_memory import check_memory
from image.manifest.rules_sharing import check_sharing


def check(system, problems):
    """Of what is written; needs no programs."""
    for rule in (check_calls, check_sharing, check_limits, check_drivers):
        rule(system, problems)


def check_programs(system, problems):
    """Of the programs too."""
    check_memory(system, problems)
