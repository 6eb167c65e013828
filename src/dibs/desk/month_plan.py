"""Plans the answer about some days: which boards it depends on, and what follows from them."""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from dibs.availability.free_starts import select, select_between
from dibs.availability.intervals import Interval
from dibs.availability.slots import booking_window
from dibs.availability.wall import ONE_DAY, ONE_MINUTE, day_of, local_day
from dibs.clock import EPOCH, microseconds
from dibs.desk.free_days import DayAvailability, ResourceStarts
from dibs.ledger.months import BoardRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from dibs.desk.free_days import BusyDays
    from dibs.ledger.catalog import Catalog, Service


class MonthPlan:
    """The local `days` of a `zone` from `first` to `last`, and all `boards` that decide what is
    free on them. Days that are over at `now` need no board."""

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
        self._rules = catalog.rules[service.id]
        zones = {catalog.hours[each].zone for each in resource_ids} or {self.zone}
        self._windows = {zone: booking_window(now, self._rules, zone) for zone in zones}
        self._begins = [local_day(day, self.zone)[0] for day in (*self.days, last + ONE_DAY)]
        self._own_days = {zone: self._days_of(zone) for zone in zones}
        self.boards = self._boards(tuple(sorted(resource_ids)))

    def _days_of(self, zone: ZoneInfo) -> tuple[date, date]:
        """Return the first and the last local day of a zone that these days touch. Days that are
        over are left out."""
        today = day_of(self.now, self.zone)
        first = local_day(min(max(self.days[0], today), self.days[-1]), self.zone)[0]
        return day_of(first, zone), day_of(self._begins[-1], zone)

    def _boards(self, resource_ids: tuple[int, ...]) -> BoardRange:
        """Return the boards on which slots of these days begin, in each zone, and those that the
        slots reach with their buffers."""
        rules = self._rules
        before, after = rules.before * ONE_MINUTE, (rules.duration + rules.after) * ONE_MINUTE
        days: list[date] = []
        for zone, (first, last) in self._own_days.items():
            days.append(day_of(local_day(first, zone)[0] - before, zone))
            days.append(day_of(local_day(last, zone)[1] + after, zone))
        return BoardRange(resource_ids, min(days), max(days))

    @property
    def time(self) -> Interval:
        """The time from the beginning of the first of these boards to the end of the last, in all
        zones."""
        starts = (local_day(self.boards.first, zone)[0] for zone in self._own_days)
        ends = (local_day(self.boards.last, zone)[1] for zone in self._own_days)
        return Interval(min(starts), max(ends))

    def free_starts(self, resource_id: int, busy: BusyDays) -> ResourceStarts:
        """Return the starts of the service at a resource on these days, for somebody who books
        now."""
        first, last = self._own_days[busy.zone]
        starts = self.catalog.starts(resource_id, self.service.id, first, last)
        opens, closes = self._windows[busy.zone]
        ends = self._begins[-1] if closes is None else min(closes, self._begins[-1])
        first_start = max(opens, self._begins[0])
        bookable = select_between(microseconds(first_start), microseconds(ends), starts.at)
        free = busy.free(starts, self.service) & bookable
        return ResourceStarts(resource_id, starts.at, free, bookable)

    def days_with(self, resources: Sequence[ResourceStarts]) -> dict[date, DayAvailability]:
        """Return what is free on each day, if the resources have these starts."""
        starts = _merge_starts(resources)
        bounds = [microseconds(each) for each in self._begins]
        ends = [bisect_left(starts, each) for each in bounds]
        return {
            day: DayAvailability(
                starts[begin:end],
                resources,
                self._rules,
                _last_offered(resources, *bound) if begin == end else None,
            )
            for day, (begin, end), bound in zip(
                self.days, pairwise(ends), pairwise(bounds), strict=True
            )
        }

    def valid_until(self, days: Mapping[date, DayAvailability]) -> datetime:
        """Return until when an answer stays true if no board changes.

        That is until the first free start (or the last start of a full day) comes too near, until a
        new day comes into a booking window, or until an old board may be removed.
        """
        ends = [local_day(day_of(self.now, zone), zone)[1] for zone in self._own_days]
        first = next((day.starts[0] for day in days.values() if day.starts), None)
        full = next((day.last_taken for day in days.values() if day.last_taken is not None), None)
        for each in (first, full):
            if each is not None:
                start = EPOCH + timedelta(microseconds=each)
                ends.append(start - self._rules.minimum_notice * ONE_MINUTE + timedelta.resolution)
        return min(ends)


def _last_offered(resources: Sequence[ResourceStarts], first: int, end: int) -> int | None:
    lasts = (each.last_offered(first, end) for each in resources)
    return max((each for each in lasts if each is not None), default=None)


def _merge_starts(resources: Iterable[ResourceStarts]) -> list[int]:
    """Return the starts at which any of the resources is free, in order and each once."""
    free: dict[tuple[int, ...], int] = {}
    for each in resources:
        free[each.at] = free.get(each.at, 0) | each.free
    lists = [select(at, some) for at, some in free.items()]
    return list(lists[0]) if len(lists) == 1 else sorted(set().union(*lists))
