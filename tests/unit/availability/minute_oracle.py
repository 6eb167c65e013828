"""The rules of time in the slowest and simplest form, to compare the package with.

Somebody watches the clock of a zone minute by minute over six days, and keeps a page with the
latest time that the clock has shown: while the clock shows an hour again, the page stays. Days
begin, and doors open and close, by the time on the page.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dibs.availability.hours import Hours
from dibs.availability.slots import Rules

MINUTE = timedelta(minutes=1)


class Minute(NamedTuple):
    instant: datetime
    shown: datetime
    page: datetime


@lru_cache(maxsize=1)
def watch(zone: ZoneInfo, day: date) -> tuple[Minute, ...]:
    instants = [datetime.combine(day, time.min, UTC) + n * MINUTE for n in range(-2880, 4 * 1440)]
    shown = [instant.astimezone(zone).replace(tzinfo=None) for instant in instants]
    return tuple(map(Minute, instants, shown, accumulate(shown, max)))


def clock_of(day: date) -> list[datetime]:
    midnight = datetime.combine(day, time.min)
    return [midnight + n * MINUTE for n in range(24 * 60)]


def is_open(hours: Hours, page: datetime) -> bool:
    if page.date() in hours.overrides:
        today = hours.overrides[page.date()]
    else:
        today = hours.weekly.get(page.isoweekday(), ())
    minute = page.hour * 60 + page.minute
    return any(wall.opens <= minute < wall.closes for wall in today) and not any(
        closure.starts <= page < closure.ends for closure in hours.closures
    )


def open_minutes(hours: Hours, day: date) -> list[datetime]:
    return [
        minute.instant
        for minute in watch(hours.zone, day)
        if minute.page.date() == day and is_open(hours, minute.page)
    ]


def grid(hours: Hours, day: date, every: int) -> list[datetime]:
    first: dict[datetime, datetime] = {}
    for minute in watch(hours.zone, day):
        first.setdefault(minute.shown, minute.instant)
    starts = []
    since_opening = 0
    for page in clock_of(day):
        if not is_open(hours, page):
            since_opening = 0
            continue
        if since_opening % every == 0 and page in first:
            starts.append(first[page])
        since_opening += 1
    return starts


def starts_that_fit(hours: Hours, day: date, rules: Rules) -> list[datetime]:
    open_minutes = {
        minute.instant for minute in watch(hours.zone, day) if is_open(hours, minute.page)
    }
    return [
        start
        for start in grid(hours, day, rules.every)
        if all(start + n * MINUTE in open_minutes for n in range(rules.duration))
    ]
