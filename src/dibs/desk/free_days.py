"""Which slots of a resource's days are free, kept while the boards have the same versions."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dibs.availability.boards import BoardKey
from dibs.availability.wall import ONE_DAY, local_day
from dibs.bounded_cache import BoundedCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from dibs.availability.slots import Slot
    from dibs.ledger.catalog import Catalog, Service
    from dibs.ledger.months import BoardRange, BusyChanges, BusyTime
    from dibs.time_slices import TimeSlices

#: How much is kept: 4 for a board, 1 for each of its busy times. That is 30 MB at most.
MAX_KEPT = 100_000
MAX_SERVICES_PER_BOARD = 8


class FreeSlots(NamedTuple):
    """The slots that are `free`, and what they were found by: the slots on offer, the capacity, and
    the versions of all boards that they touch."""

    slots: tuple[Slot, ...]
    capacity: int
    versions: tuple[int, ...]
    free: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class BusyBoard:
    """What makes a resource busy on a local day of this zone, at a version of the board; and the
    free slots by service, as far as somebody has asked."""

    version: int
    zone: ZoneInfo
    busy: tuple[BusyTime, ...]
    free: dict[int, FreeSlots] = field(default_factory=dict)


class BusyBoards:
    """The boards that were read last, in this process; of limited size."""

    def __init__(self, max_kept: int = MAX_KEPT) -> None:
        self._kept: BoundedCache[BoardKey, BusyBoard] = BoundedCache(max_kept)

    def get(self, catalog: Catalog, wanted: BoardRange) -> dict[BoardKey, BusyBoard]:
        """Those of the boards that are kept. A day of another zone is another day."""
        return {
            key: kept
            for key in wanted.board_keys()
            if (kept := self._kept.get(key)) is not None
            and kept.zone == catalog.hours[key.resource_id].zone
        }

    async def update(
        self,
        catalog: Catalog,
        wanted: BoardRange,
        known: Mapping[BoardKey, BusyBoard],
        changes: BusyChanges,
        slices: TimeSlices,
    ) -> dict[int, ResourceDays]:
        """The boards of each resource: those that were `known`, and the others as they are by now.
        These are kept."""
        found: dict[int, ResourceDays] = {}
        changed = frozenset(changes.changed)
        for resource_id in wanted.resource_ids:
            zone = catalog.hours[resource_id].zone
            calendar = Calendar(wanted.first, wanted.last, zone)
            groups = calendar.group(changes.busy.get(resource_id, ()))
            boards: list[BusyBoard] = []
            for day, busy in zip(calendar.days, groups, strict=True):
                key = BoardKey(resource_id, day)
                if key in changed:
                    board = BusyBoard(changes.versions[key], zone, tuple(busy))
                    self._kept.put(key, board, 4 + len(busy))
                else:
                    board = known[key]
                boards.append(board)
            found[resource_id] = ResourceDays(catalog, resource_id, calendar, boards)
            await slices.pause_if_due()
        return found


class Calendar:
    """Local days of a zone, one after the other."""

    def __init__(self, first: date, last: date, zone: ZoneInfo) -> None:
        self.zone = zone
        self.days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
        self._begins = [local_day(day, zone)[0] for day in (*self.days, last + ONE_DAY)]

    def group(self, busy: Iterable[BusyTime]) -> list[list[BusyTime]]:
        """The busy times of each day; one that goes on past midnight is on both days."""
        groups: list[list[BusyTime]] = [[] for _ in self.days]
        for each in busy:
            for n in self.touched(each.start, each.end):
                groups[n].append(each)
        return groups

    def touched(self, start: datetime, end: datetime) -> range:
        """The positions of the days that have time in common with [start, end)."""
        begins = self._begins
        first = last = max(bisect_right(begins, start) - 1, 0)
        while last < len(self.days) and begins[last] < end:
            last += 1
        return range(first, last)


class ResourceDays:
    """A resource's days in a row, with their boards at one moment."""

    def __init__(
        self, catalog: Catalog, resource_id: int, calendar: Calendar, boards: Sequence[BusyBoard]
    ) -> None:
        self._catalog = catalog
        self._resource_id = resource_id
        self.zone = calendar.zone
        self._calendar = calendar
        self._boards = boards

    def free(self, service: Service, day: date) -> tuple[Slot, ...]:
        """The free slots of a service that begin on the resource's local day, whenever it is."""
        slots = self._catalog.slots(self._resource_id, service.id, day)
        if not slots:
            return ()
        touched = self._calendar.touched(slots[0].guarded.start, slots[-1].guarded.end)
        boards = self._boards[touched.start : touched.stop]
        versions = tuple(board.version for board in boards)
        known = self._boards[(day - self._calendar.days[0]).days].free
        kept = known.get(service.id)
        if (
            kept is None
            or (kept.versions, kept.capacity) != (versions, service.capacity)
            or (kept.slots is not slots)
        ):
            if len(known) >= MAX_SERVICES_PER_BOARD:
                known.clear()
            free = find_free(slots, _busy_on(boards), service)
            kept = known[service.id] = FreeSlots(slots, service.capacity, versions, free)
        return kept.free


def _busy_on(boards: Sequence[BusyBoard]) -> Sequence[BusyTime]:
    """All that is on the boards, each once, by start."""
    if len(boards) == 1:
        return boards[0].busy
    return sorted({each for board in boards for each in board.busy})


def find_free(
    slots: tuple[Slot, ...], busy: Sequence[BusyTime], service: Service
) -> tuple[Slot, ...]:
    """Those of the slots, which are in order, at which a seat is left; `busy` is by start."""
    if not busy:
        return slots
    free: list[Slot] = []
    first = 0
    for slot in slots:
        start, end = slot.guarded.start, slot.guarded.end
        while first < len(busy) and busy[first].end <= start:
            first += 1
        near = []
        for n in range(first, len(busy)):
            if busy[n].start >= end:
                break
            if busy[n].end > start:
                near.append(busy[n])
        if not near or _has_seat(slot, near, service):
            free.append(slot)
    return tuple(free)


def _has_seat(slot: Slot, near: Sequence[BusyTime], service: Service) -> bool:
    """Whether the class that begins then has a seat left. Its time is that with which its first
    seats were sold, and nothing else may be in the way of that."""
    if service.capacity == 1:
        return False
    sold = [
        each
        for each in near
        if each.service_id == service.id and each.slot_starts_at == slot.starts_at
    ]
    if not sold:
        return False
    start, end = min(each.start for each in sold), max(each.end for each in sold)
    others = [each for each in near if each.start < end and each.end > start]
    return len(others) == len(sold) < service.capacity
