"""Finds the line of a key in a TOML text, so that a fault can be shown where it is."""

from __future__ import annotations

import re


def split_lines(text: str) -> list[str]:
    """Split a text into lines as TOML counts them. Only \\n ends a line; other line breaks of
    Unicode don't."""
    return text.removesuffix("\n").split("\n")


def _path(
    names: list[str], counts: dict[tuple[str, ...], int], *, is_one_of_many: bool
) -> tuple[str, ...]:
    """Return the path of the table whose header has these names. `counts` has the index of the last
    table of each array of tables, by the path of the array."""
    path: tuple[str, ...] = ()
    for depth, name in enumerate(names, start=1):
        path = (*path, name)
        if is_one_of_many and depth == len(names):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, str(counts[path]))
    return path


class LineFinder:
    """Finds the line of a key in a TOML text. It is no full parser, but good enough to show where a
    fault is."""

    HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
    KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*[.=]""")

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, ...], int] = {}
        counts: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(split_lines(text), start=1):
            if header := self.HEADER.match(line):
                names = [name.strip().strip("\"'") for name in header[2].split(".")]
                table = _path(names, counts, is_one_of_many=header[1] == "[[")
                for length in range(1, len(table) + 1):
                    self._found.setdefault(table[:length], number)
            elif key := self.KEY.match(line):
                self._found.setdefault((*table, key[1].strip("\"'")), number)

    def find(self, *path: str | int) -> int:
        """Return the number of the key's line, or of the nearest table around the key."""
        names = tuple(map(str, path))
        while names:
            if names in self._found:
                return self._found[names]
            names = names[:-1]
        return 1
