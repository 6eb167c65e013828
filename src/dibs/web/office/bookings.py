"""Bookings and closures as the office makes and changes them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter
from pydantic import AfterValidator, Field, StringConstraints
from starlette.requests import Request

from dibs import email_address
from dibs.desk.office.changes import Changes, SeenTime
from dibs.desk.office.closures import WantedClosure
from dibs.desk.office.rules import WantedTime
from dibs.errors import FieldError, Invalid, NotFound
from dibs.ledger.bookings import Customer
from dibs.phone_number import read_phone
from dibs.plain_text import unprintable_in
from dibs.web.field_types import AddressId, Id, Instant, Model, Phone, ShortText, fault
from dibs.web.office.booking_answers import BookingOut, ClosureOut
from dibs.web.office.calendar_views import show_booking
from dibs.web.problems import DOCUMENTED
from dibs.web.request_headers import IdempotencyKey, repeatable

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.desk.office.permissions import Principal
    from dibs.ledger.idempotency import Request as Repeatable
    from dibs.web.office.guard import Guard

MAX_NOTES_LENGTH = 10_000
MAX_REASON_LENGTH = 200


def _check_lines(text: str) -> str:
    """Check that each line of a text can be printed."""
    for line in text.splitlines():
        found = unprintable_in(line.replace("\t", " "))
        if found is not None:
            raise fault("malformed", f"It has a character that can't be printed: {found}.")
    return text


Notes = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_NOTES_LENGTH),
    AfterValidator(_check_lines),
]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_REASON_LENGTH),
    AfterValidator(_check_lines),
]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]
Overrides = list[Literal["hours", "past", "notice", "window", "resource", "hold"]]


def _check_address(text: str) -> str:
    """Check an e-mail address. An empty text means that there is none."""
    address = email_address.read_address(text) if text else ""
    if address is None:
        raise fault("invalid_email", "It is no e-mail address like name@example.com.")
    return address


AddressOrNone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=email_address.MAX_LENGTH),
    AfterValidator(_check_address),
]


class GuestIn(Model):
    """The customer of a booking. Somebody who came in or called may have given only a name."""

    name: ShortText
    email: AddressOrNone = ""
    phone: Phone | None = None

    def customer(self, country: str | None) -> Customer:
        """Return the customer. A phone number without a + is one of `country`. Raises Invalid."""
        if not self.phone:
            return Customer(self.name, self.email)
        phone = read_phone(self.phone, country)
        if phone is None:
            raise Invalid(FieldError("customer.phone", "invalid_phone"))
        return Customer(self.name, self.email, phone.typed, phone.e164)


class AppointmentIn(Model):
    """A booking to be made. `override` names the rules that it may break."""

    service_id: Id
    resource_id: Id
    starts_at: Instant
    duration: Minutes | None = None
    customer: GuestIn
    notes: Notes = ""
    override: Overrides = Field(default_factory=list)


class SeenIn(Model):
    """The resource and the times of the booking when the user decided on the change."""

    resource_id: Id
    starts_at: Instant
    ends_at: Instant

    def as_seen(self) -> SeenTime:
        return SeenTime(self.resource_id, self.starts_at, self.ends_at)


class AppointmentChange(Model):
    """A change of a booking. A field that isn't sent stays as it is."""

    starts_at: Instant | None = None
    resource_id: Id | None = None
    duration: Minutes | None = None
    customer: GuestIn | None = None
    notes: Notes | None = None
    seen: SeenIn | None = None
    override: Overrides = Field(default_factory=list)


class ReopeningIn(Model):
    override: Overrides = Field(default_factory=list)


class ClosureIn(Model):
    """A new closure. Without `resource_id` the whole business is closed."""

    resource_id: Id | None = None
    starts_at: Instant
    ends_at: Instant
    reason: Reason = ""
    override: list[Literal["bookings"]] = Field(default_factory=list)


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix="/api/v1/admin", tags=["office"], responses=DOCUMENTED)
    routes = _Bookings(desk, guard)
    api.post("/bookings", status_code=201)(routes.book)
    api.patch("/bookings/{reference}")(routes.change)
    api.post("/bookings/{reference}/cancel")(routes.cancel)
    api.post("/bookings/{reference}/complete")(routes.complete)
    api.post("/bookings/{reference}/no-show")(routes.note_no_show)
    api.post("/bookings/{reference}/reopen")(routes.reopen)
    api.post("/closures", status_code=201)(routes.close)
    api.delete("/closures/{closure_id}", status_code=204)(routes.open_again)
    return api


class _Bookings:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._desk = desk
        self._guard = guard

    async def book(
        self, request: Request, wanted: AppointmentIn, idempotency_key: IdempotencyKey = None
    ) -> BookingOut:
        """Book for somebody who came in or called."""
        principal, again = await self._identify_caller(request, idempotency_key)
        duration = timedelta(minutes=wanted.duration) if wanted.duration else None
        booking = await self._desk.office.appointments.book(
            principal.author,
            WantedTime(wanted.service_id, wanted.resource_id, wanted.starts_at, duration),
            await self._customer(wanted.customer),
            wanted.notes,
            wanted.override,
            again,
            principal.resource_id,
        )
        return show_booking(booking)

    async def change(
        self,
        request: Request,
        reference: str,
        change: AppointmentChange,
        idempotency_key: IdempotencyKey = None,
    ) -> BookingOut:
        """Move a booking, change its length, or correct its customer or its notes."""
        principal, again = await self._identify_caller(request, idempotency_key)
        seen = change.seen
        booking = await self._desk.office.appointments.change(
            principal.author,
            reference,
            Changes(
                change.starts_at,
                change.resource_id,
                timedelta(minutes=change.duration) if change.duration else None,
                await self._customer(change.customer) if change.customer else None,
                change.notes,
            ),
            change.override,
            seen.as_seen() if seen else None,
            again,
            principal.resource_id,
        )
        return show_booking(booking)

    async def cancel(
        self, request: Request, reference: str, idempotency_key: IdempotencyKey = None
    ) -> BookingOut:
        """Cancel a booking or end a checkout."""
        return await self._end(request, reference, "cancelled", idempotency_key)

    async def complete(
        self, request: Request, reference: str, idempotency_key: IdempotencyKey = None
    ) -> BookingOut:
        """Mark a booking as completed: it took place."""
        return await self._end(request, reference, "completed", idempotency_key)

    async def note_no_show(
        self, request: Request, reference: str, idempotency_key: IdempotencyKey = None
    ) -> BookingOut:
        """Mark a booking as a no-show: its customer did not come."""
        return await self._end(request, reference, "no_show", idempotency_key)

    async def _end(
        self,
        request: Request,
        reference: str,
        ending: Literal["cancelled", "completed", "no_show"],
        key: str | None,
    ) -> BookingOut:
        principal, again = await self._identify_caller(request, key)
        return show_booking(
            await self._desk.office.appointments.end(
                principal.author, reference, ending, again, principal.resource_id
            )
        )

    async def reopen(
        self,
        request: Request,
        reference: str,
        wanted: ReopeningIn,
        idempotency_key: IdempotencyKey = None,
    ) -> BookingOut:
        """Make a booking live again that was cancelled, declined, completed or marked as a no-show.
        It gets its time back, if the time is still free."""
        principal, again = await self._identify_caller(request, idempotency_key)
        return show_booking(
            await self._desk.office.appointments.reopen(
                principal.author, reference, wanted.override, again, principal.resource_id
            )
        )

    async def close(self, request: Request, wanted: ClosureIn) -> ClosureOut:
        """Make a closure. Visitors are no longer offered its time; bookings in it stay."""
        principal = await self._guard.require(request, "bookings:write")
        if wanted.resource_id is None:
            principal.check("catalog:write")
        if principal.resource_id not in (None, wanted.resource_id):
            raise NotFound("There is no such resource.")
        closure = await self._desk.office.closures.close(
            principal.author,
            WantedClosure(wanted.resource_id, wanted.starts_at, wanted.ends_at, wanted.reason),
            wanted.override,
        )
        return {
            "id": closure.id,
            "resource_id": closure.resource_id,
            "starts": closure.starts.isoformat(timespec="minutes"),
            "ends": closure.ends.isoformat(timespec="minutes"),
            "reason": closure.reason,
        }

    async def open_again(self, request: Request, closure_id: AddressId) -> None:
        """Remove a closure."""
        principal = await self._guard.require(request, "bookings:write")
        is_of_all = principal.resource_id is None and "catalog:write" in principal.scopes
        await self._desk.office.closures.open_again(
            principal.author, closure_id, principal.resource_id, with_business=is_of_all
        )

    async def _identify_caller(
        self, request: Request, key: str | None
    ) -> tuple[Principal, Repeatable | None]:
        principal = await self._guard.require(request, "bookings:write")
        scope = f"office user {principal.user_id} key {principal.key_id}"
        return principal, await repeatable(request, key, scope)

    async def _customer(self, guest: GuestIn) -> Customer:
        """Return the customer of a booking. A phone number without a + is one of the business's
        country."""
        catalog = await self._desk.context.ledger.catalog()
        return guest.customer(catalog.business.country)
