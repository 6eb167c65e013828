"""Reports on the appointments of some days: how busy the days were, how early appointments were
booked, how reliable customers were, and what was earned.

A report covers the appointments that start within the range, in local days of the business. A value
that can't be known is None and never 0, for example how long a retired resource was open. Former
opening hours are not kept, so today's are taken. Overrides and closures of past days are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from dibs.availability.intervals import Interval
from dibs.availability.wall import ONE_DAY, local_day, offsets_within
from dibs.desk.office.report_tables import TABLES
from dibs.errors import FieldError, Invalid, NotFound
from dibs.ledger.reports import ReportSpan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.desk.context import DeskContext
    from dibs.desk.office.report_tables import Table

#: Five years.
MAX_DAYS = 1830


class DayRange(NamedTuple):
    """Local days of the business, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Report:
    """A report with its table. `before` is the range of days before, whose totals are for
    comparison."""

    name: str
    days: DayRange
    time_zone: str
    currency: str
    table: Table
    before: DayRange
    totals_before: Mapping[str, Any]


class Reports:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def make(self, name: str, days: DayRange) -> Report:
        """Make a report. Raises NotFound (no such report, or no business), Invalid, Unavailable."""
        make_table = TABLES.get(name)
        if make_table is None:
            raise NotFound("There is no such report.")
        if days.last < days.first:
            raise Invalid(FieldError("to", "before_from"))
        if days.last - days.first >= timedelta(days=MAX_DAYS):
            raise Invalid(FieldError("to", "too_far"))
        catalog = await self._context.ledger.catalog()
        zone = ZoneInfo(catalog.business.time_zone)
        before = range_before(days)
        table = await make_table(self._context, catalog, span_of(days, zone))
        former = await make_table(self._context, catalog, span_of(before, zone))
        return Report(
            name,
            days,
            catalog.business.time_zone,
            catalog.business.currency,
            table,
            before,
            former.totals,
        )


def span_of(days: DayRange, zone: ZoneInfo) -> ReportSpan:
    """Return the time of these days. If they have none, because the time zone has skipped the day,
    it is the shortest possible time."""
    start, end = local_day(days.first, zone)[0], local_day(days.last, zone)[1]
    time = Interval(start, max(end, start + timedelta.resolution))
    return ReportSpan(time, days.first, days.last, tuple(offsets_within(time, zone)))


def range_before(days: DayRange) -> DayRange:
    """Return the months before if these are whole months, or else as many days right before."""
    first, last = days
    end = first - ONE_DAY
    following = last + ONE_DAY
    if first.day == 1 and following.day == 1:
        months = 12 * (following.year - first.year) + following.month - first.month
        number = 12 * first.year + first.month - 1 - months
        return DayRange(date(number // 12, number % 12 + 1, 1), end)
    return DayRange(first - (following - first), end)
