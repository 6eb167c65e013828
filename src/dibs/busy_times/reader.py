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
#: Most entries that are named because they can't be read whole.
MAX_UNREAD = 50
#: Whose title is nobody's business.
PRIVATE = ("PRIVATE", "CONFIDENTIAL")
ONE_DAY = timedelta(days=1)
LATEST = datetime.max.replace(tzinfo=UTC)


class NoCalendar(Exception):
    """The file is no calendar, or it is broken."""


class TooManyTimes(Exception):
    """The file has more entries, or more busy times within the window, than are read."""


def read_busy_times(file: bytes, wanted: ReadingRequest) -> Reading:
    """The busy times within the window, and which entries could not be read whole. Raises
    NoCalendar, TooManyTimes."""
    # A faulty file makes the libraries raise whatever they happen to meet.
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
    """Make the calendar one that the library can read. Returns what is not known of it for that."""
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
    """The entry, if what isn't known of it may keep somebody busy within the window."""
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
    """The entries by their names (UID): a series with its exceptions, or a single entry."""
    found: dict[object, list[Any]] = {}
    for number, entry in enumerate(calendar.walk("VEVENT")):
        name = entry.get("UID")
        found.setdefault(number if name is None else str(name), []).append(entry)
    return list(found.values())


def _expand(
    calendar: Any, series: list[list[Any]], wanted: ReadingRequest, found: set[BusyTime]
) -> Iterator[Any]:
    """Add all busy times of the series to those that were found. Returns an entry of each that the
    library can't read: as there are few of these, it halves the others until they are found.
    Raises TooManyTimes."""
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
    """Times without a zone, and days, are compared in UTC, so the window is wider by a day."""
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
    # A time of years would become a piece for each of its days.
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
    """In UTC, to the second. A day begins at midnight in the zone."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time.min)
    if when.tzinfo is None:
        return to_instant(when.replace(microsecond=0), zone)
    return when.astimezone(UTC).replace(microsecond=0)
