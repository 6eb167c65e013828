"""Bookings as the office looks them up: as a list, as a file, and one booking with its history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dibs.availability.wall import local_day
from dibs.errors import FieldError, Invalid
from dibs.ledger.booking_list import BookingFilter, Sort
from dibs.ledger.booking_rows import Source
from dibs.web.csv_text import BYTE_ORDER_MARK, csv_line
from dibs.web.field_types import AddressId, Day, Model
from dibs.web.office.booking_answers import (
    BookingFileOut,
    BookingPageOut,
    OutcomesOut,
    SentAgainOut,
)
from dibs.web.office.booking_record_views import (
    COLUMNS,
    cells_of,
    show_history,
    show_listed,
    show_names,
    show_outcome,
)
from dibs.web.office.cursors import MAX_CURSOR_LENGTH, read_place, write_place
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from dibs.desk import Desk
    from dibs.desk.office.appointments import Ending
    from dibs.desk.office.approvals import Answer
    from dibs.ledger.booking_list import ListedBooking
    from dibs.ledger.catalog import Catalog
    from dibs.web.office.guard import Guard

MAX_LISTED = 200
MAX_AT_ONCE = 100
MAX_QUERY_LENGTH = 200
MAX_CHOICES = 200
ONE_DAY = timedelta(days=1)

Choices = Annotated[list[AddressId], Field(max_length=MAX_CHOICES)]
BookedStatus = Literal["requested", "confirmed", "completed", "no_show", "cancelled", "declined"]
SearchText = Annotated[str, StringConstraints(max_length=MAX_QUERY_LENGTH)]
Cursor = Annotated[str, StringConstraints(max_length=MAX_CURSOR_LENGTH)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class ListIn(BaseModel):
    """Which bookings are listed. `q` are words: each must be in the name, the e-mail address, the
    phone number or the reference. `from` and `until` are days of the business, both included.
    `status`, `service`, `resource` and `source` may be given several times."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: SearchText = ""
    first: Day | None = Field(default=None, alias="from")
    until: Day | None = None
    status: Annotated[list[BookedStatus], Field(max_length=10)] = Field(default_factory=list)
    service: Choices = Field(default_factory=list)
    resource: Choices = Field(default_factory=list)
    source: Annotated[list[Source], Field(max_length=10)] = Field(default_factory=list)
    customer: Annotated[str, StringConstraints(max_length=40)] | None = None
    sort: Sort = "start"

    def filter(self, catalog: Catalog) -> BookingFilter:
        """Return the filter for the ledger. Raises Invalid."""
        for field, text in (("q", self.q), ("customer", self.customer or "")):
            if "\0" in text:
                raise Invalid(FieldError(field, "malformed"))
        zone = ZoneInfo(catalog.business.time_zone)
        return BookingFilter(
            query=self.q,
            since=local_day(self.first, zone)[0] if self.first else None,
            until=local_day(_next_day(self.until), zone)[0] if self.until else None,
            statuses=self.status,
            service_ids=self.service,
            resource_ids=self.resource,
            sources=self.source,
            customer_key=self.customer,
            sort=self.sort,
        )


class PageIn(ListIn):
    """A page of the list."""

    after: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LISTED)] = 50


class ExportIn(ListIn):
    format: Literal["csv", "json"] = "csv"


class ManyIn(Model):
    """An action that is done with many bookings."""

    action: Literal["cancel", "complete", "no-show", "approve", "decline"]
    references: Annotated[list[Reference], Field(min_length=1, max_length=MAX_AT_ONCE)]


ACTIONS: dict[str, Ending | Answer] = {
    "cancel": "cancelled",
    "complete": "completed",
    "no-show": "no_show",
    "approve": "confirmed",
    "decline": "declined",
}


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix="/api/v1/admin/bookings", tags=["office"], responses=DOCUMENTED)
    topic = _Records(desk, guard)
    api.get("")(topic.read_list)
    api.get("/export", response_class=Response)(topic.export)
    api.post("/end-many")(topic.end_many)
    api.get("/{reference}")(topic.read)
    api.post("/{reference}/letters", status_code=202)(topic.send_letter_again)
    return api


class _Records:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._desk = desk
        self._records = desk.office.booking_records
        self._guard = guard

    async def read_list(
        self, request: Request, wanted: Annotated[PageIn, Query()]
    ) -> BookingPageOut:
        """Return the bookings that pass the filter, and the services and resources to filter by.
        `next` is the `after` of the next page, or null if there is none. `to_approve` is how many
        bookings wait to be approved, whatever the filter is."""
        principal = await self._guard.require(request, "bookings:read")
        catalog = await self._catalog()
        page = await self._records.list_bookings(
            wanted.filter(catalog), principal.resource_id, read_place(wanted.after), wanted.limit
        )
        return {
            "time_zone": catalog.business.time_zone,
            **show_names(catalog, principal.resource_id),
            "bookings": [show_listed(each, catalog) for each in page.bookings],
            "next": write_place(page.next),
            "to_approve": await self._records.count_requests(principal.resource_id),
        }

    async def export(self, request: Request, wanted: Annotated[ExportIn, Query()]) -> Response:
        """Return the bookings that pass the filter as a file, 100,000 at most: CSV for
        spreadsheets, or JSON."""
        principal = await self._guard.require(request, "bookings:read")
        catalog = await self._catalog()
        found = self._records.export_bookings(wanted.filter(catalog), principal.resource_id)
        first = await anext(found, None)
        kind = "text/csv; charset=utf-8" if wanted.format == "csv" else "application/json"
        write = _write_csv if wanted.format == "csv" else _write_json
        return StreamingResponse(
            write(first, found, catalog),
            media_type=kind,
            headers={
                "Content-Disposition": f'attachment; filename="bookings.{wanted.format}"',
                "Cache-Control": "no-store",
            },
        )

    async def read(self, request: Request, reference: str) -> BookingFileOut:
        """Return a booking with its history: what happened to it, the letters about it, and who
        else wanted its time."""
        principal = await self._guard.require(request, "bookings:read")
        listed, history, catalog = await self._records.read_booking(
            reference, principal.resource_id
        )
        with_addresses = "audit:read" in principal.scopes
        return {
            "time_zone": catalog.zone_of(listed.booking.resource_id).key,
            "booking": show_listed(listed, catalog),
            **show_history(history, with_addresses=with_addresses),
        }

    async def send_letter_again(self, request: Request, reference: str) -> SentAgainOut:
        """Send the customer the letter about the booking's present status once more."""
        principal = await self._guard.require(request, "bookings:write")
        await self._records.send_letter_again(principal.author, reference, principal.resource_id)
        return {"reference": reference}

    async def end_many(self, request: Request, wanted: ManyIn) -> OutcomesOut:
        """Cancel bookings, mark them as completed or no-shows, or approve or decline requests. If
        one is refused, the others are done all the same. `outcomes` says what became of each."""
        principal = await self._guard.require(request, "bookings:write")
        outcomes = await self._records.end_many(
            principal.author, wanted.references, ACTIONS[wanted.action], principal.resource_id
        )
        return {"outcomes": [show_outcome(each) for each in outcomes]}

    async def _catalog(self) -> Catalog:
        return await self._desk.context.ledger.known_catalog()


def _next_day(day: date) -> date:
    return day + ONE_DAY


async def _write_csv(
    first: ListedBooking | None, rest: AsyncIterator[ListedBooking], catalog: Catalog
) -> AsyncIterator[str]:
    yield BYTE_ORDER_MARK + csv_line(COLUMNS)
    if first is not None:
        yield csv_line(cells_of(first, catalog))
    async for each in rest:
        yield csv_line(cells_of(each, catalog))


async def _write_json(
    first: ListedBooking | None, rest: AsyncIterator[ListedBooking], catalog: Catalog
) -> AsyncIterator[bytes]:
    yield b"["
    if first is not None:
        yield orjson.dumps(show_listed(first, catalog))
    async for each in rest:
        yield b",\n" + orjson.dumps(show_listed(each, catalog))
    yield b"]\n"
