"""Stretches of real time, half-open: the end is the first instant that no longer belongs."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TypeVar

Edge = TypeVar("Edge", int, datetime)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The instants in `[start, end)`, both in UTC. Intervals sort by start, then by end.

    Raises ValueError if an edge isn't in UTC or the interval is empty.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.utcoffset() != timedelta(0) or self.end.utcoffset() != timedelta(0):
            raise ValueError("an interval is made of UTC instants")
        if self.start >= self.end:
            raise ValueError("an interval starts before it ends")

    def overlaps(self, other: "Interval") -> bool:
        """Whether some instant belongs to both; touching intervals share none."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Interval") -> bool:
        """Whether every instant of `other` belongs to this one too."""
        return self.start <= other.start and other.end <= self.end


def hull(intervals: Iterable[Interval]) -> Interval:
    """The shortest interval that contains all of these, of which there is at least one."""
    known = list(intervals)
    return Interval(min(each.start for each in known), max(each.end for each in known))


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same instants as sorted, disjoint intervals; touching ones are joined."""
    return tuple(
        Interval(start, end)
        for start, end in merge_spans((each.start, each.end) for each in intervals)
    )


def covers(intervals: tuple[Interval, ...], wanted: Interval) -> bool:
    """Whether every instant of `wanted` belongs to `intervals`, which must come from `union`."""
    following = bisect_right(intervals, wanted.start, key=attrgetter("start"))
    return following > 0 and intervals[following - 1].contains(wanted)


def merge_spans(spans: Iterable[tuple[Edge, Edge]]) -> list[tuple[Edge, Edge]]:
    """Half-open spans in any order as sorted, disjoint ones; touching ones are joined."""
    result: list[tuple[Edge, Edge]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
