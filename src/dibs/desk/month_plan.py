"""What has to be known to tell what is free of a service on some days, and what follows from it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dibs.availability.intervals import Interval
from dibs.availability.slots import booking_window
from dibs.availability.wall import ONE_DAY, ONE_MINUTE, day_of, days_of, local_day
from dibs.ledger.months import BoardRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from dibs.availability.boards import BoardKey
    from dibs.availability.slots import Slot
    from dibs.desk.free_days import ResourceDays
    from dibs.ledger.catalog import Catalog, Service
    from dibs.time_slices import TimeSlices

    FreeStarts = Sequence[tuple[Slot, Sequence[int]]]


class MonthPlan:
    """The local `days` of a `zone` from `first` to `last`, and all `boards` that what is free on
    them depends on. Days that are over at `now` need no board."""

    def __init__(
        self,
        catalog: Catalog,
        service: Service,
        resource_ids: tuple[int, ...],
        first: date,
        last: date,
        now: datetime,
    ) -> None:
        self.catalog = catalog
        self.service = service
        self.zone = catalog.common_zone(resource_ids)
        self.days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
        self.now = now
        rules = catalog.rules[service.id]
        zones = self._zones(resource_ids)
        self.windows = {zone: booking_window(now, rules, zone) for zone in zones}
        self.boards = self._boards(tuple(sorted(resource_ids)))

    def _boards(self, resource_ids: tuple[int, ...]) -> BoardRange:
        """The days on which slots of these days begin, in each zone, and those they reach with
        their buffers."""
        rules = self.catalog.rules[self.service.id]
        before, after = rules.before * ONE_MINUTE, (rules.duration + rules.after) * ONE_MINUTE
        today = day_of(self.now, self.zone)
        begins = local_day(min(max(self.days[0], today), self.days[-1]), self.zone)[0]
        ends = local_day(self.days[-1] + ONE_DAY, self.zone)[0]
        days: list[date] = []
        for zone in self.windows:
            first = local_day(day_of(begins, zone), zone)[0]
            last = local_day(day_of(ends, zone), zone)[1]
            days += (day_of(first - before, zone), day_of(last + after, zone))
        return BoardRange(resource_ids, min(days), max(days))

    def _zones(self, resource_ids: Iterable[int]) -> set[ZoneInfo]:
        return {self.catalog.hours[each].zone for each in resource_ids} or {self.zone}

    def time_of(self, boards: Iterable[BoardKey]) -> Interval:
        """From the beginning of the first of these boards to the end of the last, in any zone."""
        days, ids = zip(*((key.day, key.resource_id) for key in boards), strict=True)
        zones = self._zones(set(ids))
        starts = (local_day(min(days), zone)[0] for zone in zones)
        ends = (local_day(max(days), zone)[1] for zone in zones)
        return Interval(min(starts), max(ends))

    async def find_free(
        self, resources: Mapping[int, ResourceDays], slices: TimeSlices
    ) -> tuple[dict[date, FreeStarts], datetime | None]:
        """The free starts of each day with who is free then, for who books now; and until when
        that stays so if no board changes."""
        found: dict[date, FreeStarts] = {}
        for day in self.days:
            found[day] = self._free_on(day, resources)
            await slices.pause_if_due()
        return found, self._until(found)

    def _free_on(self, day: date, resources: Mapping[int, ResourceDays]) -> FreeStarts:
        start, end = local_day(day, self.zone)
        starts: dict[datetime, tuple[Slot, list[int]]] = {}
        for resource_id, row in resources.items():
            first, last = self.windows[row.zone]
            if start == end or end <= first or (last is not None and start >= last):
                continue
            first, last = max(first, start), end if last is None else min(last, end)
            for slot in self._slots(row, day, start, end):
                if first <= slot.starts_at < last:
                    starts.setdefault(slot.starts_at, (slot, []))[1].append(resource_id)
        return [starts[each] for each in sorted(starts)]

    def _slots(
        self, row: ResourceDays, day: date, start: datetime, end: datetime
    ) -> Iterable[Slot]:
        """The resource's free slots of this day, and others of its own days that touch it."""
        if row.zone == self.zone:
            return row.free(self.service, day)
        own_days = days_of(Interval(start, end), row.zone)
        return (slot for own_day in own_days for slot in row.free(self.service, own_day))

    def _until(self, found: Mapping[date, FreeStarts]) -> datetime | None:
        """When the first free start comes too near, or a new day into a booking window."""
        rules = self.catalog.rules[self.service.id]
        ends: list[datetime] = []
        if rules.window_days is not None:
            ends += (local_day(day_of(self.now, zone), zone)[1] for zone in self.windows)
        first = next((slots[0][0].starts_at for slots in found.values() if slots), None)
        if first is not None:
            ends.append(first - rules.minimum_notice * ONE_MINUTE + timedelta.resolution)
        return min(ends, default=None)
