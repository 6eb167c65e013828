"""Reads the busy times in a calendar file (RFC 5545).

A file is whatever somebody else's server sends: it may be broken, or made to keep us busy. So
servers have it read in a process of its own (see `reading_process.py`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import icalendar
import recurring_ical_events

from dibs.availability.wall import to_instant
from dibs.busy_times.busy_time import BusyTime
from dibs.plain_text import unprintable_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from dibs.busy_times.busy_time import ReadingRequest

#: Most busy times of one calendar within the window.
MAX_BUSY_TIMES = 5_000
#: Most entries in one file, past ones included.
MAX_ENTRIES = 50_000
MAX_TITLE = 200
#: Whose title is nobody's business.
PRIVATE = ("PRIVATE", "CONFIDENTIAL")
ONE_DAY = timedelta(days=1)
SHORTEST_MONTH = 28


class NoCalendar(Exception):
    """The file is no calendar, or it is broken."""


class TooManyTimes(Exception):
    """The file has more entries, or more busy times within the window, than are read."""


def read_busy_times(file: bytes, wanted: ReadingRequest) -> list[BusyTime]:
    """The busy times within the window, by start, each once. Raises NoCalendar, TooManyTimes."""
    found: set[BusyTime] = set()
    # A faulty file makes the libraries raise whatever they happen to meet.
    try:
        for entry in _occurrences(_parse(file), wanted):
            busy = _busy_time_of(entry, wanted)
            if busy is not None:
                found.add(busy)
            if len(found) > MAX_BUSY_TIMES:
                raise TooManyTimes
    except (TooManyTimes, MemoryError):
        raise
    except Exception as error:
        raise NoCalendar from error
    return sorted(found)


def _parse(file: bytes) -> icalendar.Calendar:
    if file.count(b"BEGIN:VEVENT") > MAX_ENTRIES:
        raise TooManyTimes
    text = file.decode("utf-8-sig", errors="replace")
    calendar = icalendar.Calendar.from_ical(text)
    if calendar.name != "VCALENDAR":
        raise NoCalendar
    return calendar


def _occurrences(
    calendar: icalendar.Calendar, wanted: ReadingRequest
) -> Iterator[icalendar.cal.Component]:
    """All occurrences that may touch the window; those of a faulty series are left out. Times
    without a zone, and days, are compared in UTC, so the window is wider by a day."""
    for entry in calendar.walk("VEVENT"):
        _end_earlier(entry, wanted.end.year + 1)
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    yield from query.between(wanted.start - ONE_DAY, wanted.end + ONE_DAY)


def _end_earlier(entry: Any, last_year: int) -> None:
    """Let what ends after a year end in it. "Until further notice" is often written as the year
    9999, and the library can't subtract so long a time from the window."""
    start, end = (getattr(entry.get(name), "dt", None) for name in ("DTSTART", "DTEND"))
    if isinstance(start, date) and isinstance(end, date) and start.year < last_year < end.year:
        entry["DTEND"].dt = end.replace(year=last_year, day=min(end.day, SHORTEST_MONTH))


def _busy_time_of(entry: icalendar.cal.Component, wanted: ReadingRequest) -> BusyTime | None:
    if not _keeps_busy(entry) or _is_own(entry, wanted.own_host):
        return None
    start = _instant_of(entry["DTSTART"], wanted.zone)
    end = _instant_of(entry["DTEND"], wanted.zone)
    if not (start < end and start < wanted.end and wanted.start < end):
        return None
    # A time of years would become a piece for each of its days.
    return BusyTime(max(start, wanted.start), min(end, wanted.end), _title_of(entry))


def _keeps_busy(entry: icalendar.cal.Component) -> bool:
    return (
        _word(entry, "STATUS") != "CANCELLED"
        and _word(entry, "TRANSP") != "TRANSPARENT"
        # Outlook says TRANSP:OPAQUE of some times that it shows as free.
        and _word(entry, "X-MICROSOFT-CDO-BUSYSTATUS") != "FREE"
    )


def _word(entry: icalendar.cal.Component, name: str) -> str:
    return str(entry.get(name, "")).strip().upper()


def _is_own(entry: icalendar.cal.Component, own_host: str) -> bool:
    return bool(own_host) and str(entry.get("UID", "")).endswith(f"@{own_host}")


def _title_of(entry: icalendar.cal.Component) -> str:
    if _word(entry, "CLASS") in PRIVATE:
        return ""
    words = str(entry.get("SUMMARY", "")).split()
    printable = ("".join(each for each in word if not unprintable_in(each)) for word in words)
    return " ".join(filter(None, printable))[:MAX_TITLE]


def _instant_of(written: Any, zone: ZoneInfo) -> datetime:
    """In UTC, to the second. A day begins at midnight in the zone."""
    when: object = written.dt
    if not isinstance(when, datetime):
        if not isinstance(when, date):
            raise NoCalendar
        when = datetime.combine(when, time.min)
    if when.tzinfo is None:
        return to_instant(when.replace(microsecond=0), zone)
    return when.astimezone(UTC).replace(microsecond=0)
