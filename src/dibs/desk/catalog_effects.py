"""What a change of the catalog does: the bookings it concerns, and services nobody can book.

Bookings stay as they are, whatever the catalog says. The owner is told about the bookings that no
longer fit the catalog because of this change, but not about those that did not fit before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dibs.availability.hours import open_time, open_walls
from dibs.availability.intervals import Interval, covers, merge_spans, union
from dibs.availability.wall import MINUTES_A_DAY, days_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from dibs.availability.hours import Hours
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog, Service, TimeOff

A_WEEK = 7
#: How many days before and after a date are looked at: a service lasts a day at most.
DAYS_AROUND = 2


@dataclass(frozen=True)
class Concern:
    """A booking that a change concerns, in words for its owner. `starts_at` is in `time_zone`."""

    reference: str
    starts_at: datetime
    time_zone: str
    service: str
    resource: str
    reasons: tuple[str, ...]
    customer: str = field(default="", repr=False)


def find_concerned(
    before: Catalog, wanted: Catalog, upcoming: Iterable[Booking], now: datetime
) -> list[Concern]:
    """Return the live bookings that no longer fit, in their order, each with the reasons in
    words."""
    live = [each for each in upcoming if each.deadline is None or each.deadline > now]
    change = _Change(before, wanted, live)
    zone = wanted.business.time_zone
    return [
        Concern(
            booking.reference,
            booking.starts_at.astimezone(ZoneInfo(zone)),
            zone,
            wanted.services[booking.service_id].name
            if booking.service_id in wanted.services
            else before.service_name(booking.service_id),
            wanted.resources[booking.resource_id].name
            if booking.resource_id in wanted.resources
            else before.resource_name(booking.resource_id),
            reasons,
            booking.customer.name if booking.customer else "",
        )
        for booking in live
        if (reasons := tuple(change.reasons(booking)))
    ]


class _Change:
    """A change from one catalog to another, with the live bookings."""

    def __init__(self, before: Catalog, wanted: Catalog, live: Iterable[Booking]) -> None:
        self._before = before
        self._wanted = wanted
        self._sold = Counter(map(_date_of, live))
        self._open: dict[int, tuple[_OpenTime, ...]] = {}

    def reasons(self, booking: Booking) -> Iterator[str]:
        old = self._before.services.get(booking.service_id)
        new = self._wanted.services.get(booking.service_id)
        if old is not None and new is None:
            yield "the service is retired"
        if booking.resource_id not in self._wanted.resources:
            if booking.resource_id in self._before.resources:
                name = self._before.resource_name(booking.resource_id)
                yield f"{name} is retired"
            return
        if old is not None and new is not None:
            yield from self._reasons_of_service(booking, old, new)
        yield from self._reasons_of_hours(booking)

    def _reasons_of_service(self, booking: Booking, old: Service, new: Service) -> Iterator[str]:
        if booking.resource_id in set(old.resource_ids) - set(new.resource_ids):
            name = self._wanted.resource_name(booking.resource_id)
            yield f"{name} no longer offers the service"
        sold = self._sold[_date_of(booking)]
        if new.capacity < old.capacity and sold > new.capacity:
            yield f"the class has fewer seats now ({new.capacity}) than are booked ({sold})"
        if max(old.capacity, new.capacity) == 1:
            return
        if new.duration != old.duration:
            yield (
                f"the class lasts {new.duration} minutes now, and the booking keeps its"
                f" {_minutes(booking)}"
            )
        if (new.buffer_before, new.buffer_after) != (old.buffer_before, old.buffer_after):
            yield "the buffers of the class are others now, and the booking keeps the old ones"

    def _reasons_of_hours(self, booking: Booking) -> Iterator[str]:
        wanted = self._wanted.hours[booking.resource_id]
        former = self._before.hours.get(booking.resource_id)
        if former is None or wanted == former:
            return
        if booking.resource_id not in self._open:
            unclosed = replace(wanted, closures=())
            self._open[booking.resource_id] = tuple(map(_OpenTime, (former, wanted, unclosed)))
        before, after, without_closures = self._open[booking.resource_id]
        if after.covers(booking) or not before.covers(booking):
            return
        if without_closures.covers(booking):
            yield self._explain_closed(wanted.zone, booking)
        else:
            yield "it is outside the opening hours"

    def _explain_closed(self, zone: ZoneInfo, booking: Booking) -> str:
        starts, ends = (
            edge.astimezone(zone).replace(tzinfo=None)
            for edge in (booking.starts_at, booking.ends_at)
        )
        own = self._wanted.resources[booking.resource_id].closures
        for closure in (*own, *self._wanted.closures):
            if closure.starts < ends and starts < closure.ends:
                return _closure_in_words(closure, zone)
        return "it is closed then"


class _OpenTime:
    """The open time of a resource. Each day is computed once, however many bookings it has."""

    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        self._days: dict[date, tuple[Interval, ...]] = {}

    def covers(self, booking: Booking) -> bool:
        span = Interval(booking.starts_at, booking.ends_at)
        days = days_of(span, self._hours.zone)
        return covers(union(each for day in days for each in self._open_time_of(day)), span)

    def _open_time_of(self, day: date) -> tuple[Interval, ...]:
        if day not in self._days:
            self._days[day] = open_time(self._hours, day)
        return self._days[day]


def _date_of(booking: Booking) -> tuple[int, int, datetime]:
    return booking.service_id, booking.resource_id, booking.starts_at


def _minutes(booking: Booking) -> int:
    return (booking.ends_at - booking.starts_at) // timedelta(minutes=1)


def _closure_in_words(closure: TimeOff, zone: ZoneInfo) -> str:
    reason = f" ({closure.reason})" if closure.reason else ""
    return (
        f"it is closed from {closure.starts:%Y-%m-%d %H:%M} to {closure.ends:%Y-%m-%d %H:%M}"
        f" {zone.key}{reason}"
    )


def find_unbookable(catalog: Catalog, today: date) -> Iterator[str]:
    """Give a line for each service that can never be booked, with the reason."""
    for service in catalog.services.values():
        reason = _explain_unbookable(catalog, service, today)
        if reason is not None:
            yield f"service {service.id} {service.name} can never be booked: {reason}"


def _explain_unbookable(catalog: Catalog, service: Service, today: date) -> str | None:
    if not service.resource_ids:
        return "it has no resources"
    days = service.booking_window_days
    if days is not None and service.minimum_notice >= (days + 1) * MINUTES_A_DAY:
        return (
            f"its minimum_notice of {service.minimum_notice} minutes is longer than its"
            f" booking_window_days of {days}"
        )
    longest = max(_longest_open(catalog.hours[each], today) for each in service.resource_ids)
    if longest == 0:
        return "none of its resources has opening hours"
    if service.duration > longest:
        return (
            f"it lasts {service.duration} minutes, and its resources are open for {longest}"
            " at a stretch at most"
        )
    return None


def _longest_open(hours: Hours, today: date) -> int:
    """Return the longest stretch of opening hours in minutes on the clock. Closures are left
    out."""
    usual = replace(hours, closures=())
    last = date.max - timedelta(days=DAYS_AROUND)
    longest = [_longest_around(replace(usual, overrides={}), today, A_WEEK)]
    longest += [
        _longest_around(usual, day, DAYS_AROUND) for day in usual.overrides if today <= day <= last
    ]
    return max(longest)


def _longest_around(hours: Hours, day: date, days: int) -> int:
    stretches = merge_spans(
        (offset * MINUTES_A_DAY + wall.opens, offset * MINUTES_A_DAY + wall.closes)
        for offset in range(-days, days + 1)
        for wall in open_walls(hours, day + timedelta(days=offset))
    )
    return max((end - begin for begin, end in stretches), default=0)
