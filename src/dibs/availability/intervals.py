"""Intervals of real time. They are half-open: the end is the first instant after the interval."""

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

    Raises ValueError if `start` or `end` isn't in UTC, or if the interval is empty.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.utcoffset() != timedelta(0) or self.end.utcoffset() != timedelta(0):
            raise ValueError("an interval is made of UTC instants")
        if self.start >= self.end:
            raise ValueError("an interval starts before it ends")

    def overlaps(self, other: "Interval") -> bool:
        """Tell whether some instant is in both intervals. Intervals that only touch share no
        instant."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Interval") -> bool:
        """Tell whether every instant of `other` is in this interval, too."""
        return self.start <= other.start and other.end <= self.end


def hull(intervals: Iterable[Interval]) -> Interval:
    """Return the shortest interval that contains all of these intervals. At least one is needed."""
    known = list(intervals)
    return Interval(min(each.start for each in known), max(each.end for each in known))


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the same instants as sorted, disjoint intervals. Intervals that touch are joined."""
    return tuple(
        Interval(start, end)
        for start, end in merge_spans((each.start, each.end) for each in intervals)
    )


def covers(intervals: tuple[Interval, ...], wanted: Interval) -> bool:
    """Tell whether every instant of `wanted` is in `intervals`, which must come from `union`."""
    following = bisect_right(intervals, wanted.start, key=attrgetter("start"))
    return following > 0 and intervals[following - 1].contains(wanted)


def merge_spans(spans: Iterable[tuple[Edge, Edge]]) -> list[tuple[Edge, Edge]]:
    """Return half-open spans as sorted, disjoint spans. Spans that touch are joined."""
    result: list[tuple[Edge, Edge]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
