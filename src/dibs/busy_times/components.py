"""Keeps the components of a calendar file that matter for busy times, and drops all others.

Alarms, tasks and the like make nobody busy, and a fault in one of them must not hide the entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Properties of the calendar itself that the meaning of its entries depends on.
PROPERTIES = ("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "X-WR-TIMEZONE")
#: A line that continues the line before begins with one of these.
GOES_ON = (" ", "\t")


class BrokenFile(Exception):
    """A component of the file has no end."""


def keep_entries(text: str) -> str:
    """Return the file with only its entries and their time zones. Raises BrokenFile if a part of
    the file is missing, because its entries can't be relied on then."""
    return "\n".join(_kept_lines(text))


def _kept_lines(text: str) -> Iterator[str]:
    within: list[str] = []
    is_kept = False
    for line in text.split("\n"):
        if not line.startswith(GOES_ON):
            name, _, value = line.strip().upper().partition(":")
            if name == "BEGIN":
                within.append(value)
            is_kept = _is_kept(within, name.partition(";")[0])
            if name == "END" and (not within or within.pop() != value):
                raise BrokenFile
        if is_kept:
            yield line
    if within:
        raise BrokenFile


def _is_kept(within: Sequence[str], name: str) -> bool:
    if len(within) < 2:
        return name in PROPERTIES
    return within[1] == "VTIMEZONE" or tuple(within[1:]) == ("VEVENT",)
