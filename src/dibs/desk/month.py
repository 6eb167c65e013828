"""Looking over many days at once: the month view."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval
from dibs.availability.slots import booking_window
from dibs.availability.wall import ONE_DAY, ONE_MINUTE, local_day
from dibs.errors import LedgerUnavailable, NotFound
from dibs.ledger.ledger import LedgerSnapshot
from dibs.live.board import Board

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from dibs.availability.slots import Rules, Slot
    from dibs.desk.context import DeskContext
    from dibs.ledger.boards import Busy
    from dibs.ledger.catalog import Catalog, Service


@dataclass(frozen=True)
class DayAvailability:
    """The free starts of a day with who is free then; None: can't be told right now."""

    slots: Sequence[tuple[Slot, tuple[int, ...]]] | None


@dataclass(frozen=True)
class Availability:
    time_zone: str
    days: dict[date, DayAvailability]


class MonthDesk:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def catalog(self) -> Catalog:
        """Raises NotFound while no business is set up, Unavailable."""
        return await self._context.ledger.catalog()

    async def availability(
        self, service_id: int, first: date, last: date, resource_id: int | None = None
    ) -> Availability:
        """What is free from one local day to another, both included, as things stand now: days of
        the zone that the resources share, else of the business's.

        Counted by the ledger: a booked or pending time is not free; a hold, which passes within
        minutes, doesn't grey out a day. Past, minimum notice and booking window are applied.
        Raises NotFound, and Unavailable only if not even the catalog is known.
        """
        context = self._context
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]

        def wanted(catalog: Catalog) -> tuple[tuple[int, ...], Interval]:
            ids = _resources(catalog, service_id, resource_id)
            zone = catalog.common_zone(ids)
            span = Interval(local_day(first, zone)[0], local_day(last + ONE_DAY, zone)[1])
            return ids, _guarded(span, catalog.rules[service_id])

        try:
            catalog, busy = await context.ledger.read_busy(wanted)
        except LedgerUnavailable:
            catalog = await context.ledger.known_catalog()
            zone = catalog.common_zone(_resources(catalog, service_id, resource_id))
            return Availability(zone.key, dict.fromkeys(days, DayAvailability(None)))
        zone = catalog.common_zone(busy)
        now = context.clock.now()
        months = [
            ResourceMonth(catalog, catalog.services[service_id], each, rows, now)
            for each, rows in sorted(busy.items())
        ]
        found = {day: DayAvailability(_free(months, day, zone)) for day in days}
        return Availability(zone.key, found)


def _resources(catalog: Catalog, service_id: int, resource_id: int | None) -> tuple[int, ...]:
    service = catalog.services.get(service_id)
    if service is None or resource_id not in (None, *service.resource_ids):
        raise NotFound
    return service.resource_ids if resource_id is None else (resource_id,)


def _guarded(starts: Interval, rules: Rules) -> Interval:
    """All that slots which start within this time can touch with their buffers."""
    before, after = rules.before * ONE_MINUTE, (rules.duration + rules.after) * ONE_MINUTE
    return Interval(starts.start - before, starts.end + after)


class ResourceMonth:
    """What is free of one resource on any of the days, for a service that is booked now."""

    def __init__(
        self,
        catalog: Catalog,
        service: Service,
        resource_id: int,
        busy: Sequence[Busy],
        now: datetime,
    ) -> None:
        self.resource_id = resource_id
        self._catalog = catalog
        self._service = service
        self._now = now
        self._zone = catalog.hours[resource_id].zone
        self._first, self._end = booking_window(now, catalog.rules[service.id], self._zone)
        self._busy = busy
        self._begins = [each.guarded.start for each in busy]
        lengths = (each.guarded.end - each.guarded.start for each in busy)
        self._longest = max(lengths, default=timedelta())

    def free(self, day: date, zone: ZoneInfo, span: Interval) -> Iterator[Slot]:
        """The free slots that begin on a local day of a zone."""
        if span.end <= self._first or (self._end is not None and span.start >= self._end):
            return
        catalog, service = self._catalog, self._service
        if zone == self._zone:
            slots = catalog.slots(self.resource_id, service.id, day)
        else:
            slots = catalog.slots_within(self.resource_id, service.id, span)
        if not slots:
            return
        near = self._near(Interval(slots[0].guarded.start, slots[-1].guarded.end))
        part = LedgerSnapshot(0, catalog, near, self._now)
        board = Board(BoardKey(self.resource_id, day), None, part)
        for slot in slots:
            if (
                self._first <= slot.starts_at
                and (self._end is None or slot.starts_at < self._end)
                and board.state_of(slot, service).state == "free"
            ):
                yield slot

    def _near(self, span: Interval) -> tuple[Busy, ...]:
        """The busy times that overlap the span. They are found by bisection, because a resource may
        have thousands and this is asked for each day."""
        first = bisect_left(self._begins, span.start - self._longest)
        last = bisect_left(self._begins, span.end)
        return tuple(each for each in self._busy[first:last] if each.guarded.end > span.start)


def _free(
    months: Sequence[ResourceMonth], day: date, zone: ZoneInfo
) -> list[tuple[Slot, tuple[int, ...]]]:
    start, end = local_day(day, zone)
    if start == end:
        return []
    found: dict[datetime, tuple[Slot, tuple[int, ...]]] = {}
    for month in months:
        for slot in month.free(day, zone, Interval(start, end)):
            known, others = found.get(slot.starts_at, (slot, ()))
            found[slot.starts_at] = (known, (*others, month.resource_id))
    return [found[start] for start in sorted(found)]
