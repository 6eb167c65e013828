"""Computes which starts of a service are free, over many days at once, for the month view.

The rules are those of `slots` and of boards, but with whole numbers, because making an object for
each slot of twenty people takes too long. An instant is a number of microseconds since 1970 here. A
set of starts is a number, too: its bit n is set if the start at position n is in the set.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, compress

from dibs.availability.hours import Hours
from dibs.availability.slots import MICROSECONDS_A_MINUTE, Rules, slot_starts
from dibs.availability.wall import ONE_DAY

#: A time at which a resource is busy, as four numbers: its start and its end with buffers, its
#: service, and the start of the slot of which it is a seat.
BusyTime = Sequence[int]


class Starts:
    """The starts of a service on a resource (`at`), in order. A slot makes the resource busy from
    `before` its start until `after` it."""

    __slots__ = ("after", "at", "before")

    def __init__(self, at: Sequence[int], rules: Rules) -> None:
        self.at = tuple(at)
        self.before = rules.before * MICROSECONDS_A_MINUTE
        self.after = (rules.duration + rules.after) * MICROSECONDS_A_MINUTE


def starts_on(hours: Hours, first: date, last: date, rules: Rules) -> Starts:
    """Return all starts of the local days from the first to the last, both included."""
    days = (first + n * ONE_DAY for n in range((last - first).days + 1))
    return Starts(tuple(chain.from_iterable(slot_starts(hours, day, rules) for day in days)), rules)


def find_free(offered: Starts, busy: Iterable[BusyTime], service_id: int, capacity: int) -> int:
    """Return the set of the starts at which a seat is left."""
    at, before, after = offered.at, offered.before, offered.after
    blocked = 0
    near: dict[int, list[BusyTime]] = {}
    for time in busy:
        first, last = bisect_right(at, time[0] - after), bisect_left(at, time[1] + before)
        if first >= last:
            continue
        blocked |= (1 << last) - (1 << first)
        if capacity > 1:
            for position in range(first, last):
                near.setdefault(position, []).append(time)
    free = ((1 << len(at)) - 1) & ~blocked
    for position, times in near.items():
        if _has_seat(at[position], times, service_id, capacity):
            free |= 1 << position
    return free


def _has_seat(start: int, near: Sequence[BusyTime], service_id: int, capacity: int) -> bool:
    """Tell whether seats of a class that begins at `start` are sold, and another one is left. The
    class keeps the time with which its first seats were sold, and nothing else may overlap that
    time."""
    sold = [time for time in near if time[2] == service_id and time[3] == start]
    if not sold:
        return False
    begins, ends = min(time[0] for time in sold), max(time[1] for time in sold)
    others = [time for time in near if time[0] < ends and time[1] > begins]
    return len(others) == len(sold) < capacity


def select_between(first: int, last: int | None, at: Sequence[int]) -> int:
    """Return the set of the starts in [first, last), or from `first` on if `last` is None."""
    end = len(at) if last is None else bisect_left(at, last)
    begin = min(bisect_left(at, first), end)
    return (1 << end) - (1 << begin)


def select(at: Sequence[int], some: int, first: int = 0, end: int | None = None) -> Iterator[int]:
    """Return the instants of the starts in the set `some`, only from position `first` up to
    `end`."""
    end = len(at) if end is None else end
    bits = f"{some >> first & (1 << end - first) - 1:b}"
    return compress(at[first:end], map("1".__eq__, reversed(bits)))
