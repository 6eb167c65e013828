"""The rules of a time zone in a calendar file: when its offset changes, and to what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def time_zone_entry(zone: str, first_year: int, last_year: int) -> Timezone:
    """Return the entry of a zone, from the first day of one year to the last day of another. Each
    change is written by itself, so no rule has to be guessed. (`Timezone.from_tzid` of the library
    writes changes in spring an hour late.)"""
    info = ZoneInfo(zone)
    start, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (first_year, last_year + 1))
    entry = Timezone()
    entry.add("tzid", zone)
    for change in (start, *_changes(info, start, end)):
        before = start if change == start else change - SECOND
        former, offset = (_offset(info, instant) for instant in (before, change))
        local = change.astimezone(info)
        part = TimezoneDaylight() if local.dst() else TimezoneStandard()
        # The wall time of a change is written with the offset from before the change.
        part.add("dtstart", (change + former).replace(tzinfo=None))
        part.add("tzoffsetfrom", former)
        part.add("tzoffsetto", offset)
        part.add("tzname", local.tzname() or zone)
        entry.add_component(part)
    return entry


def _changes(info: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the first instant of each new offset. There are never two changes within a day."""
    day = start
    while day < end:
        following = day + timedelta(days=1)
        if _offset(info, day) != _offset(info, following):
            yield _find_change(info, day, following)
        day = following


def _find_change(info: ZoneInfo, before: datetime, after: datetime) -> datetime:
    former = _offset(info, before)
    while after - before > SECOND:
        middle = before + timedelta(seconds=(after - before) // SECOND // 2)
        if _offset(info, middle) == former:
            before = middle
        else:
            after = middle
    return after


def _offset(info: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(info).utcoffset() or timedelta(0)
