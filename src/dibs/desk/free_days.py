"""The free times of many days: what this process keeps, and what the month view answers with."""

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

#: The size that may be kept: the days of one resource count as 10, each of its busy times as 1.
#: That is 30 MB at most.
MAX_KEPT = 100_000
MAX_SERVICES_KEPT = 8


class FreeStarts(NamedTuple):
    """The starts of a service that are `free` (one bit each, see `free_starts`). `starts` and
    `capacity` are the values for which that was computed."""

    starts: Starts
    capacity: int
    free: int


@dataclass(frozen=True, slots=True)
class BusyDays:
    """The busy times of a resource on some local days of `zone`, read when its boards had this
    `count`. `found` has the free starts by service, for the services that somebody has asked
    for."""

    count: BoardCount
    zone: ZoneInfo
    busy: Sequence[BusyTime]
    found: dict[int, FreeStarts] = field(default_factory=dict)

    def free(self, starts: Starts, service: Service) -> int:
        """Return which of the service's starts on these days are free. The present time plays no
        part."""
        found = self.found.get(service.id)
        if found is None or (found.starts, found.capacity) != (starts, service.capacity):
            if len(self.found) >= MAX_SERVICES_KEPT:
                self.found.clear()
            free = find_free(starts, self.busy, service.id, service.capacity)
            found = self.found[service.id] = FreeStarts(starts, service.capacity, free)
        return found.free


class KeptBusyDays:
    """The busy days that this process has read last, up to a limited size."""

    def __init__(self, max_kept: int = MAX_KEPT) -> None:
        self._kept: BoundedCache[tuple[int, date, date], BusyDays] = BoundedCache(max_kept)

    def get(self, catalog: Catalog, wanted: BoardRange) -> dict[int, BusyDays]:
        """Return the kept busy days of these resources, by resource. Those that were read in
        another time zone of the resource are left out."""
        return {
            each: kept
            for each in wanted.resource_ids
            if (kept := self._kept.get((each, wanted.first, wanted.last))) is not None
            and kept.zone == catalog.hours[each].zone
        }

    def put(
        self, catalog: Catalog, wanted: BoardRange, resource_id: int, changes: BusyChanges
    ) -> BusyDays:
        """Keep the busy times that were read for a resource's days, and return them."""
        busy = parse_busy(changes.busy[resource_id])
        zone = catalog.hours[resource_id].zone
        found = BusyDays(changes.counts[resource_id], zone, busy)
        self._kept.put((resource_id, wanted.first, wanted.last), found, 10 + len(busy))
        return found


class ResourceStarts(NamedTuple):
    """The starts of a service at a resource. `free` says which of them can be booked, and `offered`
    which could be booked if nothing were taken (one bit for each start in `at`)."""

    resource_id: int
    at: tuple[int, ...]
    free: int
    offered: int

    def list_within(self, first: int, last: int) -> list[int]:
        """Return the free starts from one instant to another, both included."""
        position, end = bisect_left(self.at, first), bisect_right(self.at, last)
        return list(select(self.at, self.free, position, end))

    def last_offered(self, first: int, end: int) -> int | None:
        """Return the last offered start from `first` to before `end`, or None."""
        position = bisect_left(self.at, first)
        offered = self.offered & ((1 << bisect_left(self.at, end)) - 1)
        return self.at[offered.bit_length() - 1] if offered >> position else None


@dataclass(frozen=True, slots=True)
class DayAvailability:
    """The starts at which something is free on a day, in microseconds since 1970 and in order.

    `starts` is None if that can't be told right now. `slots` also says which resources are free. If
    nothing is free but something is offered, the day is full, and `last_taken` is the last offered
    start.
    """

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
    """What is free on each of these days, all at the same moment."""

    time_zone: str
    days: Mapping[date, DayAvailability]
    #: What callers have computed from this answer and keep with it, each under a key of its own.
    derived: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
