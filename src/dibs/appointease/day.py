"""What AppointEase clients read beside their poll: a day by local times, one slot of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dibs.appointease.business_hours import opening
from dibs.appointease.grid import claims_on, grid_of, look_beside
from dibs.appointease.unavailability import why_day
from dibs.desk.offers import starts_on_offer
from dibs.errors import Unavailable
from dibs.live.board import STRENGTH, SlotState

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.appointease.unavailability import Reason
    from dibs.availability.boards import BoardKey
    from dibs.availability.slots import Slot
    from dibs.desk.context import DeskContext
    from dibs.live.board import Board

TimeState = SlotState | Literal["closed"]


@dataclass(frozen=True)
class SeenDay:
    """The times of a day with their states, in order; `closed` says why there are none."""

    closed: Reason | None
    times: dict[str, TimeState]


class DayReader:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def day(
        self, key: BoardKey, visitor: str | None = None, ignoring: int | None = None
    ) -> SeenDay:
        """A resource's day, without what the visitor claims and without one booking.

        A time at which none of its services can begin is `closed`, unless it is booked or at
        checkout. Raises NotFound, Unavailable.
        """
        board = await look_beside(self._context.hub, key)
        if board.is_unknown:
            raise Unavailable
        catalog, now = board.ledger.catalog, self._context.clock.now()
        closed = why_day(catalog, key.resource_id, key.day, now)
        if closed is not None:
            return SeenDay(closed, {})
        times: dict[str, TimeState] = dict.fromkeys(opening(catalog, now).times, "closed")
        on_offer = starts_on_offer(catalog, key.resource_id, key.day, now)
        for time, slot in grid_of(board):
            state = _state(board, slot, visitor, ignoring)
            is_shown = slot.starts_at in on_offer or state in ("taken", "pending")
            times[time] = state if is_shown else "closed"
        return SeenDay(None, dict(sorted(times.items())))


def closed_times(board: Board, now: datetime) -> frozenset[str]:
    """The local times of the business's day at which none of the resource's services can begin."""
    catalog, key = board.ledger.catalog, board.key
    times = {*opening(catalog, now).times, *(time for time, _ in grid_of(board))}
    if why_day(catalog, key.resource_id, key.day, now) is not None:
        return frozenset(times)
    on_offer = starts_on_offer(catalog, key.resource_id, key.day, now)
    return frozenset(times - {time for time, slot in grid_of(board) if slot.starts_at in on_offer})


def _state(board: Board, slot: Slot, visitor: str | None, ignoring: int | None) -> SlotState:
    states = (
        claim.state
        for claim in claims_on(board, slot)
        if (claim.state == "taken" or visitor is None or claim.visitor != visitor)
        and (ignoring is None or claim.booking_id != ignoring)
    )
    return max(states, key=STRENGTH.__getitem__, default="free")
