"""Cuts busy times of other calendars into pieces that can be allocated.

No piece overlaps another piece or a booking, and each piece lies within one local day. So a piece
stays the same while nothing changes on its day, and a change of a piece changes only one board.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TypeVar
from zoneinfo import ZoneInfo

from dibs.availability.intervals import Interval, union
from dibs.availability.wall import days_of, local_day

Owner = TypeVar("Owner")


def cut_into_pieces(
    times: Iterable[tuple[Interval, Owner]], taken: Iterable[Interval], zone: ZoneInfo
) -> dict[Interval, Owner]:
    """Return the pieces of these times, each with the owner of its time.

    The times are sorted by start. Where two times overlap, the piece belongs to the earlier one.
    `taken` are the times that no piece may overlap, such as bookings.
    """
    pieces: dict[Interval, Owner] = {}
    others = union(taken)
    covered = None
    for time, owner in times:
        start = time.start if covered is None else max(time.start, covered)
        if start >= time.end:
            continue
        covered = time.end
        for free in _subtract(Interval(start, time.end), others):
            for piece in _split_by_day(free, zone):
                pieces[piece] = owner
    return pieces


def _subtract(time: Interval, others: Sequence[Interval]) -> Iterator[Interval]:
    """Yield the parts of a time that are outside the others, which are sorted and disjoint."""
    start = time.start
    for each in others[bisect_right(others, start, key=attrgetter("end")) :]:
        if each.start >= time.end:
            break
        if start < each.start:
            yield Interval(start, each.start)
        start = each.end
    if start < time.end:
        yield Interval(start, time.end)


def _split_by_day(time: Interval, zone: ZoneInfo) -> Iterator[Interval]:
    for day in days_of(time, zone):
        start, end = local_day(day, zone)
        yield Interval(max(start, time.start), min(end, time.end))
