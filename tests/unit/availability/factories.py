"""Short ways to write times and opening hours."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dibs.availability.hours import Closure, Hours, WallInterval
from dibs.availability.intervals import Interval


def at(text: str) -> datetime:
    """Parse an instant, such as `2026-03-29 01:00Z`, or a local time, such as `2026-03-29
    02:30`."""
    return datetime.fromisoformat(text)


def between(start: str, end: str) -> Interval:
    return Interval(at(start), at(end))


def walls(text: str) -> tuple[WallInterval, ...]:
    """Parse the intervals of a day, such as `09:00-12:00 13:00-24:00`; an empty text is a closed
    day."""
    return tuple(WallInterval(*map(minute, span.split("-"))) for span in text.split())


def minute(clock: str) -> int:
    hour, past = clock.split(":")
    return 60 * int(hour) + int(past)


def clock(interval: WallInterval) -> str:
    return "-".join(f"{m // 60:02}:{m % 60:02}" for m in (interval.opens, interval.closes))


def closure(starts: str, ends: str) -> Closure:
    return Closure(at(starts), at(ends))


def daily(
    text: str,
    zone: str = "Europe/Berlin",
    *,
    overrides: Mapping[str, str] | None = None,
    closures: tuple[Closure, ...] = (),
) -> Hours:
    """Return hours that are the same on every weekday."""
    return Hours(
        ZoneInfo(zone),
        {weekday: walls(text) for weekday in range(1, 8)},
        {date.fromisoformat(day): walls(hours) for day, hours in (overrides or {}).items()},
        closures,
    )
