"""The date and the time of an appointment, written in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_timezone_gmt,
    get_timezone_location,
    get_timezone_name,
)

if TYPE_CHECKING:
    from babel import Locale

#: Babel writes these spaces between hours and AM; some mail programs show a box instead.
SPACES = str.maketrans({"\u202f": " ", "\u2009": " "})


@dataclass(frozen=True)
class Moment:
    """A date and a time as text. `time` is the time from start to end. `short_date` and `start` are
    for subjects. `zone` names the time zone by its city."""

    date: str
    short_date: str
    start: str
    time: str
    zone: str


def moment(start: datetime, end: datetime, zone: ZoneInfo, locale: Locale) -> Moment:
    first, last = start.astimezone(zone), end.astimezone(zone)
    begins, ends = (_clock(each, locale, with_offset=False) for each in (first, last))
    if _is_unclear(first) or _is_unclear(last) or first.utcoffset() != last.utcoffset():
        begins, ends = (_clock(each, locale, with_offset=True) for each in (first, last))
    if first.date() != last.date():
        ends = f"{format_date(last, 'full', locale)}, {ends}"
    return Moment(
        date=format_date(first, "full", locale),
        short_date=_plain(format_skeleton("yMMMEd", first, locale=locale)),
        start=begins,
        time=f"{begins} – {ends}",
        zone=_place_of(zone, first, locale),
    )


def reader_moment(
    start: datetime, end: datetime, business_zone: ZoneInfo, zone_name: str | None, locale: Locale
) -> Moment | None:
    """Return the moment in the reader's time zone, or None if the clock shows the same time there
    or if the zone is unknown."""
    try:
        zone = ZoneInfo(zone_name) if zone_name else business_zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    if start.astimezone(zone).utcoffset() == start.astimezone(business_zone).utcoffset():
        return None
    return moment(start, end, zone, locale)


def _clock(local: datetime, locale: Locale, *, with_offset: bool) -> str:
    shown = _plain(format_time(local, "short", locale=locale))
    if with_offset:
        return f"{shown} ({get_timezone_gmt(local, 'short', locale)})"
    return shown


def _plain(text: str) -> str:
    return text.translate(SPACES)


def _is_unclear(local: datetime) -> bool:
    """Tell whether the clock shows this time twice on that day."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _place_of(zone: ZoneInfo, local: datetime, locale: Locale) -> str:
    if zone.key.startswith("Etc/") or "/" not in zone.key:
        return str(get_timezone_name(local, locale=locale))
    return str(get_timezone_location(zone, locale, return_city=True))
