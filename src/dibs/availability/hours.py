"""When a resource is open: a weekly schedule, overrides for single dates, and closures.

All three are in local wall time. The module `wall` converts them to real time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from dibs.availability.intervals import Interval, merge_spans, union
from dibs.availability.wall import MINUTES_A_DAY, ONE_DAY, ONE_MINUTE, to_instant, wall_time


@dataclass(frozen=True, slots=True, order=True)
class WallInterval:
    """Opening hours within one day, `[opens, closes)` in minutes on the clock since 00:00.

    Raises ValueError unless 0 <= opens < closes <= 1440.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= MINUTES_A_DAY:
            raise ValueError("opening hours lie within one day and open before they close")


@dataclass(frozen=True, slots=True)
class Closure:
    """Time off, `[starts, ends)`, in naive wall times on whole minutes. It may last hours or weeks.

    Raises ValueError if a time is aware or has a fraction of a minute, or if it ends before it
    starts.
    """

    starts: datetime
    ends: datetime

    def __post_init__(self) -> None:
        for edge in (self.starts, self.ends):
            if edge.tzinfo is not None or edge.second or edge.microsecond:
                raise ValueError("a closure is made of naive wall times on whole minutes")
        if self.starts >= self.ends:
            raise ValueError("a closure starts before it ends")


@dataclass(frozen=True)
class Hours:
    """When a resource in `zone` is open.

    `weekly` maps ISO weekdays (1 Monday … 7 Sunday) to opening hours; on a missing day it is
    closed. `overrides` replaces the weekly hours on a date; an empty tuple means closed. `closures`
    win over both. Opening hours may come in any order and overlap.

    Raises ValueError if a key of `weekly` is no ISO weekday.
    """

    zone: ZoneInfo
    weekly: Mapping[int, tuple[WallInterval, ...]]
    overrides: Mapping[date, tuple[WallInterval, ...]]
    closures: tuple[Closure, ...]

    def __post_init__(self) -> None:
        if not self.weekly.keys() <= set(range(1, 8)):
            raise ValueError("weekdays are numbered 1 (Monday) to 7 (Sunday)")

    @cached_property
    def joined_weekly(self) -> Mapping[int, tuple[WallInterval, ...]]:
        """The weekly hours, sorted and disjoint. Hours that touch are joined."""
        return {weekday: _join(walls) for weekday, walls in self.weekly.items()}


def open_walls(hours: Hours, day: date) -> tuple[WallInterval, ...]:
    """Return the opening hours of a local day on the clock, without closures.

    They are sorted and disjoint, and hours that touch are joined. Hours that the clock skips on
    that day are included.
    """
    override = hours.overrides.get(day)
    weekly = hours.joined_weekly.get(day.isoweekday(), ())
    walls = weekly if override is None else _join(override)
    if walls and hours.closures:
        midnight = wall_time(day, 0)
        next_midnight = midnight + ONE_DAY
        for closure in hours.closures:
            if closure.starts < next_midnight and midnight < closure.ends:
                walls = tuple(_subtract_closure(closure, walls, midnight))
    return walls


def open_time(hours: Hours, day: date) -> tuple[Interval, ...]:
    """Return the opening hours of a local day in real time, all within that day, as made by
    `union`.

    Hours that open while the clock jumps begin at the jump. Hours that the clock skips completely
    are left out.
    """
    edges = (
        (
            to_instant(wall_time(day, wall.opens), hours.zone),
            to_instant(wall_time(day, wall.closes), hours.zone),
        )
        for wall in open_walls(hours, day)
    )
    return union(Interval(start, end) for start, end in edges if start < end)


def _join(walls: Iterable[WallInterval]) -> tuple[WallInterval, ...]:
    return tuple(
        WallInterval(*span) for span in merge_spans((wall.opens, wall.closes) for wall in walls)
    )


def _subtract_closure(
    closure: Closure, walls: Iterable[WallInterval], midnight: datetime
) -> Iterator[WallInterval]:
    starts = (closure.starts - midnight) // ONE_MINUTE
    ends = (closure.ends - midnight) // ONE_MINUTE
    for wall in walls:
        if wall.opens < starts:
            yield WallInterval(wall.opens, min(wall.closes, starts))
        if ends < wall.closes:
            yield WallInterval(max(wall.opens, ends), wall.closes)
