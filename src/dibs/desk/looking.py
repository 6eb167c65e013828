"""Looking over many days at once: the month view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval
from dibs.availability.slots import earliest_start, within_horizon
from dibs.availability.wall import local_day
from dibs.errors import LedgerUnavailable, NotFound
from dibs.ledger.ledger import LedgerPart
from dibs.live.board import Board

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from dibs.availability.slots import Slot
    from dibs.desk.parts import Parts
    from dibs.ledger.boards import Busy
    from dibs.ledger.catalog import Catalog, Service


@dataclass(frozen=True)
class DayAvailability:
    """The free starts of a day with who is free then; None: can't be told right now."""

    slots: Sequence[tuple[Slot, tuple[int, ...]]] | None


@dataclass(frozen=True)
class Availability:
    zone: str
    days: dict[date, DayAvailability]


class Looking:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def catalog(self) -> Catalog:
        """Raises NotFound while no business is set up, Unavailable."""
        return await self._parts.ledger.catalog()

    async def availability(
        self, service_id: int, first: date, last: date, resource_id: int | None = None
    ) -> Availability:
        """What is free from one local day to another, both included, as things stand now.

        Counted by the ledger: a booked or pending time is not free; a hold, which passes within
        minutes, doesn't grey out a day. Past, notice and horizon are applied.
        Raises NotFound, and Unavailable only if not even the catalogue is known.
        """
        parts = self._parts
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        try:
            catalog = await parts.ledger.catalog()
            ids = _resources(catalog, service_id, resource_id)
            catalog, busy = await parts.ledger.busy(ids, first, last + timedelta(days=1))
        except LedgerUnavailable:
            catalog = await parts.ledger.known_catalog()
            unknown = DayAvailability(None)
            return Availability(catalog.business.zone, dict.fromkeys(days, unknown))
        service = catalog.services.get(service_id)
        if service is None:
            raise NotFound
        now = parts.clock.now()
        return Availability(
            catalog.business.zone,
            {day: DayAvailability(_free(catalog, service, busy, day, now)) for day in days},
        )


def _resources(catalog: Catalog, service_id: int, resource_id: int | None) -> tuple[int, ...]:
    service = catalog.services.get(service_id)
    if service is None or resource_id not in (None, *service.resource_ids):
        raise NotFound
    return service.resource_ids if resource_id is None else (resource_id,)


def _free(
    catalog: Catalog,
    service: Service,
    busy: dict[int, tuple[Busy, ...]],
    day: date,
    now: datetime,
) -> list[tuple[Slot, tuple[int, ...]]]:
    rules = catalog.rules[service.id]
    earliest = earliest_start(now, rules)
    found: dict[datetime, tuple[Slot, tuple[int, ...]]] = {}
    for resource_id in sorted(busy):
        zone = catalog.hours[resource_id].zone
        start, end = local_day(day, zone)
        if start == end or not within_horizon(day, now, rules, zone):
            continue
        span = Interval(start, end + timedelta(days=1))
        part = LedgerPart(
            0, catalog, tuple(b for b in busy[resource_id] if b.guarded.overlaps(span)), now
        )
        for seen in Board(BoardKey(resource_id, day), None, part).slots(service):
            if seen.state == "free" and seen.slot.starts_at >= earliest:
                slot, others = found.get(seen.slot.starts_at, (seen.slot, ()))
                found[seen.slot.starts_at] = (slot, (*others, resource_id))
    return [found[start] for start in sorted(found)]
