"""Imports customers from a CSV file. A check shows first what the import would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request

from dibs.web.office.booking_answers import ImportLineOut, ImportReportOut
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.desk.office.customer_import import ImportLine, ImportReport
    from dibs.web.office.guard import Guard

BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix="/api/v1/admin/customers", tags=["office"], responses=DOCUMENTED)

    async def import_list(request: Request, *, dry_run: bool) -> ImportReportOut:
        principal = await guard.require(request, "customers:write")
        content = await request.body()
        importer = desk.office.customer_import
        return _show(await importer.import_list(principal.author, content, dry_run=dry_run))

    @api.post("/import/check", openapi_extra=BODY)
    async def check(request: Request) -> ImportReportOut:
        """Check what importing a CSV file would do, with a verdict for each line. Nothing is
        changed."""
        return await import_list(request, dry_run=True)

    @api.post("/import", openapi_extra=BODY)
    async def import_customers(request: Request) -> ImportReportOut:
        """Import the customers of a CSV file that are new. Its first line names the columns:
        `name`, `email`, `phone`."""
        return await import_list(request, dry_run=False)

    return api


def _show(report: ImportReport) -> ImportReportOut:
    return {
        "is_done": report.is_done,
        "encoding": report.encoding,
        "separator": report.separator,
        "lines": [_line(each) for each in report.lines],
    }


def _line(line: ImportLine) -> ImportLineOut:
    return {
        "number": line.number,
        "name": line.name,
        "email": line.email,
        "phone": line.phone,
        "verdict": line.verdict,
    }
