"""Appointments. Anyone can make one. Only a caller who proves that an appointment is theirs can
read or change it."""

from __future__ import annotations

from asyncio import Lock
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from pydantic import ValidationError

from dibs.appointease.api.credentials import (
    FORBIDDEN,
    KEPT_AFTERWARDS,
    has_nonce,
    keep_booking,
    proof_of,
)
from dibs.appointease.api.errors import closed_refusal
from dibs.appointease.api.parsing import (
    Refused,
    client_cookie,
    email_of,
    is_given,
    known_id,
    read_json,
    secret_of,
    visitor_of,
    wall_time_of,
)
from dibs.appointease.api.php_forms import PhpResponse
from dibs.appointease.api.routing import APPOINTEASE, BOOKING, Endpoint
from dibs.appointease.api.serializing import DATABASE_TIME, number_asked, show, strong_id
from dibs.appointease.booking import LocalSlotRequest
from dibs.desk.known_browsers import BOOKED
from dibs.desk.tokens import new_token, visitor_key
from dibs.email_address import mailbox
from dibs.errors import (
    Invalid,
    NotFound,
    SlotClosed,
    SlotHeld,
    SlotPending,
    SlotTaken,
    TooManyRequests,
)
from dibs.web.errors import status_of
from dibs.web.problems import retry_after
from dibs.web.schemas import CustomerIn
from dibs.web.sign_in_cookies import keep_mark

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from dibs.appointease.booking import Attempt, Proof
    from dibs.appointease.desk import AppointEaseDesk
    from dibs.errors import Conflict
    from dibs.ledger.bookings import Customer
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.records import Record
    from dibs.web.middleware.rate_limit import Throttle

PATH = "appointments/{id}"
DUPLICATE = (409, "duplicate_submission", "Duplicate booking attempt detected")
INCOMPLETE = (400, "invalid_data", "Name, email and date are required")


class Appointments:
    """Books, reads, moves and cancels appointments."""

    def __init__(self, desk: AppointEaseDesk, throttle: Throttle) -> None:
        self._desk = desk
        self._throttle = throttle
        self._customer_lock = KeyedLock()

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(APPOINTEASE, "appointments", "POST", self.book, "write_rate_per_ip"),
            Endpoint(APPOINTEASE, PATH, "GET", self.read, "lookup_rate_per_ip"),
            Endpoint(APPOINTEASE, PATH, "DELETE", self.cancel, "write_rate_per_ip"),
            Endpoint(APPOINTEASE, PATH, "PUT", self.move, "write_rate_per_ip"),
        ]

    async def book(self, request: Request) -> Response:
        if not has_nonce(request) and (await proof_of(self._desk, request)).email is None:
            raise Refused(*FORBIDDEN)
        body = await read_json(request)
        catalog = await self._desk.month.catalog()
        slot_request, customer = _slot_request_and_customer(body, catalog.business.country)
        if slot_request.resource_id not in catalog.resources:
            raise Refused(400, "invalid_employee", "Invalid employee ID")
        if slot_request.service_id not in catalog.services:
            raise Refused(400, "invalid_service", "Invalid service ID")
        secret = secret_of(request, body.get("client_id"))
        key = request.headers.get("x-idempotency-key") or None
        attempt = self._desk.booking.make_attempt(secret, slot_request, customer, key)
        try:
            record = await self._book(attempt)
        except SlotClosed:
            raise await self._closed_refusal(slot_request) from None
        except (SlotHeld, SlotPending, SlotTaken) as lost:
            raise _slot_lost(slot_request, lost, catalog) from None
        number = record.booking.id
        answer = PhpResponse(
            {
                "success": True,
                "appointment_id": number,
                "strong_id": strong_id(record, catalog),
                "message": "Appointment booked successfully",
            }
        )
        answer.headers.append("Set-Cookie", client_cookie(attempt.secret))
        token = self._desk.context.tokens.token_of(record.booking.reference)
        until_over = record.booking.ends_at - self._desk.context.clock.now()
        seconds = int(until_over.total_seconds()) + KEPT_AFTERWARDS
        keep_booking(request, answer, number, token, seconds=seconds)
        keep_mark(self._desk.sign_in, request, answer, customer.email, BOOKED)
        return answer

    async def read(self, request: Request) -> Response:
        number = number_asked(request)
        record = await self._find(number, await proof_of(self._desk, request, number))
        return PhpResponse(show(record, await self._desk.month.catalog()))

    async def move(self, request: Request) -> Response:
        number = number_asked(request)
        proof = await proof_of(self._desk, request, number)
        await self._check_may_change(request, number, proof)
        body = await read_json(request)
        if not is_given(body.get("new_date")):
            raise Refused(400, "missing_params", "ID and new date are required")
        wall = wall_time_of(body["new_date"])
        if wall is None:
            raise _past_date_error()
        record = await self._find(number, proof)
        visitor = visitor_of(request, body.get("client_id")) or visitor_key(new_token())
        try:
            await self._desk.booking.move(number, proof, visitor, wall)
        except SlotClosed:
            booking = record.booking
            slot_request = LocalSlotRequest(booking.service_id, booking.resource_id, wall)
            refused = await self._closed_refusal(slot_request)
            raise (_past_date_error() if refused.code == "past_date" else refused) from None
        except (SlotHeld, SlotPending, SlotTaken):
            raise Refused(409, "slot_taken", "New time slot is no longer available") from None
        return PhpResponse({"success": True})

    async def cancel(self, request: Request) -> Response:
        number = number_asked(request)
        proof = await proof_of(self._desk, request, number)
        await self._check_may_change(request, number, proof)
        try:
            done = await self._desk.booking.cancel(number, proof)
        except NotFound:
            raise _missing_error() from None
        return PhpResponse({"success": True} | ({} if done else {"already_cancelled": True}))

    async def _book(self, attempt: Attempt) -> Record:
        """Book, unless the customer has booked too often. Raises Refused, and what
        `AppointEaseBooking.book` raises.

        The limit counts only bookings that were made. Requests of one customer wait for each other,
        so that each request is checked only after the earlier ones have been counted.
        """
        email = mailbox(attempt.customer.email)
        async with self._customer_lock.holding(email):
            if await self._desk.booking.is_repeated(attempt):
                raise Refused(*DUPLICATE)
            await self._refuse_too_many(email)
            record = await self._desk.booking.book(attempt)
            if record is None:
                raise Refused(*DUPLICATE)
            await self._throttle.try_to_count("booking_rate_per_customer", email)
            return record

    async def _refuse_too_many(self, email: str) -> None:
        """Check the limit of bookings. Raises Refused if the customer has booked too often."""
        try:
            await self._throttle.check("booking_rate_per_customer", email)
        except TooManyRequests as limited:
            message = "Too many booking attempts. Please wait."
            refused = Refused(status_of(type(limited)), limited.code, message)
            refused.answer.headers.update(retry_after(limited))
            raise refused from None

    async def _check_may_change(self, request: Request, number: int, proof: Proof) -> None:
        """Check that a request may try to change a booking. Raises Refused unless it has a nonce, a
        session, or the booking's own token."""
        if has_nonce(request) or proof.email is not None:
            return
        try:
            await self._desk.booking.find(number, proof)
        except NotFound:
            raise Refused(*FORBIDDEN) from None

    async def _find(self, number: int, proof: Proof) -> Record:
        try:
            return await self._desk.booking.find(number, proof)
        except NotFound:
            raise _missing_error() from None

    async def _closed_refusal(self, slot_request: LocalSlotRequest) -> Refused:
        reason = await self._desk.booking.explain_closed_slot(slot_request)
        service = (await self._desk.month.catalog()).services[slot_request.service_id]
        return closed_refusal(reason, service.booking_window_days)


def _slot_request_and_customer(
    body: dict[str, Any], country: str | None
) -> tuple[LocalSlotRequest, Customer]:
    """Read the requested slot and the customer from a body. Raises Refused."""
    if any(body.get(name) is None for name in ("name", "email", "date", "service_id")):
        raise Refused(400, "missing_fields", "Required fields missing")
    if not is_given(body.get("employee_id")):
        raise Refused(400, "invalid_data", "Employee selection is required")
    if not is_given(body["date"]):
        raise Refused(*INCOMPLETE)
    customer = _customer(body, country)
    wall = wall_time_of(body["date"])
    if wall is None:
        raise closed_refusal("past", None)
    return LocalSlotRequest(
        known_id(body["service_id"]), known_id(body["employee_id"]), wall
    ), customer


def _customer(body: dict[str, Any], country: str | None) -> Customer:
    """Read the customer from a body. Raises Refused."""
    phone: Any = body.get("phone")
    if isinstance(phone, int) and not isinstance(phone, bool):
        phone = str(phone)
    name, email, phone = map(_trim, (body["name"], body["email"], phone))
    try:
        return CustomerIn(
            name=name, email=email, phone=phone if is_given(phone) else None
        ).customer(country)
    except Invalid:
        raise Refused(400, "invalid_data", "Phone is not a phone number") from None
    except ValidationError as error:
        wrong = {fault["loc"][0] for fault in error.errors()}
    if "email" in wrong or not (name and isinstance(name, str)):
        raise Refused(*INCOMPLETE)
    field, most = ("Name", 200) if "name" in wrong else ("Phone", 40)
    message = f"{field} has to be one line of at most {most} letters"
    raise Refused(400, "invalid_data", message)


def _trim(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _slot_lost(slot_request: LocalSlotRequest, lost: Conflict, catalog: Catalog) -> Refused:
    """Return the refusal for a slot that somebody else took first, with the nearest free times."""
    clock = clock_time(slot_request.wall)
    zone = catalog.zone_of(slot_request.resource_id)
    return Refused(
        409,
        "slot_taken",
        f"Sorry! The {clock} slot was just booked by another user. Please select a different time.",
        data={
            "conflict_time": slot_request.wall.strftime(DATABASE_TIME),
            "conflict_time_formatted": clock,
            "suggested_slots": [
                each.starts_at.astimezone(zone).strftime("%H:%M") for each in lost.alternatives
            ],
            "message": "This slot is currently being booked by another user."
            " Please choose another slot.",
        },
    )


def clock_time(wall: datetime) -> str:
    """Return a local time in PHP's format `g:i A`, like "9:30 AM"."""
    return f"{wall.hour % 12 or 12}:{wall:%M} {wall:%p}"


def _missing_error() -> Refused:
    return Refused(404, "not_found", "Appointment not found")


def _past_date_error() -> Refused:
    return Refused(400, "invalid_date", "Invalid date or date must be in the future")


class Customers:
    """Answers what is stored about a customer. Only the customer themselves can read it."""

    def __init__(self, desk: AppointEaseDesk) -> None:
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                APPOINTEASE, "user-appointments", "POST", self.appointments, "lookup_rate_per_ip"
            ),
            Endpoint(BOOKING, "check-customer/{email}", "GET", self.check, "lookup_rate_per_ip"),
        ]

    async def appointments(self, request: Request) -> Response:
        body = await read_json(request)
        if not is_given(body.get("email")):
            raise Refused(400, "missing_email", "Email is required")
        found = await self._list_of_customer(request, body["email"])
        catalog = await self._desk.month.catalog()
        return PhpResponse([show(record, catalog) for record in found])

    async def check(self, request: Request) -> Response:
        for record in await self._list_of_customer(request, request.path_params["email"]):
            customer = record.booking.customer
            if customer is not None:
                known = {"name": customer.name, "phone": customer.phone or ""}
                return PhpResponse({"exists": True} | known)
        return PhpResponse({"exists": False})

    async def _list_of_customer(self, request: Request, address: Any) -> list[Record]:
        email = email_of(address)
        if email is None:
            raise Refused(400, "invalid_email", "Valid email is required")
        return await self._desk.booking.list_of_customer(email, await proof_of(self._desk, request))


class KeyedLock:
    """A lock for each name, in this process. Tasks with different names never wait for each
    other."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def holding(self, name: str) -> AsyncIterator[None]:
        lock = self._locks.setdefault(name, Lock())
        async with lock:
            yield
