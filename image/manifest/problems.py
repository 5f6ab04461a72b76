"""What is wrong with a manifest: each with the place and what is meant."""

import difflib


class Problems:
    """Collects errors, so that one run shows them all."""

    def __init__(self):
        self._found = set()

    def add(self, place, text):
        """`place` is (file, line)."""
        self._found.add((str(place[0]), place[1], text))

    def __bool__(self):
        return bool(self._found)

    def lines(self):
        return [f"{file}:{line}: error: {text}" for file, line, text in sorted(self._found)]


def nearest(word, known):
    """", did you mean 'x'?" if something known is spelled alike."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f", did you mean '{close[0]}'?" if close else ""
