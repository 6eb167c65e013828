"""Reports over a range of days, as JSON and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from starlette.requests import Request

from dibs.desk.office.reports import DayRange
from dibs.web.csv_text import csv_answer
from dibs.web.field_types import Day
from dibs.web.office.answers import ReportOut
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.desk.office.reports import Report
    from dibs.web.office.guard import Guard

Name = Annotated[str, Path(max_length=40)]
First = Annotated[Day, Query(alias="from")]
Last = Annotated[Day, Query(alias="to")]

#: The OpenAPI description of a file.
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix=f"{PREFIX}/reports", tags=["office"], responses=DOCUMENTED)
    topic = _Reports(desk, guard)
    api.get("/{name}.csv", response_class=Response, responses=CSV)(topic.save)
    api.get("/{name}")(topic.read)
    return api


class _Reports:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._reports = desk.office.reports
        self._guard = guard

    async def read(self, request: Request, name: Name, first: First, last: Last) -> ReportOut:
        """Return a report on the appointments that start on these days: `utilisation`, `bookings`,
        `hours`, `lead-times`, `no-shows`, `cancellations`, `requests`, `revenue` or `conversion`.

        Days and hours are in the time zone of the business. A value is null if it is not known.
        `before` has the totals of the range before, for comparison: as many months if these are
        whole months, else as many days.
        """
        return _show(await self._make(request, name, first, last))

    async def save(self, request: Request, name: Name, first: First, last: Last) -> Response:
        """Return the rows of a report as CSV. The cell of a value that is not known is empty."""
        report = await self._make(request, name, first, last)
        columns = report.table.columns
        rows = ([row[column] for column in columns] for row in report.table.rows)
        return csv_answer(f"{report.name}-{first}-{last}.csv", columns, rows)

    async def _make(self, request: Request, name: str, first: Day, last: Day) -> Report:
        await self._guard.require(request, "reports:read")
        return await self._reports.make(name, DayRange(first, last))


def _show(report: Report) -> ReportOut:
    before = report.before
    return {
        "name": report.name,
        "from": report.days.first.isoformat(),
        "to": report.days.last.isoformat(),
        "time_zone": report.time_zone,
        "currency": report.currency,
        "columns": list(report.table.columns),
        "rows": list(report.table.rows),
        "totals": dict(report.table.totals),
        "before": {
            "from": before.first.isoformat(),
            "to": before.last.isoformat(),
            "totals": dict(report.totals_before),
        },
    }
