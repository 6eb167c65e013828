"""What is free on many days, as it is known and as it is told."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from dibs.availability.free_starts import find_free, select
from dibs.availability.slots import slot_at
from dibs.bounded_cache import BoundedCache
from dibs.clock import EPOCH
from dibs.ledger.months import parse_busy

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from dibs.availability.free_starts import BusyTime, Starts
    from dibs.availability.slots import Rules, Slot
    from dibs.ledger.catalog import Catalog, Service
    from dibs.ledger.months import BoardCount, BoardRange, BusyChanges

#: How much is kept: 10 for a resource's days, 1 for each of its busy times. That is 30 MB at most.
MAX_KEPT = 100_000
MAX_SERVICES_KEPT = 8


class FoundFree(NamedTuple):
    """Those of the starts that are `free`, and what they were found by beside the busy times."""

    starts: Starts
    capacity: int
    free: int


@dataclass(frozen=True, slots=True)
class BusyDays:
    """What makes a resource busy on some days of this zone while the counts of their boards are
    these; and the free starts by service, as far as somebody has asked."""

    count: BoardCount
    zone: ZoneInfo
    busy: Sequence[BusyTime]
    found: dict[int, FoundFree] = field(default_factory=dict)

    def free(self, starts: Starts, service: Service) -> int:
        """The free ones of the service's starts on these days, whenever it is."""
        found = self.found.get(service.id)
        if found is None or (found.starts, found.capacity) != (starts, service.capacity):
            if len(self.found) >= MAX_SERVICES_KEPT:
                self.found.clear()
            free = find_free(starts, self.busy, service.id, service.capacity)
            found = self.found[service.id] = FoundFree(starts, service.capacity, free)
        return found.free


class KeptBusyDays:
    """The busy days that were read last, in this process; of limited size."""

    def __init__(self, max_kept: int = MAX_KEPT) -> None:
        self._kept: BoundedCache[tuple[int, date, date], BusyDays] = BoundedCache(max_kept)

    def get(self, catalog: Catalog, wanted: BoardRange) -> dict[int, BusyDays]:
        """Those of the resources that are kept. A day of another zone is another day."""
        return {
            each: kept
            for each in wanted.resource_ids
            if (kept := self._kept.get((each, wanted.first, wanted.last))) is not None
            and kept.zone == catalog.hours[each].zone
        }

    def put(
        self, catalog: Catalog, wanted: BoardRange, resource_id: int, changes: BusyChanges
    ) -> BusyDays:
        """Keep what has changed on a resource's days."""
        busy = parse_busy(changes.busy[resource_id])
        zone = catalog.hours[resource_id].zone
        found = BusyDays(changes.counts[resource_id], zone, busy)
        self._kept.put((resource_id, wanted.first, wanted.last), found, 10 + len(busy))
        return found


class ResourceStarts(NamedTuple):
    """When something can be booked at a resource: those of the starts that are `free`, and those
    that would be if nothing were taken."""

    resource_id: int
    at: tuple[int, ...]
    free: int
    offered: int

    def list_within(self, first: int, last: int) -> list[int]:
        """The free starts from one instant to another, both included."""
        position, end = bisect_left(self.at, first), bisect_right(self.at, last)
        return list(select(self.at, self.free, position, end))

    def last_offered(self, first: int, end: int) -> int | None:
        """The last offered start from one instant to another, the end excluded."""
        position = bisect_left(self.at, first)
        offered = self.offered & ((1 << bisect_left(self.at, end)) - 1)
        return self.at[offered.bit_length() - 1] if offered >> position else None


@dataclass(frozen=True, slots=True)
class DayAvailability:
    """When something is free on a day, in microseconds since 1970 and in order; None: that can't be
    told right now. `slots` also says who is free then. If nothing is free though something is
    offered, the day is full: `last_taken` is the last start that is offered."""

    starts: Sequence[int] | None
    resources: Sequence[ResourceStarts] = ()
    rules: Rules | None = None
    last_taken: int | None = None

    @property
    def slots(self) -> list[tuple[Slot, list[int]]] | None:
        if not self.starts or self.rules is None:
            return None if self.starts is None else []
        who: dict[int, list[int]] = {start: [] for start in self.starts}
        for resource in self.resources:
            for start in resource.list_within(self.starts[0], self.starts[-1]):
                who[start].append(resource.resource_id)
        rules = self.rules
        return [
            (slot_at(EPOCH + timedelta(microseconds=start), rules), ids)
            for start, ids in who.items()
        ]


@dataclass(frozen=True)
class Availability:
    """What is free on each of these days, all of one moment."""

    time_zone: str
    days: Mapping[date, DayAvailability]
    #: What others have made of it and keep with it, each under a key of its own.
    derived: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
