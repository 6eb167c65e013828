"""The starts that can be offered, and whether one may be booked.

Listing starts and checking one use the same rule: a start is offered if it is on the grid of its
day and the service fits into the open time. What depends on the present moment (`in_window`) is
checked separately, so that a list of slots stays true while time passes.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from zoneinfo import ZoneInfo

from dibs.availability.hours import Hours, WallInterval, open_time, open_walls
from dibs.availability.intervals import Interval, covers, union
from dibs.availability.wall import (
    MINUTES_A_DAY,
    ONE_DAY,
    ONE_MINUTE,
    day_of,
    days_of,
    first_showing,
    local_day,
    plain_midnight,
    wall_time,
)
from dibs.clock import microseconds

MICROSECONDS_A_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Rules:
    """How a service is offered, in minutes; only `window_days` is in days.

    `duration` (1 to 1440) is the service itself, `every` (at least 1) the slot interval, `before`
    and `after` (0 to 1440) the buffers, and `minimum_notice` the shortest time between booking and
    start. `window_days` is the number of local days ahead that can be booked: 0 means only today,
    None any day.

    Raises ValueError if a number is out of range.
    """

    duration: int
    every: int
    before: int = 0
    after: int = 0
    minimum_notice: int = 0
    window_days: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.duration <= MINUTES_A_DAY:
            raise ValueError("a service lasts 1 minute to 24 hours")
        if self.every < 1:
            raise ValueError("slots are at least 1 minute apart")
        if not (0 <= self.before <= MINUTES_A_DAY and 0 <= self.after <= MINUTES_A_DAY):
            raise ValueError("a buffer lasts at most 24 hours")
        if self.minimum_notice < 0:
            raise ValueError("the minimum notice can't be negative")
        if self.window_days is not None and self.window_days < 0:
            raise ValueError("the booking window can't end in the past")


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be offered, in UTC. `guarded` is the same time with its buffers."""

    starts_at: datetime
    ends_at: datetime
    guarded: Interval


@dataclass(frozen=True, slots=True)
class ServiceSlot(Slot):
    """A slot of a service on a resource: what is offered, held and booked.

    `service_id` is None for a hold of an AppointEase client, which chooses a time before the
    service.
    """

    service_id: int | None
    resource_id: int


def slot_at(starts_at: datetime, rules: Rules) -> Slot:
    """Return the slot of a service that starts at this instant, whether it is offered or not."""
    return Slot(starts_at, *_times(starts_at, rules))


def service_slot_at(
    starts_at: datetime, rules: Rules, service_id: int | None, resource_id: int
) -> ServiceSlot:
    """Return the slot of a service on a resource that starts at this instant, offered or not."""
    return ServiceSlot(starts_at, *_times(starts_at, rules), service_id, resource_id)


def _times(starts_at: datetime, rules: Rules) -> tuple[datetime, Interval]:
    """Return the end of a slot that starts at this instant, and its time with the buffers."""
    ends_at = starts_at + rules.duration * ONE_MINUTE
    guarded = Interval(starts_at - rules.before * ONE_MINUTE, ends_at + rules.after * ONE_MINUTE)
    return ends_at, guarded


def grid(hours: Hours, day: date, every: int) -> tuple[datetime, ...]:
    """Return every start of a local day, in order, for a service of any duration.

    Starts are `every` minutes apart on the clock, from the beginning of each open interval, even if
    the clock skips that beginning. A start that the clock skips is left out. If the clock shows a
    start twice, only the first time counts.

    Raises ValueError if `every` is less than 1.
    """
    if every < 1:
        raise ValueError("slots are at least 1 minute apart")
    starts = (
        first_showing(wall_time(day, minute), hours.zone)
        for wall in open_walls(hours, day)
        for minute in range(wall.opens, wall.closes, every)
    )
    return tuple(start for start in starts if start is not None)


def slots(hours: Hours, day: date, rules: Rules) -> tuple[Slot, ...]:
    """Return the slots of a local day, in order: the starts of the grid at which the service fits.

    A service fits if the resource is open for its whole duration, in elapsed time. It may end after
    midnight if the resource is still open then. Buffers may lie outside the open time.
    """
    midnight = plain_midnight(day, hours.zone)
    if midnight is None:
        return _slots_by_clock(hours, day, rules)
    return _plain_slots(midnight, *_open_spans(hours, day), rules)


def slot_starts(hours: Hours, day: date, rules: Rules) -> tuple[int, ...]:
    """Return the starts of the `slots` of a local day, in microseconds since 1970. They are quicker
    to find and to compare than slots, for callers that look at many days."""
    midnight = plain_midnight(day, hours.zone)
    if midnight is None:
        return tuple(microseconds(slot.starts_at) for slot in _slots_by_clock(hours, day, rules))
    begins = microseconds(midnight)
    minutes = _plain_minutes(*_open_spans(hours, day), rules)
    return tuple([begins + minute * MICROSECONDS_A_MINUTE for minute in minutes])


def _open_spans(hours: Hours, day: date) -> tuple[tuple[WallInterval, ...], int]:
    """Return the opening hours of a local day on which the clock doesn't change, and the minute at
    which the last of them ends. That minute may be after midnight."""
    walls = open_walls(hours, day)
    closes = walls[-1].closes if walls else 0
    if closes == MINUTES_A_DAY:
        closes += _open_after_midnight(hours, day + ONE_DAY)
    return walls, closes


@lru_cache(maxsize=4_000)
def _plain_slots(
    midnight: datetime, walls: tuple[WallInterval, ...], closes: int, rules: Rules
) -> tuple[Slot, ...]:
    """Return the slots of a day on which the clock doesn't change.

    They are cached, because making them takes long. Resources with the same hours share them.
    """
    minutes = _plain_minutes(walls, closes, rules)
    return tuple(slot_at(midnight + minute * ONE_MINUTE, rules) for minute in minutes)


@lru_cache(maxsize=4_000)
def _plain_minutes(walls: tuple[WallInterval, ...], closes: int, rules: Rules) -> tuple[int, ...]:
    """Return the starts of a day on which the clock doesn't change, in minutes since midnight. Days
    with the same hours, such as all Mondays, share the cached result."""
    ends = [*(wall.closes for wall in walls[:-1]), closes]
    return tuple(
        minute
        for wall, end in zip(walls, ends, strict=False)
        for minute in range(wall.opens, min(wall.closes, end - rules.duration + 1), rules.every)
    )


def _open_after_midnight(hours: Hours, day: date) -> int:
    """Return for how many minutes from its beginning a day is open without a break."""
    walls = open_walls(hours, day)
    return walls[0].closes if walls and walls[0].opens == 0 else 0


def _slots_by_clock(hours: Hours, day: date, rules: Rules) -> tuple[Slot, ...]:
    """Return the slots of any day, also of a day on which the clock changes."""
    candidates = [slot_at(start, rules) for start in grid(hours, day, rules.every)]
    if not candidates:
        return ()
    reach = Interval(candidates[0].starts_at, candidates[-1].ends_at)
    open_then = union(
        interval for each in days_of(reach, hours.zone) for interval in open_time(hours, each)
    )
    return tuple(
        slot for slot in candidates if covers(open_then, Interval(slot.starts_at, slot.ends_at))
    )


def find_slot(offered: Sequence[Slot], starts_at: datetime) -> Slot | None:
    """Return the slot in a day's `slots` that starts exactly at this instant, or None."""
    index = bisect_left(offered, starts_at, key=attrgetter("starts_at"))
    if index < len(offered) and offered[index].starts_at == starts_at:
        return offered[index]
    return None


def is_in_window(starts_at: datetime, now: datetime, rules: Rules, zone: ZoneInfo) -> bool:
    """Tell whether a start can be booked now: after the minimum notice and in the booking window.

    The notice is elapsed time, and a start exactly at its end can be booked. The last local day of
    the window is included as a whole.
    """
    first, end = booking_window(now, rules, zone)
    return first <= starts_at and (end is None or starts_at < end)


def booking_window(now: datetime, rules: Rules, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    """Return the earliest start that can be booked now, and the first instant that is too far
    ahead, or None if there is no limit."""
    first = now + rules.minimum_notice * ONE_MINUTE
    if rules.window_days is None:
        return first, None
    return first, local_day(day_of(now, zone) + rules.window_days * ONE_DAY, zone)[1]
