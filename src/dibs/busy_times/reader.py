"""Reads the busy times in a calendar file (RFC 5545).

The file comes from somebody else's server. It may be broken, or made to take very long. So a
running Dibs reads it in a separate process (see `reading_process.py`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import icalendar
import recurring_ical_events

from dibs.availability.wall import to_instant
from dibs.busy_times.busy_time import BusyTime, Reading, UnreadEntry
from dibs.busy_times.components import keep_entries
from dibs.busy_times.mending import mend, start_of
from dibs.plain_text import unprintable_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from dibs.busy_times.busy_time import ReadingRequest, UnreadReason

#: Most busy times of one calendar within the window.
MAX_BUSY_TIMES = 5_000
#: Most entries in one file, past ones included.
MAX_ENTRIES = 50_000
MAX_TITLE = 200
#: Most entries that are reported because they can't be read completely.
MAX_UNREAD = 50
#: The values of CLASS with which the title of an entry is not stored.
PRIVATE = ("PRIVATE", "CONFIDENTIAL")
ONE_DAY = timedelta(days=1)
LATEST = datetime.max.replace(tzinfo=UTC)


class NoCalendar(Exception):
    """The file is no calendar, or it is broken."""


class TooManyTimes(Exception):
    """The file has more entries, or more busy times within the window, than are read."""


def read_busy_times(file: bytes, wanted: ReadingRequest) -> Reading:
    """Read the busy times within the window, and list the entries that can't be read completely.

    Raises NoCalendar, TooManyTimes.
    """
    # A faulty file can make the libraries raise any exception.
    try:
        calendar = _parse(file)
        unread = list(_mend_entries(calendar, wanted))
    except (NoCalendar, TooManyTimes, MemoryError):
        raise
    except Exception as error:
        raise NoCalendar from error
    found: set[BusyTime] = set()
    for faulty in _expand(calendar, _series_of(calendar), wanted, found):
        unread += _report_unread(faulty, "unreadable", wanted)
    told = dict.fromkeys(sorted(unread, key=_sort_key))
    return Reading(tuple(sorted(found)), tuple(told)[:MAX_UNREAD])


def _sort_key(entry: UnreadEntry) -> tuple[datetime, str]:
    return entry.starts_at or LATEST, entry.title


def _parse(file: bytes) -> icalendar.Calendar:
    if file.count(b"BEGIN:VEVENT") > MAX_ENTRIES:
        raise TooManyTimes
    text = keep_entries(file.decode("utf-8-sig", errors="replace"))
    calendar = icalendar.Calendar.from_ical(text)
    if calendar.name != "VCALENDAR":
        raise NoCalendar
    return calendar


def _mend_entries(calendar: Any, wanted: ReadingRequest) -> Iterator[UnreadEntry]:
    """Mend the entries of the calendar, and remove those that can't be used. Yields each entry that
    can't be read completely."""
    kept = []
    for number, entry in enumerate(calendar.subcomponents):
        if entry.name == "VEVENT":
            reason = mend(entry, number, wanted.end.year + 1)
            if reason is not None:
                yield from _report_unread(entry, reason, wanted)
            if reason in ("no_start", "unreadable"):
                continue
        kept.append(entry)
    calendar.subcomponents = kept


def _report_unread(
    entry: Any, reason: UnreadReason, wanted: ReadingRequest
) -> Iterator[UnreadEntry]:
    """Yield the entry, if times of it that aren't known may be busy within the window."""
    if not _keeps_busy(entry) or _is_own(entry, wanted.own_host):
        return
    written = start_of(entry)
    start = None if written is None else _instant(written, wanted.zone)
    if start is not None and start >= wanted.end:
        return
    is_over = start is not None and start < wanted.start - ONE_DAY and "RRULE" not in entry
    if reason != "no_end" or not is_over:
        yield UnreadEntry(_title_of(entry), reason, start)


def _series_of(calendar: Any) -> list[list[Any]]:
    """Return the entries grouped by their names (UID). A group is a series with its exceptions, or
    a single entry."""
    found: dict[object, list[Any]] = {}
    for number, entry in enumerate(calendar.walk("VEVENT")):
        name = entry.get("UID")
        found.setdefault(number if name is None else str(name), []).append(entry)
    return list(found.values())


def _expand(
    calendar: Any, series: list[list[Any]], wanted: ReadingRequest, found: set[BusyTime]
) -> Iterator[Any]:
    """Add the busy times of the series to `found`. Yields an entry of each series that the library
    can't read. Raises TooManyTimes.

    When the library fails, the list is halved again and again until the faulty series is alone.
    This is fast because there are few faulty ones.
    """
    try:
        found |= _busy_times_of(calendar, series, wanted)
    except (TooManyTimes, MemoryError):
        raise
    except Exception:  # What the library raises depends on what is written in the file.
        if len(series) == 1:
            yield series[0][0]
            return
        half = len(series) // 2
        yield from _expand(calendar, series[:half], wanted, found)
        yield from _expand(calendar, series[half:], wanted, found)
    if len(found) > MAX_BUSY_TIMES:
        raise TooManyTimes


def _busy_times_of(calendar: Any, series: list[list[Any]], wanted: ReadingRequest) -> set[BusyTime]:
    """Return the busy times of some series within the window.

    The library compares days and times without a zone in UTC, so it is asked for one more day at
    each end.
    """
    part = calendar.copy()
    zones = [each for each in calendar.subcomponents if each.name == "VTIMEZONE"]
    part.subcomponents = zones + [entry for entries in series for entry in entries]
    found: set[BusyTime] = set()
    query = recurring_ical_events.of(part)
    for entry in query.between(wanted.start - ONE_DAY, wanted.end + ONE_DAY):
        busy = _busy_time_of(entry, wanted)
        if busy is not None:
            found.add(busy)
        if len(found) > MAX_BUSY_TIMES:
            raise TooManyTimes
    return found


def _busy_time_of(entry: Any, wanted: ReadingRequest) -> BusyTime | None:
    if not _keeps_busy(entry) or _is_own(entry, wanted.own_host):
        return None
    start = _instant(entry["DTSTART"].dt, wanted.zone)
    end = _instant(entry["DTEND"].dt, wanted.zone)
    if not (start < end and start < wanted.end and wanted.start < end):
        return None
    # The time is cut to the window, because a time of many years would become a piece for each day.
    return BusyTime(max(start, wanted.start), min(end, wanted.end), _title_of(entry))


def _keeps_busy(entry: Any) -> bool:
    return (
        _word(entry, "STATUS") != "CANCELLED"
        and _word(entry, "TRANSP") != "TRANSPARENT"
        # Outlook says TRANSP:OPAQUE of some times that it shows as free.
        and _word(entry, "X-MICROSOFT-CDO-BUSYSTATUS") != "FREE"
    )


def _word(entry: Any, name: str) -> str:
    return str(entry.get(name, "")).strip().upper()


def _is_own(entry: Any, own_host: str) -> bool:
    return bool(own_host) and str(entry.get("UID", "")).endswith(f"@{own_host}")


def _title_of(entry: Any) -> str:
    if _word(entry, "CLASS") in PRIVATE:
        return ""
    words = str(entry.get("SUMMARY", "")).split()
    printable = ("".join(each for each in word if not unprintable_in(each)) for word in words)
    return " ".join(filter(None, printable))[:MAX_TITLE]


def _instant(when: date, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC, to the second. A day begins at midnight in the zone."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time.min)
    if when.tzinfo is None:
        return to_instant(when.replace(microsecond=0), zone)
    return when.astimezone(UTC).replace(microsecond=0)
