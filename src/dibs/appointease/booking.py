"""Bookings of AppointEase clients. They send local times instead of instants, and the numbers of
bookings instead of manage tokens.

A number can be guessed, so it is not enough to open a booking: the caller also needs a `Proof`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.appointease.unavailability import explain_closed_start
from dibs.availability.wall import first_showing
from dibs.desk.offers import SlotRequest
from dibs.desk.replay import find_replay, fingerprint_of, keyless_request
from dibs.desk.tokens import new_token, visitor_key
from dibs.errors import (
    IdempotencyMismatch,
    NotFound,
    SlotClosed,
    SlotHeld,
    SlotPending,
    SlotTaken,
)
from dibs.ledger import records
from dibs.ledger.idempotency import Request

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from dibs.appointease.unavailability import Reason
    from dibs.desk.booking import BookingDesk
    from dibs.desk.changing import ChangeDesk
    from dibs.desk.context import DeskContext
    from dibs.ledger.bookings import Booking, Customer
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.records import Record

#: The scope of idempotency keys that clients choose. They share one scope, so each key is used
#: once.
OWN_KEYS = "appointease"


@dataclass(frozen=True)
class LocalSlotRequest:
    """A slot that a client asks for. `wall` is its start in the local time of the resource."""

    service_id: int
    resource_id: int
    wall: datetime


@dataclass(frozen=True)
class Attempt:
    """A request to book a slot: which visitor sends it, and for which customer.

    `request` recognises the same request if it is sent again. `secret` is the secret that the
    visitor's browser keeps from now on.
    """

    secret: str
    visitor: str
    slot_request: LocalSlotRequest
    customer: Customer
    request: Request


@dataclass(frozen=True)
class Proof:
    """What a caller shows to prove that a booking is theirs: manage tokens, and the e-mail address
    that they have signed in with."""

    tokens: Collection[str] = ()
    email: str | None = None


class AppointEaseBooking:
    """Books, finds, moves and cancels for AppointEase clients."""

    def __init__(self, context: DeskContext, booking: BookingDesk, managing: ChangeDesk) -> None:
        self._context = context
        self._booking = booking
        self._managing = managing

    def make_attempt(
        self,
        secret: str | None,
        slot_request: LocalSlotRequest,
        customer: Customer,
        key: str | None = None,
    ) -> Attempt:
        """Return the attempt that a request makes.

        Without a key, the same request of the same visitor within a minute counts as one request. A
        visitor without a secret is recognised by the content of the request. So both requests of a
        double click belong to one visitor, even if they reach different nodes. The browser gets a
        new secret afterwards, because somebody who sends the same request much later is not this
        visitor.
        """
        fingerprint = fingerprint_of(
            slot_request.service_id, slot_request.resource_id, slot_request.wall, customer
        )
        name = hashlib.sha256(key.encode()).hexdigest() if key is not None else ""
        unnamed = self._context.tokens.unnamed_secret(f"{name} {fingerprint}")
        visitor = visitor_key(secret or unnamed)
        if key is not None:
            request = Request(OWN_KEYS, name, fingerprint)
        else:
            request = keyless_request(visitor, fingerprint)
        return Attempt(secret or new_token(), visitor, slot_request, customer, request)

    async def is_repeated(self, attempt: Attempt) -> bool:
        """Tell whether a booking was made before by the same request, or with the same key.

        Raises Unavailable.
        """
        now = self._context.clock.now()
        try:
            database = self._context.ledger.database
            return await database.read(find_replay, attempt.request, now) is not None
        except IdempotencyMismatch:
            return True

    async def book(self, attempt: Attempt) -> Record | None:
        """Book a slot, even if the visitor holds it. Returns None if the request is a repeated one.

        Raises NotFound, SlotClosed, SlotHeld, SlotPending, SlotTaken, Unavailable.
        """
        slot_request = attempt.slot_request
        starts_at = _instant(await self._context.ledger.catalog(), slot_request)
        asked = SlotRequest(slot_request.service_id, starts_at, slot_request.resource_id)
        try:
            booking = await self._booking.book_once(
                attempt.visitor, asked, attempt.customer, attempt.request
            )
        except IdempotencyMismatch:
            return None
        except (SlotHeld, SlotPending, SlotTaken):
            if await self.is_repeated(attempt):
                return None
            raise
        return None if booking is None else await self._record(booking.id)

    async def explain_closed_slot(self, slot_request: LocalSlotRequest) -> Reason:
        """Return the reason why a request raised SlotClosed. Raises NotFound, Unavailable."""
        catalog = await self._context.ledger.catalog()
        service = catalog.services.get(slot_request.service_id)
        if service is None or slot_request.resource_id not in catalog.hours:
            raise NotFound
        try:
            starts_at = _instant(catalog, slot_request)
        except SlotClosed:
            return "outside_hours"
        now = self._context.clock.now()
        return explain_closed_start(catalog, service, slot_request.resource_id, starts_at, now)

    async def find(self, number: int, proof: Proof) -> Record:
        """Return the booking with this number.

        Raises NotFound, also if the proof does not fit the booking, and Unavailable.
        """
        record = await self._record(number)
        if not self._proves(proof, record.booking):
            raise NotFound
        return record

    async def list_of_customer(self, email: str, proof: Proof) -> list[Record]:
        """Return the bookings of a customer, or an empty list unless this customer has signed in.

        Raises Unavailable.
        """
        if proof.email is None or proof.email.lower() != email.lower():
            return []
        return await self._context.ledger.database.read(records.list_of_customer, email)

    async def move(self, number: int, proof: Proof, visitor: str, wall: datetime) -> None:
        """Move a booking to another local time.

        Raises NotFound, BookingClosed, SlotClosed, SlotHeld, SlotPending, SlotTaken, Unavailable.
        """
        booking = (await self.find(number, proof)).booking
        catalog = await self._context.ledger.catalog()
        starts_at = _instant(
            catalog, LocalSlotRequest(booking.service_id, booking.resource_id, wall)
        )
        token = self._context.tokens.token_of(booking.reference)
        await self._managing.reschedule(booking.reference, token, visitor, starts_at)

    async def cancel(self, number: int, proof: Proof) -> bool:
        """Cancel a booking. Returns False if it was cancelled before.

        Raises NotFound, BookingClosed, Unavailable.
        """
        booking = (await self.find(number, proof)).booking
        token = self._context.tokens.token_of(booking.reference)
        return await self._managing.cancel_once(booking.reference, token)

    def _proves(self, proof: Proof, booking: Booking) -> bool:
        if any(self._context.tokens.fits(token, booking.reference) for token in proof.tokens):
            return True
        customer = booking.customer
        return (
            proof.email is not None
            and customer is not None
            and proof.email.lower() == customer.email.lower()
        )

    async def _record(self, number: int) -> Record:
        record = await self._context.ledger.database.read(records.find_by_number, number)
        if record is None:
            raise NotFound
        return record


def _instant(catalog: Catalog, slot_request: LocalSlotRequest) -> datetime:
    """Return the instant of a local time. Raises SlotClosed for a time that the clock skips."""
    instant = first_showing(slot_request.wall, catalog.zone_of(slot_request.resource_id))
    if instant is None:
        raise SlotClosed
    return instant
