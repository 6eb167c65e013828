"""The key of a board: one resource and one local day."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dibs.availability.intervals import Interval
from dibs.availability.wall import days_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from dibs.availability.slots import Slot


class BoardKey(NamedTuple):
    """The key of a board. Keys sort by resource, then by day, and boards are locked in this
    order."""

    resource_id: int
    day: date


@lru_cache(maxsize=50_000)
def boards_of(resource_id: int, interval: Interval, zone: ZoneInfo) -> tuple[BoardKey, ...]:
    """Return every board that an interval touches: if it crosses midnight, the boards of both
    days."""
    return tuple(BoardKey(resource_id, day) for day in days_of(interval, zone))


def boards_of_slots(
    resource_id: int, slots: Sequence[Slot], zone: ZoneInfo
) -> tuple[BoardKey, ...]:
    """Return every board from the first to the last of these slots, buffers included.

    The slots are of one service, sorted by start.
    """
    if not slots:
        return ()
    return boards_of(resource_id, Interval(slots[0].guarded.start, slots[-1].guarded.end), zone)
