"""The tables of reports, made of the ledger's figures: one function per report.

A share is a number from 0 to 1. It is more than 1 if more was booked than was open, and None if the
whole is 0 or unknown. In rows about a resource or a service, `group` says which of the two.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from dibs.availability.wall import ONE_DAY
from dibs.desk.office.open_time import count_open_minutes
from dibs.ledger import reports, visit_counts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
    from datetime import date

    from dibs.desk.context import DeskContext
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.reports import ReportSpan

Row = dict[str, Any]
Group = Literal["resource", "service"]
ABOUT = ("group", "id", "name")
NO_MONEY = Decimal("0.00")

HOUR, DAY = 60, 24 * 60
#: The limits between the lead times, in minutes. Below 0 a booking was entered after its start.
LEAD_EDGES = [0, HOUR, 4 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY]


@dataclass(frozen=True)
class Table:
    """`rows` have a value for each of the columns; `totals` are of the whole range."""

    columns: Sequence[str]
    rows: Sequence[Row]
    totals: Mapping[str, Any]


class _Figures(Protocol):
    """What the ledger says of one resource and one service."""

    @property
    def resource_id(self) -> int: ...
    @property
    def service_id(self) -> int: ...


Figures = TypeVar("Figures", bound=_Figures)


async def utilisation(context: DeskContext, catalog: Catalog, span: ReportSpan) -> Table:
    """Compare booked minutes with open minutes. The open time of a service is that of all resources
    that can serve it."""
    found = await context.ledger.database.read(reports.sum_booked_time, span)
    opened = await count_open_minutes(catalog, span.time)
    of_service = {
        service.id: sum(opened.get(each, 0) for each in service.resource_ids)
        for service in catalog.services.values()
    }
    open_minutes: Mapping[Group, Mapping[int, int]] = {"resource": opened, "service": of_service}
    rows: list[Row] = []
    for about, some in _split_by_group(catalog, found, with_all=True):
        booked = sum(each.minutes for each in some)
        known = open_minutes[about["group"]].get(about["id"])
        rows.append(about | _measure_use(booked, known))
    # How long a retired resource was open is not known, so its bookings are left out.
    booked = sum(each.minutes for each in found if each.resource_id in opened)
    totals = _measure_use(booked, sum(opened.values()))
    return Table((*ABOUT, "booked_minutes", "open_minutes", "share"), rows, totals)


def _measure_use(booked: int, whole: int | None) -> Row:
    return {"booked_minutes": booked, "open_minutes": whole, "share": _share(booked, whole)}


async def bookings(context: DeskContext, _: Catalog, span: ReportSpan) -> Table:
    """Count the appointments that start on each day, and the cancelled ones that would have."""
    found = await context.ledger.database.read(reports.count_by_day, span)
    counts = {each.day: each for each in found}
    rows: list[Row] = []
    for day in days_within(span):
        booked, cancelled = counts[day][1:] if day in counts else (0, 0)
        rows.append({"day": day.isoformat(), "booked": booked, "cancelled": cancelled})
    totals = {name: sum(row[name] for row in rows) for name in ("booked", "cancelled")}
    return Table(("day", "booked", "cancelled"), rows, totals)


async def hours(context: DeskContext, _: Catalog, span: ReportSpan) -> Table:
    """Count the appointments that start in each hour of the week."""
    found = await context.ledger.database.read(reports.count_by_hour, span)
    counts = {(each.weekday, each.hour): each.bookings for each in found}
    rows = [
        {"weekday": weekday, "hour": hour, "booked": counts.get((weekday, hour), 0)}
        for weekday in range(1, 8)
        for hour in range(24)
    ]
    return Table(("weekday", "hour", "booked"), rows, {"booked": sum(counts.values())})


async def lead_times(context: DeskContext, _: Catalog, span: ReportSpan) -> Table:
    """Count how long before their start appointments were booked."""
    found = await context.ledger.database.read(reports.count_lead_times, span, LEAD_EDGES)
    whole = sum(found.counts)
    edges = [None, *LEAD_EDGES, None]
    rows = [
        {"from_minutes": least, "to_minutes": below, "booked": count, "share": _share(count, whole)}
        for (least, below), count in zip(pairwise(edges), found.counts, strict=True)
    ]
    totals = {"booked": whole, "median_minutes": found.median}
    return Table(("from_minutes", "to_minutes", "booked", "share"), rows, totals)


async def no_shows(context: DeskContext, catalog: Catalog, span: ReportSpan) -> Table:
    """Count the appointments that are over, and those whose customer did not come. The share is of
    those whose outcome is known."""
    now = context.clock.now()
    found = await context.ledger.database.read(reports.count_outcomes, span, now)

    def measure(some: Sequence[reports.Outcomes]) -> Row:
        completed, missed, unmarked = (
            sum(getattr(each, name) for each in some)
            for name in ("completed", "no_shows", "unmarked")
        )
        return {
            "over": completed + missed + unmarked,
            "completed": completed,
            "no_shows": missed,
            "unmarked": unmarked,
            "share": _share(missed, completed + missed),
        }

    columns = (*ABOUT, "over", "completed", "no_shows", "unmarked", "share")
    return _build_grouped_table(catalog, columns, found, measure)


async def cancellations(context: DeskContext, catalog: Catalog, span: ReportSpan) -> Table:
    """Count what was booked for these days, what of it was cancelled, and who did that."""
    found = await context.ledger.database.read(reports.count_cancellations, span)
    by = ("by_customer", "by_business", "by_others")

    def measure(some: Sequence[reports.Cancellations]) -> Row:
        booked = sum(each.booked for each in some)
        parts = {name: sum(getattr(each, name) for each in some) for name in by}
        cancelled = sum(parts.values())
        share = _share(cancelled, booked)
        return {"booked": booked, "cancelled": cancelled, **parts, "share": share}

    columns = (*ABOUT, "booked", "cancelled", *by, "share")
    return _build_grouped_table(catalog, columns, found, measure)


async def requests(context: DeskContext, catalog: Catalog, span: ReportSpan) -> Table:
    """Count what became of requests. The share is that of the approved ones among those that are
    decided. A customer who withdraws a request decides it, too."""
    found = await context.ledger.database.read(reports.count_requests, span)
    ends = ("approved", "declined", "lapsed", "withdrawn")

    def measure(some: Sequence[reports.Requests]) -> Row:
        parts = {name: sum(getattr(each, name) for each in some) for name in ends}
        waiting = sum(each.waiting for each in some)
        decided = sum(parts.values())
        share = _share(parts["approved"], decided)
        return {"requests": decided + waiting, **parts, "waiting": waiting, "share": share}

    return _build_grouped_table(
        catalog, (*ABOUT, "requests", *ends, "waiting", "share"), found, measure
    )


async def revenue(context: DeskContext, catalog: Catalog, span: ReportSpan) -> Table:
    """Add up the prices that were kept with bookings. The currency is not kept, so it is
    today's."""
    found = await context.ledger.database.read(reports.sum_revenue, span)
    currency = catalog.business.currency

    def measure(some: Sequence[reports.Revenue]) -> Row:
        completed = sum((each.completed for each in some), start=NO_MONEY)
        expected = sum((each.expected for each in some), start=NO_MONEY)
        return {
            "currency": currency,
            "completed": str(completed),
            "expected": str(expected),
            "revenue": str(completed + expected),
            "bookings": sum(each.bookings for each in some),
            "unpriced": sum(each.unpriced for each in some),
        }

    figures = ("currency", "completed", "expected", "revenue", "bookings", "unpriced")
    return _build_grouped_table(catalog, (*ABOUT, *figures), found, measure)


async def conversion(context: DeskContext, _: Catalog, span: ReportSpan) -> Table:
    """Count how many visits came to each stage, on the days that were counted. Other days have
    None."""
    database = context.ledger.database
    found = await database.read(visit_counts.read_visits, span.first, span.last)
    counted = {each.day: each for each in found}
    stages = ("held", "checked_out", "booked")
    rows: list[Row] = []
    for day in days_within(span):
        visits = counted.get(day)
        figures = {stage: getattr(visits, stage) if visits else None for stage in stages}
        rows.append({"day": day.isoformat(), **figures})
    totals: Row = dict.fromkeys(stages)
    if found:
        totals = {stage: sum(getattr(each, stage) for each in found) for stage in stages}
    totals["share"] = _share(totals["booked"], totals["held"])
    totals["counted_days"] = len(found)
    return Table(("day", *stages), rows, totals)


def days_within(span: ReportSpan) -> Iterator[date]:
    for number in range((span.last - span.first).days + 1):
        yield span.first + number * ONE_DAY


def _build_grouped_table(
    catalog: Catalog,
    columns: Sequence[str],
    found: Sequence[Figures],
    measure: Callable[[Sequence[Figures]], Row],
) -> Table:
    """Make the table of figures by resource, and then by service."""
    rows = [about | measure(some) for about, some in _split_by_group(catalog, found)]
    return Table(columns, rows, measure(found))


def _split_by_group(
    catalog: Catalog, found: Sequence[Figures], *, with_all: bool = False
) -> Iterator[tuple[Row, Sequence[Figures]]]:
    """Give the figures of each resource, and then those of each service, in the catalog's order.
    Retired ones come last. `with_all`: also resources and services without figures."""
    groups: tuple[tuple[Group, Mapping[int, object], Callable[[int], str]], ...] = (
        ("resource", catalog.resources, catalog.resource_name),
        ("service", catalog.services, catalog.service_name),
    )
    for group, offered, name_of in groups:
        parts: dict[int, list[Figures]] = defaultdict(list)
        for each in found:
            parts[each.resource_id if group == "resource" else each.service_id].append(each)
        retired = sorted(parts.keys() - offered.keys())
        for number in (*offered, *retired):
            if with_all or number in parts:
                about = {"group": group, "id": number, "name": name_of(number)}
                yield about, parts.get(number, [])


def _share(part: int | None, whole: int | None) -> float | None:
    return round(part / whole, 4) if part is not None and whole else None


TABLES: Mapping[str, Callable[[DeskContext, Catalog, ReportSpan], Awaitable[Table]]] = {
    "utilisation": utilisation,
    "bookings": bookings,
    "hours": hours,
    "lead-times": lead_times,
    "no-shows": no_shows,
    "cancellations": cancellations,
    "requests": requests,
    "revenue": revenue,
    "conversion": conversion,
}
