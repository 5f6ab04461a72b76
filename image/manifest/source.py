"""A TOML file and the line on which each table, key and list item stands.

tomllib gives no lines, so the text is scanned once more for headers and keys;
good for TOML as people write it: one key a line, lists over several lines.
"""

import re
import tomllib

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+|\"[^\"]+\")\s*=")
_PART = re.compile(r"\"([^\"]*)\"|([A-Za-z0-9_-]+)")


class Source:
    def __init__(self, path):
        self.name = str(path)
        self._text = []
        self.data = {}
        self._lines = {}

    def parse(self, problems):
        """Reads the data; a file that is not there or not TOML is a problem."""
        try:
            with open(self.name, encoding="utf-8") as file:
                text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            problems.add((self.name, 1), f"cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}")
            return False
        self._text = text.splitlines()
        try:
            self.data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            match = re.search(r"line (\d+)", str(error))
            line = int(match.group(1)) if match else max(len(self._text), 1)
            problems.add((self.name, line), f"not TOML: {re.sub(r' *[(]at .*', '', str(error))}")
            return False
        self._index()
        return True

    def place(self, *path, item=None):
        """(file, line) of the table or key `path`, or of a list item below it.

        A table of an array of tables is named by its number: "rule", 0, "width".
        """
        known = list(path)
        while known and tuple(known) not in self._lines:
            known.pop()
        line = self._lines.get(tuple(known), 1)
        return (self.name, self._item_line(line, item) if item is not None else line)

    def _index(self):
        table, counts = (), {}
        for number, text in enumerate(self._text, 1):
            if match := _HEADER.match(text):
                table = tuple(quoted or bare for quoted, bare in _PART.findall(match.group(2)))
                if match.group(1) == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    self._lines.setdefault(table, number)
                    table = (*table, counts[table])
                for length in range(1, len(table) + 1):
                    self._lines.setdefault(table[:length], number)
            elif match := _KEY.match(text):
                self._lines.setdefault((*table, match.group(1).strip('"')), number)

    def _item_line(self, line, item):
        for number in range(line, len(self._text) + 1):
            text = self._text[number - 1]
            if number > line and (_HEADER.match(text) or _KEY.match(text)):
                break
            if f'"{item}"' in text or f"'{item}'" in text:
                return number
        return line
