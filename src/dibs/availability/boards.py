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
    """Keys sort by resource, then by day. Boards are locked in this order."""

    resource_id: int
    day: date


@lru_cache(maxsize=50_000)
def boards_of(resource_id: int, interval: Interval, zone: ZoneInfo) -> tuple[BoardKey, ...]:
    """Every board the interval touches: a time that crosses midnight is on both days' boards."""
    return tuple(BoardKey(resource_id, day) for day in days_of(interval, zone))


def boards_of_slots(
    resource_id: int, slots: Sequence[Slot], zone: ZoneInfo
) -> tuple[BoardKey, ...]:
    """Every board that one of these slots touches with its buffers: at midnight more than one.

    The slots are of one service, by start.
    """
    if not slots:
        return ()
    return boards_of(resource_id, Interval(slots[0].guarded.start, slots[-1].guarded.end), zone)
