"""Percentiles, and tables as they stand in RESULTS.md."""

import math


def percentile(values, percent):
    """The smallest value that at least `percent` % of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def table(head, rows):
    """Lines of a Markdown table; numbers are rounded to what they can mean."""
    def line(cells):
        return "| " + " | ".join(shown(cell) for cell in cells) + " |"
    return [line(head), "|" + "---|" * len(head), *map(line, rows)]


def shown(cell):
    return f"{cell:.1f}" if isinstance(cell, float) else str(cell)


def spread(values, scale=1.0):
    """p50, p99 and the largest, scaled."""
    return [percentile(values, 50) * scale, percentile(values, 99) * scale, max(values) * scale]
