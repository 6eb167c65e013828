"""Finds the line of a key in a TOML text, so that a fault can be shown where it is."""

from __future__ import annotations

import re


def split_lines(text: str) -> list[str]:
    """The lines as TOML counts them. Only \\n ends a line; other line breaks of Unicode don't."""
    return text.removesuffix("\n").split("\n")


class Lines:
    """Finds the line of a key in a TOML text, well enough to point at a fault."""

    HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
    KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*[.=]""")

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, ...], int] = {}
        counts: dict[str, int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(split_lines(text), start=1):
            if header := self.HEADER.match(line):
                names = [name.strip().strip("\"'") for name in header[2].split(".")]
                if header[1] == "[[":
                    counts[names[0]] = counts.get(names[0], -1) + 1
                index = [str(counts[names[0]])] if names[0] in counts else []
                table = (names[0], *index, *names[1:])
                self._found.setdefault(table[:1], number)
                self._found.setdefault(table, number)
            elif key := self.KEY.match(line):
                self._found.setdefault((*table, key[1].strip("\"'")), number)

    def find(self, *path: str | int) -> int:
        """The line of the key, or of the nearest table around it."""
        names = tuple(map(str, path))
        while names:
            if names in self._found:
                return self._found[names]
            names = names[:-1]
        return 1
