"""The first free days of a service, looked for stretch by stretch, each kept as a month is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from dibs.availability.wall import ONE_DAY, day_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.desk.context import DeskContext
    from dibs.desk.month import DayAvailability, MonthDesk

STRETCH = timedelta(days=31)
#: Nobody looks for a free day further ahead than this, whatever the booking window.
MAX_SEARCH_DAYS = 366


class FirstFree(NamedTuple):
    """The first days with something free; None: it can't be told. Looked at were all days from
    `first` to `last`, both included, of the zone."""

    time_zone: str
    first: date
    last: date
    days: Mapping[date, DayAvailability] | None


async def find_first_free(
    context: DeskContext,
    month: MonthDesk,
    service_id: int,
    resource_id: int | None,
    first: date | None,
    count: int,
) -> FirstFree:
    """So many days with something free, from a day on; None: from today on.

    Raises NotFound, and Unavailable if not even the catalog is known.
    """
    yesterday = context.clock.now().date() - ONE_DAY  # Today in any zone is later.
    first = yesterday if first is None else max(first, yesterday)
    last = first + (MAX_SEARCH_DAYS - 1) * ONE_DAY
    days: dict[date, DayAvailability] = {}
    begin = first
    while True:
        end = min(begin + STRETCH - ONE_DAY, last)
        found = await month.availability(service_id, begin, end, resource_id)
        for day, free in found.days.items():
            if free.slots is None:
                return FirstFree(found.time_zone, first, day, None)
            if free.slots:
                days[day] = free
            if len(days) == count:
                return FirstFree(found.time_zone, first, day, days)
        if end == last or await _is_beyond_window(context, service_id, end, found.time_zone):
            return FirstFree(found.time_zone, first, end, days)
        begin = end + ONE_DAY


async def _is_beyond_window(
    context: DeskContext, service_id: int, day: date, time_zone: str
) -> bool:
    """Whether nothing can be booked after this day; zones may be a day apart."""
    service = (await context.ledger.known_catalog()).services.get(service_id)
    if service is None or service.booking_window_days is None:
        return False
    today = day_of(context.clock.now(), ZoneInfo(time_zone))
    return (day - today).days > service.booking_window_days
