"""The month counts exactly those times as free that the day view shows as free and that can still
be booked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dibs.availability.boards import BoardKey
from dibs.availability.free_starts import BusyTime
from dibs.availability.intervals import Interval
from dibs.availability.slots import is_in_window, slot_at
from dibs.availability.wall import ONE_DAY, ONE_MINUTE, local_day
from dibs.clock import microseconds
from dibs.desk.free_days import BusyDays, DayAvailability, ResourceStarts
from dibs.desk.month_plan import MonthPlan
from dibs.ledger.boards import Busy
from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff
from dibs.ledger.ledger import LedgerSnapshot
from dibs.ledger.months import BoardCount
from dibs.live.board import Board
from tests.unit.availability.factories import walls
from tests.unit.availability.test_rules_of_time import (
    CLOCK_CHANGES,
    steady,
    zoned_days,
)

TALK, OTHER = 1, 2
#: By day: whether it is full, and its free slots (start, end, ids of the resources).
Found = dict[date, tuple[bool, list[tuple[datetime, datetime, list[int]]]]]

OTHER_ZONES = [ZoneInfo(name) for name in ("UTC", "America/New_York", "Pacific/Kiritimati")]
hours = st.sampled_from(
    [walls("00:00-24:00"), walls("09:00-12:00 13:00-17:00"), walls("00:00-03:30 21:10-24:00")]
)


class Scene:
    """Random services, resources and bookings, with the days of a month and the present time."""

    def __init__(self, data: st.DataObject, zone: ZoneInfo, day: date) -> None:
        self.draw = data.draw
        self.services = {number: self.service(number) for number in (TALK, OTHER)}
        self.catalog = Catalog(
            Business("Studio", zone.key, "EUR", 30),
            self.services,
            {each: self.resource(each, zone, day) for each in (1, 2, 3)},
        )
        self.first = day + self.draw(st.integers(-1, 0)) * ONE_DAY
        self.last = day + self.draw(st.integers(0, 1)) * ONE_DAY
        since = timedelta(minutes=self.draw(st.sampled_from([2000, 2000, 700, -500])))
        self.now = local_day(day, zone)[0] - since
        self.busy = {each: self.bookings(each) for each in self.catalog.resources}

    def service(self, number: int) -> Service:
        buffers = st.sampled_from([0, 0, 0, 0, 10, 30, 30, 1440])
        return Service(
            number,
            "Talk",
            duration=self.draw(st.sampled_from([30, 30, 60, 60, 60, 90, 1440])),
            resource_ids=(1, 2, 3),
            buffer_before=self.draw(buffers),
            buffer_after=self.draw(buffers),
            slot_interval=self.draw(st.sampled_from([30, 60, 75])),
            minimum_notice=self.draw(st.sampled_from([0, 90])),
            booking_window_days=self.draw(st.sampled_from([None, None, 1, 3])),
            capacity=self.draw(st.integers(1, 3)),
        )

    def resource(self, number: int, zone: ZoneInfo, day: date) -> Resource:
        """Draw a resource. The first two have the same hours unless one is closed; the third may be
        in another zone."""
        if number == 3:
            zone = self.draw(st.sampled_from([zone, *OTHER_ZONES]))
        weekly = self.draw(
            st.shared(hours, key="of the first two" if number < 3 else "of the third")
        )
        off = datetime.combine(day, time(self.draw(st.integers(0, 23))))
        closures = self.draw(st.lists(st.just(TimeOff(off, off + timedelta(hours=5))), max_size=1))
        overrides = self.draw(st.dictionaries(st.just(day + ONE_DAY), hours, max_size=1))
        week = dict.fromkeys(range(1, 8), weekly)
        return Resource(number, "Ann", "staff", zone.key, week, overrides, tuple(closures))

    def bookings(self, resource_id: int) -> list[Busy]:
        """Draw bookings: seats at starts on offer, with several in one class or at the same time,
        and others at any time, as if made by other rules."""
        zone = self.catalog.zone_of(resource_id)
        span = Interval(
            local_day(self.first - ONE_DAY, zone)[0], local_day(self.last + ONE_DAY, zone)[1]
        )
        starts = [
            slot.starts_at for slot in self.catalog.slots_within(resource_id, TALK, span)
        ] or [span.start]
        found: list[Busy] = []
        for number in range(self.draw(st.integers(2, 8))):
            service_id = self.draw(st.sampled_from([TALK, TALK, OTHER]))
            rules = self.catalog.rules[self.draw(st.sampled_from([TALK, OTHER]))]
            start = starts[self.draw(st.integers(0, len(starts) - 1))]
            start += self.draw(st.sampled_from([0, 0, 30, 7.01])) * ONE_MINUTE
            for seat in range(self.draw(st.integers(1, 3))):
                slot = slot_at(start, rules)
                booking = (10 * number + seat, service_id, start, slot.ends_at, slot.guarded)
                found.append(Busy(*booking, "taken", f"{number}-{seat}", None, None))
        return found

    def expected_days(self, plan: MonthPlan, resource_ids: tuple[int, ...], now: datetime) -> Found:
        """Return the free times by the slots of the day view, one by one."""
        found: Found = {}
        service = self.services[TALK]
        for day in plan.days:
            start, end = local_day(day, plan.zone)
            starts: dict[datetime, tuple[datetime, list[int]]] = {}
            is_offered = False
            for each in resource_ids if start < end else ():
                ledger = LedgerSnapshot(1, self.catalog, tuple(self.busy[each]), self.now)
                board = Board(BoardKey(each, day), None, ledger)
                zone, rules = self.catalog.hours[each].zone, self.catalog.rules[TALK]
                for slot in self.catalog.slots_within(each, TALK, Interval(start, end)):
                    is_bookable = is_in_window(slot.starts_at, now, rules, zone)
                    is_offered = is_offered or is_bookable
                    if is_bookable and board.state_of(slot, service).state == "free":
                        starts.setdefault(slot.starts_at, (slot.ends_at, []))[1].append(each)
            free = [(each, *starts[each]) for each in sorted(starts)]
            found[day] = (is_offered and not free, free)
        return found

    def count(self, plan: MonthPlan, resource_ids: tuple[int, ...]) -> list[ResourceStarts]:
        """Return the free starts as the month computes them, from the same bookings."""
        resources: list[ResourceStarts] = []
        for each in resource_ids:
            busy: list[BusyTime] = [
                (
                    microseconds(booking.guarded.start),
                    microseconds(booking.guarded.end),
                    booking.service_id or 0,
                    microseconds(booking.starts_at),
                )
                for booking in self.busy[each]
                if booking.guarded.overlaps(plan.time)
            ]
            days = BusyDays(BoardCount(0, 0), self.catalog.hours[each].zone, busy)
            resources.append(plan.free_starts(each, days))
        return resources

    def compare(self) -> None:
        resource_ids = self.draw(st.sampled_from([(1, 2, 3), (1, 2), (3,)]))
        service = self.services[TALK]
        plan = MonthPlan(self.catalog, service, resource_ids, self.first, self.last, self.now)
        expected = self.expected_days(plan, resource_ids, self.now)
        days = plan.days_with(self.count(plan, resource_ids))
        assert list_days(days) == expected
        lasts = plan.valid_until(days) - self.now
        assert lasts > timedelta(0)
        later = self.now + lasts * self.draw(st.sampled_from([0.5, 1])) - timedelta.resolution
        assert self.expected_days(plan, resource_ids, later) == expected


def list_days(days: Mapping[date, DayAvailability]) -> Found:
    return {
        day: (
            found.last_taken is not None,
            [(slot.starts_at, slot.ends_at, ids) for slot, ids in found.slots or ()],
        )
        for day, found in days.items()
    }


@pytest.mark.parametrize(("name", "day"), CLOCK_CHANGES)
def test_around_a_clock_change(name: str, day: str) -> None:
    @steady(4)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        Scene(data, ZoneInfo(name), date.fromisoformat(day)).compare()

    check()


@steady(60)
@given(st.data())
def test_on_any_day(data: st.DataObject) -> None:
    Scene(data, *data.draw(zoned_days())).compare()
