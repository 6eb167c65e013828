"""Customers in the office: lists of them, notes about them, and how they are exported, erased and
merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import JSONResponse

from dibs.errors import FieldError, Invalid
from dibs.plain_text import is_blank
from dibs.web.field_types import AddressId, Model
from dibs.web.office.booking_answers import (
    CustomerFileOut,
    CustomerNoteOut,
    CustomerOut,
    CustomerPageOut,
    ErasedOut,
    MergedOut,
)
from dibs.web.office.booking_records import Cursor, SearchText
from dibs.web.office.bookings import Notes
from dibs.web.office.cursors import read_position, write_position
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.desk import Desk
    from dibs.ledger.contacts import CustomerNote
    from dibs.ledger.customer_list import ListedCustomer
    from dibs.web.office.guard import Guard

MAX_LISTED = 200

CustomerId = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class PageIn(BaseModel):
    """A page of customers. `q` are words: each must be in the name, the e-mail address, the phone
    number or the reference of a booking."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: SearchText = ""
    sort: Literal["name", "recent", "bookings"] = "name"
    after: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_LISTED)] = 50


class NoteIn(Model):
    text: Notes


class ErasureIn(Model):
    """An erasure. With `cancel`, upcoming bookings are cancelled. Without it, a customer who has
    some isn't erased."""

    cancel: bool = False


class MergingIn(Model):
    """A merge of two customers. `into` is the customer that remains."""

    into: CustomerId


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix="/api/v1/admin/customers", tags=["office"], responses=DOCUMENTED)
    topic = _Customers(desk, guard)
    api.get("")(topic.read_list)
    api.get("/{customer_id}")(topic.read)
    api.post("/{customer_id}/notes", status_code=201)(topic.add_note)
    api.delete("/{customer_id}/notes/{note_id}", status_code=204)(topic.remove_note)
    api.get("/{customer_id}/export")(topic.export)
    api.post("/{customer_id}/erase")(topic.erase)
    api.post("/{customer_id}/merge")(topic.merge)
    return api


class _Customers:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._ledger = desk.context.ledger
        self._customers = desk.office.customers
        self._guard = guard

    async def read_list(
        self, request: Request, wanted: Annotated[PageIn, Query()]
    ) -> CustomerPageOut:
        """Return the customers who have all words of `q`. Bookings with the same e-mail address,
        however it is written, belong to one customer. Bookings without an address belong to one
        customer if they have the same phone number. `next` is the `after` of the next page, or null
        if there is none."""
        principal = await self._guard.require(request, "customers:read")
        if "\0" in wanted.q:
            raise Invalid(FieldError("q", "malformed"))
        page = await self._customers.list_customers(
            wanted.q,
            principal.resource_id,
            wanted.sort,
            read_position(wanted.after, wanted.sort),
            wanted.limit,
        )
        return {
            "time_zone": await self._time_zone(),
            "customers": [_show(each) for each in page.customers],
            "next": write_position(page.next),
        }

    async def read(self, request: Request, customer_id: CustomerId) -> CustomerFileOut:
        """Return a customer with the names in their bookings and the notes about them. Their
        bookings are at `/bookings?customer=…`."""
        principal = await self._guard.require(request, "customers:read")
        found = await self._customers.read_customer(_key(customer_id), principal.resource_id)
        return {
            "time_zone": await self._time_zone(),
            "customer": _show(found.customer),
            "names": found.names,
            "notes": [_note(each) for each in found.notes],
        }

    async def add_note(self, request: Request, customer_id: CustomerId, note: NoteIn) -> None:
        """Note something about a customer. They never see it."""
        principal = await self._guard.require(request, "customers:write")
        if is_blank(note.text):
            raise Invalid(FieldError("text", "required"))
        await self._customers.add_note(
            principal.author, _key(customer_id), note.text, principal.resource_id
        )

    async def remove_note(
        self, request: Request, customer_id: CustomerId, note_id: AddressId
    ) -> None:
        """Remove a note about a customer."""
        principal = await self._guard.require(request, "customers:write")
        await self._customers.remove_note(_key(customer_id), note_id, principal.resource_id)

    async def export(self, request: Request, customer_id: CustomerId) -> JSONResponse:
        """Return all that is stored about a customer, as a file."""
        await self._guard.require(request, "customers:write")
        found = await self._customers.export_customer(_key(customer_id))
        headers = {
            "Content-Disposition": 'attachment; filename="customer.json"',
            "Cache-Control": "no-store",
        }
        return JSONResponse(found, headers=headers)

    async def erase(
        self, request: Request, customer_id: CustomerId, wanted: ErasureIn
    ) -> ErasedOut:
        """Erase all that is stored about a customer. Their bookings stay, but no longer say who had
        them."""
        principal = await self._guard.require(request, "customers:write")
        erased = await self._customers.erase_customer(
            principal.author, _key(customer_id), cancel=wanted.cancel
        )
        return {"bookings": erased.bookings, "cancelled": list(erased.cancelled)}

    async def merge(
        self, request: Request, customer_id: CustomerId, wanted: MergingIn
    ) -> MergedOut:
        """Give all bookings of a customer, and the notes about them, to another customer. The
        bookings get the e-mail address of that customer, or, if that customer has none, their phone
        number. The names in the bookings stay."""
        principal = await self._guard.require(request, "customers:write")
        merged = await self._customers.merge_customers(
            principal.author, _key(customer_id), _key(wanted.into)
        )
        return {"bookings": merged}

    async def _time_zone(self) -> str:
        """Return the time zone of the business, in which dates are shown."""
        return (await self._ledger.known_catalog()).business.time_zone


def _key(customer_id: str) -> str:
    """Return the key of a customer. A text that can't be the id of a customer becomes a key that
    nobody has."""
    return customer_id if customer_id.isascii() and customer_id.isalnum() else "-"


def _show(customer: ListedCustomer) -> CustomerOut:
    return {
        "id": customer.key,
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "booked": customer.booked,
        "cancelled": customer.cancelled,
        "no_shows": customer.no_shows,
        "last_visit": _rfc3339_or_none(customer.last_visit),
        "next_visit": _rfc3339_or_none(customer.next_visit),
        "is_contact": customer.is_contact,
    }


def _note(note: CustomerNote) -> CustomerNoteOut:
    return {
        "id": note.id,
        "text": note.text,
        "created_at": rfc3339(note.created_at),
        "by": note.by,
    }


def _rfc3339_or_none(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant else None
