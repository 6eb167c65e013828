"""The grid of local times "HH:MM" in which AppointEase clients see the day of a board."""

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

#: Keys under which a board caches its grid and the keys of the other boards that the grid touches.
GRID = "appointease grid"
NEIGHBOURS = "appointease neighbours"


def grid_of(board: Board) -> Grid:
    """Return the grid slots of the day with their local times. Each grid slot is one slot interval
    of the business long, and belongs to no service."""
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


async def get_with_neighbours(hub: Hub, key: BoardKey) -> Board:
    """Return the board with all claims that overlap its grid slots, also claims on other boards.

    Other boards matter because the last slot of a resource that works at midnight ends on the next
    day. Raises NotFound (no such resource), LedgerUnavailable.
    """
    board = await hub.get(key)
    return board.join_neighbours(await hub.get_all(_neighbours(board)))


def get_with_neighbours_if_fresh(hub: Hub, key: BoardKey) -> Board | None:
    """Return the same as `get_with_neighbours`, or None if one of these boards has to be read
    first."""
    board = hub.get_if_fresh(key)
    if board is None:
        return None
    neighbours = _neighbours(board)
    if not neighbours:
        return board
    others = hub.get_all_if_fresh(neighbours)
    return None if others is None else board.join_neighbours(others)


def _neighbours(board: Board) -> tuple[BoardKey, ...]:
    neighbours: tuple[BoardKey, ...] | None = board.derived.get(NEIGHBOURS)
    if neighbours is None:
        key, slots = board.key, [slot for _, slot in grid_of(board)]
        touched = boards_of_slots(key.resource_id, slots, board.zone)
        neighbours = board.derived[NEIGHBOURS] = tuple(each for each in touched if each != key)
    return neighbours


def claims_on(board: Board, slot: Slot) -> list[Claim]:
    """Return the claims that are in the way of a grid slot.

    The sold seats of a class that begins at the slot are not in the way while other seats are left.
    Holds of its seats are in the way, because the hold store refuses a grid slot that overlaps a
    hold.
    """
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
