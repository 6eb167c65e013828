"""The local times of a day and their states, which AppointEase clients read besides their poll."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dibs.appointease.business_hours import business_hours
from dibs.appointease.grid import claims_on, get_with_neighbours, grid_of
from dibs.appointease.unavailability import explain_closed_day
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
class DayTimes:
    """The times of a day with their states, in order. `closed` is the reason if there are none."""

    closed: Reason | None
    times: dict[str, TimeState]


class DayReader:
    """Reads the times of a resource's day."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def read_day(
        self, key: BoardKey, visitor: str | None = None, ignoring: int | None = None
    ) -> DayTimes:
        """Return the times of a resource's day.

        The holds and checkouts of `visitor` are ignored, and so is the booking with the number
        `ignoring`. A time at which no service of the resource can begin is `closed`, unless it is
        booked or in a checkout. Raises NotFound, Unavailable.
        """
        board = await get_with_neighbours(self._context.hub, key)
        if board.is_unknown:
            raise Unavailable
        catalog, now = board.ledger.catalog, self._context.clock.now()
        closed = explain_closed_day(catalog, key.resource_id, key.day, now)
        if closed is not None:
            return DayTimes(closed, {})
        times: dict[str, TimeState] = dict.fromkeys(business_hours(catalog, now).times, "closed")
        on_offer = starts_on_offer(catalog, key.resource_id, key.day, now)
        for time, slot in grid_of(board):
            state = _state(board, slot, visitor, ignoring)
            is_shown = slot.starts_at in on_offer or state in ("taken", "pending")
            times[time] = state if is_shown else "closed"
        return DayTimes(None, dict(sorted(times.items())))


def closed_times(board: Board, now: datetime) -> frozenset[str]:
    """Return the local times at which no service of the resource can begin, of all times that the
    business's hours or the grid of the board have."""
    catalog, key = board.ledger.catalog, board.key
    times = {*business_hours(catalog, now).times, *(time for time, _ in grid_of(board))}
    if explain_closed_day(catalog, key.resource_id, key.day, now) is not None:
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
