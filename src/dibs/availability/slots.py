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
    and `after` (0 to 1440) the buffers, `minimum_notice` the shortest time between
    booking and start, `window_days` the number of local days ahead that can be booked, 0 for today
    only, None for any.

    Raises ValueError for a number out of range.
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

    Without a service it is the hold of an AppointEase client, which chooses a time first.
    """

    service_id: int | None
    resource_id: int


def slot_at(starts_at: datetime, rules: Rules) -> Slot:
    """The slot of a service that starts at an instant, offered or not."""
    return Slot(starts_at, *_times(starts_at, rules))


def service_slot_at(
    starts_at: datetime, rules: Rules, service_id: int | None, resource_id: int
) -> ServiceSlot:
    """The same slot on a resource."""
    return ServiceSlot(starts_at, *_times(starts_at, rules), service_id, resource_id)


def _times(starts_at: datetime, rules: Rules) -> tuple[datetime, Interval]:
    """When a slot that starts at an instant ends, and its time with the buffers."""
    ends_at = starts_at + rules.duration * ONE_MINUTE
    guarded = Interval(starts_at - rules.before * ONE_MINUTE, ends_at + rules.after * ONE_MINUTE)
    return ends_at, guarded


def grid(hours: Hours, day: date, every: int) -> tuple[datetime, ...]:
    """Every start of a local day, in order, whatever the duration of the service.

    Starts are counted on the clock, `every` minutes apart, from the beginning of each open
    interval, and even from an opening that the clock skips. Skipped starts are left out, repeated
    ones come once, the first.

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
    """The slots of a local day, in order: starts of the grid at which the service fits.

    It fits if the resource is open for the whole duration, in elapsed time. It may run on past
    midnight where open time does. Buffers may reach outside open time.
    """
    midnight = plain_midnight(day, hours.zone)
    if midnight is None:
        return _slots_by_clock(hours, day, rules)
    return _plain_slots(midnight, *_open_spans(hours, day), rules)


def slot_starts(hours: Hours, day: date, rules: Rules) -> tuple[int, ...]:
    """When the `slots` of a local day begin, in microseconds since 1970: the same, but quicker to
    find and to compare, for those who look at many days."""
    midnight = plain_midnight(day, hours.zone)
    if midnight is None:
        return tuple(microseconds(slot.starts_at) for slot in _slots_by_clock(hours, day, rules))
    begins = microseconds(midnight)
    minutes = _plain_minutes(*_open_spans(hours, day), rules)
    return tuple([begins + minute * MICROSECONDS_A_MINUTE for minute in minutes])


def _open_spans(hours: Hours, day: date) -> tuple[tuple[WallInterval, ...], int]:
    """The open walls of a local day on which minutes on the clock are minutes of elapsed time, and
    the minute at which the last of them ends, which may be after midnight."""
    walls = open_walls(hours, day)
    closes = walls[-1].closes if walls else 0
    if closes == MINUTES_A_DAY:
        closes += _open_after_midnight(hours, day + ONE_DAY)
    return walls, closes


@lru_cache(maxsize=4_000)
def _plain_slots(
    midnight: datetime, walls: tuple[WallInterval, ...], closes: int, rules: Rules
) -> tuple[Slot, ...]:
    """The slots of such a day.

    Resources with the same hours share them, because it takes long to make them.
    """
    minutes = _plain_minutes(walls, closes, rules)
    return tuple(slot_at(midnight + minute * ONE_MINUTE, rules) for minute in minutes)


@lru_cache(maxsize=4_000)
def _plain_minutes(walls: tuple[WallInterval, ...], closes: int, rules: Rules) -> tuple[int, ...]:
    """The starts of such a day in minutes since midnight: all Mondays share them, for example."""
    ends = [*(wall.closes for wall in walls[:-1]), closes]
    return tuple(
        minute
        for wall, end in zip(walls, ends, strict=False)
        for minute in range(wall.opens, min(wall.closes, end - rules.duration + 1), rules.every)
    )


def _open_after_midnight(hours: Hours, day: date) -> int:
    """For how many minutes it stays open from the beginning of the day on."""
    walls = open_walls(hours, day)
    return walls[0].closes if walls and walls[0].opens == 0 else 0


def _slots_by_clock(hours: Hours, day: date, rules: Rules) -> tuple[Slot, ...]:
    """The slots of any day, also of one on which the clock changes."""
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
    """The one of a day's `slots` that starts exactly at an instant, however it was come by."""
    index = bisect_left(offered, starts_at, key=attrgetter("starts_at"))
    if index < len(offered) and offered[index].starts_at == starts_at:
        return offered[index]
    return None


def is_in_window(starts_at: datetime, now: datetime, rules: Rules, zone: ZoneInfo) -> bool:
    """Whether a start can be booked now: not in the past, after the notice, within the window.

    The notice is elapsed time and may be met exactly. The window's last local day counts whole.
    """
    first, end = booking_window(now, rules, zone)
    return first <= starts_at and (end is None or starts_at < end)


def booking_window(now: datetime, rules: Rules, zone: ZoneInfo) -> tuple[datetime, datetime | None]:
    """When something that is booked now may start at the earliest, and the first instant that is
    too far ahead; None: any is near enough."""
    first = now + rules.minimum_notice * ONE_MINUTE
    if rules.window_days is None:
        return first, None
    return first, local_day(day_of(now, zone) + rules.window_days * ONE_DAY, zone)[1]
