"""Finds the first free days of a service, some days at a time. Each part is kept like a month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from dibs.availability.wall import ONE_DAY, day_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.desk.context import DeskContext
    from dibs.desk.free_days import DayAvailability
    from dibs.desk.month import MonthDesk

STRETCH = timedelta(days=31)
#: How many days are searched at most, whatever the booking window is.
MAX_SEARCH_DAYS = 366


class FirstFreeQuestion(NamedTuple):
    """How many days with something free are asked for (`number`), from a local day on. Without
    `first` it is from today on."""

    service_id: int
    resource_id: int | None
    first: date | None
    number: int


class FirstFree(NamedTuple):
    """The first days with something free. `days` is None if that can't be told. All days of the
    zone from `first` to `last`, both included, were looked at."""

    time_zone: str
    first: date
    last: date
    days: Mapping[date, DayAvailability] | None


async def find_first_free(
    context: DeskContext, month: MonthDesk, question: FirstFreeQuestion, deadline: float
) -> FirstFree:
    """Find the first days with something free. Raises NotFound, and Unavailable if not even the
    catalog is known."""
    service_id, resource_id, first, number = question
    yesterday = context.clock.now().date() - ONE_DAY  # No zone has an earlier date now.
    begin = yesterday if first is None else max(first, yesterday)
    last = begin + (MAX_SEARCH_DAYS - 1) * ONE_DAY
    days: dict[date, DayAvailability] = {}
    while True:
        end = min(begin + STRETCH - ONE_DAY, last)
        found = await month.availability(service_id, begin, end, resource_id, deadline=deadline)
        today = day_of(context.clock.now(), ZoneInfo(found.time_zone))
        since = today if first is None else max(first, today)
        for day, free in found.days.items():
            if free.starts is None:
                return FirstFree(found.time_zone, since, max(day, since), None)
            if free.starts:
                days[day] = free
            if len(days) == number:
                return FirstFree(found.time_zone, since, day, days)
        if end == last or await _is_beyond_window(context, service_id, end, today):
            return FirstFree(found.time_zone, since, max(end, since), days)
        begin = end + ONE_DAY


async def _is_beyond_window(context: DeskContext, service_id: int, day: date, today: date) -> bool:
    """Tell whether nothing can be booked after this day. One day more is looked at, because time
    zones may be a day apart."""
    service = (await context.ledger.known_catalog()).services.get(service_id)
    if service is None or service.booking_window_days is None:
        return False
    return (day - today).days > service.booking_window_days
