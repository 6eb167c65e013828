"""Short ways to make boards with any claims on them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.availability.intervals import Interval
from dibs.availability.slots import ServiceSlot, service_slot_at
from dibs.holds.store import Hold, HoldsSnapshot
from dibs.ledger.boards import Busy, BusyState
from dibs.ledger.catalog import Business, Catalog, Resource, Service
from dibs.ledger.ledger import LedgerSnapshot
from dibs.live.board import Board, Degraded
from dibs.live.day import DayView
from dibs.live.plan import plan_day

DAY = date(2026, 11, 25)
KEY = BoardKey(1, DAY)
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
WEEK = {weekday: (WallInterval(9 * 60, 17 * 60),) for weekday in range(1, 8)}
HALF_HOUR = Service(1, "Consultation", 30, (1, 2))
STUDIO = Service(2, "Photo Session", 45, (1,), buffer_before=10, buffer_after=15, slot_interval=15)
CLASS = Service(3, "Drawing Class", 60, (1, 2), slot_interval=60, capacity=3)
WORKSHOP = Service(4, "Workshop", 60, (1,))
CATALOG = Catalog(
    Business("Dibs Studio", "UTC", "EUR", 30),
    {service.id: service for service in (HALF_HOUR, STUDIO, CLASS, WORKSHOP)},
    {each: Resource(each, f"Person {each}", weekly=WEEK) for each in (1, 2)},
    business_version=1,
    resource_versions={1: 1, 2: 1},
)

_numbers = itertools.count(1)


def at(clock: str) -> datetime:
    return datetime.combine(DAY, time.fromisoformat(clock), UTC)


def span(start: str, end: str) -> Interval:
    return Interval(at(start), at(end))


def offered_slot(clock: str, service: Service = HALF_HOUR, resource: int = 1) -> ServiceSlot:
    return service_slot_at(at(clock), CATALOG.rules[service.id], service.id, resource)


def hold(
    clock: str,
    visitor: str = "somebody",
    service: Service = HALF_HOUR,
    *,
    resource: int = 1,
    claim: str = "",
    lives: timedelta = timedelta(minutes=2),
) -> Hold:
    return Hold(
        visitor,
        claim or f"hold {next(_numbers)}",
        offered_slot(clock, service, resource),
        (BoardKey(resource, DAY),),
        NOW,
        NOW + lives,
        1,
    )


def busy(
    clock: str,
    state: BusyState = "taken",
    service: Service = HALF_HOUR,
    *,
    visitor: str | None = None,
    claim: str = "",
) -> Busy:
    number = next(_numbers)
    slot = offered_slot(clock, service)
    return Busy(
        number,
        service.id,
        slot.starts_at,
        slot.ends_at,
        slot.guarded,
        state,
        claim or f"{state} {number}",
        visitor,
        NOW + timedelta(minutes=10) if state == "pending" else None,
    )


def board(
    *claims: Hold | Busy,
    key: BoardKey = KEY,
    catalog: Catalog = CATALOG,
    versions: tuple[int, int] = (7, 3),
    degraded: Sequence[Degraded] = (),
) -> Board:
    """Return a board with these claims. `versions` are those of the hold store and of the
    ledger."""
    holds = tuple(claim for claim in claims if isinstance(claim, Hold))
    rows = tuple(claim for claim in claims if isinstance(claim, Busy))
    return Board(
        key,
        HoldsSnapshot(versions[0], versions[1], holds, frozenset(), NOW),
        LedgerSnapshot(versions[1], catalog, rows, NOW),
        tuple(degraded),
    )


def day_view(service: Service, *boards: Board) -> DayView:
    """Return a service's day, made of these boards."""
    return DayView(plan_day(boards[0].ledger.catalog, service, DAY), boards)
