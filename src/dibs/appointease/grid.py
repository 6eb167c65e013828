"""The grid of local times "HH:MM" that AppointEase clients know a board's day by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.availability.boards import BoardKey, boards_of_slots
from dibs.availability.slots import grid, service_slot_at
from dibs.live.board import is_seat

if TYPE_CHECKING:
    from dibs.availability.slots import ServiceSlot, Slot
    from dibs.live.board import Board, Claim
    from dibs.live.hub import Hub

    Grid = tuple[tuple[str, ServiceSlot], ...]

#: Under these keys a board keeps its grid, and the other boards that the grid touches.
GRID = "appointease grid"
NEIGHBOURS = "appointease neighbours"


def grid_of(board: Board) -> Grid:
    """The day's grid slots, one business slot interval each and of no service, by their local
    time."""
    found: Grid | None = board.derived.get(GRID)
    if found is None:
        found = board.derived[GRID] = _grid(board)
    return found


def _grid(board: Board) -> Grid:
    catalog, key = board.ledger.catalog, board.key
    return tuple(
        (
            start.astimezone(board.zone).strftime("%H:%M"),
            service_slot_at(start, catalog.grid_rules, None, key.resource_id),
        )
        for start in grid(catalog.hours[key.resource_id], key.day, catalog.grid_rules.every)
    )


async def look_beside(hub: Hub, key: BoardKey) -> Board:
    """The board with all that is in the way of its grid slots, on other boards too: the last slot
    of a resource that works at midnight ends on the next day.

    Raises NotFound (no such resource), LedgerUnavailable.
    """
    board = await hub.get(key)
    neighbours: tuple[BoardKey, ...] | None = board.derived.get(NEIGHBOURS)
    if neighbours is None:
        slots = [slot for _, slot in grid_of(board)]
        touched = boards_of_slots(key.resource_id, slots, board.zone)
        neighbours = board.derived[NEIGHBOURS] = tuple(each for each in touched if each != key)
    return board.beside(await hub.get_all(neighbours))


def claims_on(board: Board, slot: Slot) -> list[Claim]:
    """The claims on a grid slot, but for the seats of a class that begins with it, while it has
    others; holds count all the same, as they do for the store."""
    claims = [claim for claim in board.claims if claim.guarded.overlaps(slot.guarded)]
    catalog = board.ledger.catalog
    for service_id in {claim.service_id for claim in claims}:
        service = catalog.services.get(service_id or 0)
        if service is None or service.capacity == 1:
            continue
        seats = [claim for claim in claims if is_seat(claim, service, slot.starts_at)]
        if len(seats) < service.capacity:
            claims = [claim for claim in claims if claim not in seats]
    return claims
