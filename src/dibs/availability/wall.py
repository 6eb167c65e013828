"""Converts between wall time and instants. No other module knows about clock changes.

A zone's clock sometimes skips an hour or shows an hour twice. One rule decides all of these cases:
a wall time means the first instant at which the clock shows it *or a later time*. So an hour that
is skipped shrinks to the instant of the jump, an hour that is repeated counts the first time, and a
later wall time is never an earlier instant. Local days follow each other without gap or overlap,
even where the clock is put back across midnight.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from dibs.availability.intervals import Interval

ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)
MINUTES_A_DAY = 24 * 60
#: Names of zones that some systems have but browsers don't know. They name no place.
UNKNOWN_TO_BROWSERS = frozenset({"Factory", "localtime"})


def wall_time(day: date, minute: int) -> datetime:
    """Return the naive wall time that is `minute` minutes after 00:00 of a day on the clock. For
    1440 it is 00:00 of the next day."""
    return datetime.combine(day, time.min) + minute * ONE_MINUTE


def to_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the clock of `zone` shows `wall`, a naive time, or
    later."""
    return first_showing(wall, zone) or _jump_over(wall, zone)


def exists(wall: datetime, zone: ZoneInfo) -> bool:
    """Tell whether the clock of `zone` ever shows `wall`, a naive time. It never shows a time that
    it skips."""
    return first_showing(wall, zone) is not None


def first_showing(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first instant at which the clock of `zone` shows exactly `wall`, or None."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return instant if _strip_zone(instant, zone) == wall else None


@lru_cache(maxsize=20_000)
def local_day(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of a local day, and the first instant after it.

    They are equal if the zone skipped the whole day, as Samoa did on 2011-12-30.
    """
    return to_instant(wall_time(day, 0), zone), to_instant(wall_time(day, MINUTES_A_DAY), zone)


@lru_cache(maxsize=20_000)
def plain_midnight(day: date, zone: ZoneInfo) -> datetime | None:
    """Return the first instant of a local day if the clock changes neither on that day nor on the
    next one, or else None. It relies on this: no zone has changed its clock twice within a day."""
    start, end = local_day(day, zone)
    _, next_end = local_day(day + ONE_DAY, zone)
    return start if end - start == next_end - end == ONE_DAY else None


@lru_cache(maxsize=50_000)
def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the local day to which an instant belongs: the day whose `local_day` contains it.

    This differs from the date on the clock only where the clock is put back across midnight: a day
    that has begun goes on, though the clock shows the date before it again.
    """
    shown = _strip_zone(instant, zone).date()
    _, end = local_day(shown, zone)
    return shown if instant < end else shown + ONE_DAY


def days_of(interval: Interval, zone: ZoneInfo) -> tuple[date, ...]:
    """Return every local day that has an instant in common with `interval`, in order."""
    first = day_of(interval.start, zone)
    last = day_of(interval.end - timedelta.resolution, zone)
    days = (first + n * ONE_DAY for n in range((last - first).days + 1))
    return tuple(day for day in days if not _is_skipped(day, zone))


def offsets_within(interval: Interval, zone: ZoneInfo) -> list[tuple[Interval, timedelta]]:
    """Return the parts of an interval in which the clock is ahead of UTC by the same time, in
    order, each with that time. It relies on this: no zone has changed its clock twice within a
    day."""
    parts: list[tuple[Interval, timedelta]] = []
    begins, at = interval.start, interval.start
    while at < interval.end:
        following = min(at + ONE_DAY, interval.end)
        offset = _offset(at, zone)
        if _offset(following, zone) != offset:
            change = _change_of_clock(at, following, zone)
            parts.append((Interval(begins, change), offset))
            begins = change
        at = following
    if begins < interval.end:
        parts.append((Interval(begins, interval.end), _offset(begins, zone)))
    return parts


def _change_of_clock(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the clock is ahead of UTC by as much as at `after`. Zones
    change at whole seconds."""
    before = before.replace(microsecond=0)
    seconds = range(-((before - after) // timedelta(seconds=1)))
    offset = _offset(after, zone)
    change = bisect_left(
        seconds, True, key=lambda n: _offset(before + timedelta(seconds=n), zone) == offset
    )
    return min(before + timedelta(seconds=change), after)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _strip_zone(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _is_skipped(day: date, zone: ZoneInfo) -> bool:
    start, end = local_day(day, zone)
    return start == end


def _jump_over(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clock jumps over `wall`. Zones change at whole seconds."""
    skipped = wall.replace(tzinfo=zone, microsecond=0)
    before = skipped.replace(fold=1).astimezone(UTC)  # fold=1: with the offset after the jump
    after = skipped.replace(fold=0).astimezone(UTC)
    seconds = range((after - before) // timedelta(seconds=1))
    jump = bisect_left(
        seconds, True, key=lambda n: _strip_zone(before + timedelta(seconds=n), zone) >= wall
    )
    return before + timedelta(seconds=jump)


def is_zone(name: str) -> bool:
    """Tell whether this is the name of a time zone that browsers know, too."""
    return name in _zone_names()


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    """Return the names of all zones that browsers know. They are cached, because finding them looks
    at the files of all zones."""
    return frozenset(available_timezones() - UNKNOWN_TO_BROWSERS)
