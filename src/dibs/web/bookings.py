"""The native API of bookings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Header
from starlette.requests import Request

from dibs.desk.changing import why_unmovable
from dibs.desk.replay import fingerprint_of, without_key
from dibs.desk.tokens import visitor_key
from dibs.errors import NotFound
from dibs.web.field_types import secret_of
from dibs.web.problems import DOCUMENTED
from dibs.web.request_headers import (
    IdempotencyKey,
    ManageToken,
    VisitorSecret,
    counting_claims,
    repeatable,
    secret_for,
)
from dibs.web.schemas import BookingChange, BookingIn, rfc3339

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.ledger.bookings import Booking
    from dibs.web.middleware.rate_limit import Throttle


def routes(desk: Desk, public_url: str, throttle: Throttle) -> APIRouter:
    api = APIRouter(prefix="/api/v1/bookings", tags=["bookings"], responses=DOCUMENTED)
    bookings = _Bookings(desk, public_url, throttle)
    counted = [Depends(bookings.count_change)]
    api.post("", status_code=201, dependencies=[Depends(counting_claims(throttle))])(bookings.book)
    api.get("/{reference}")(bookings.read_booking)
    api.patch("/{reference}", dependencies=counted)(bookings.reschedule)
    api.delete("/{reference}", dependencies=counted)(bookings.cancel)
    return api


class _Bookings:
    def __init__(self, desk: Desk, public_url: str, throttle: Throttle) -> None:
        self._desk = desk
        self._public_url = public_url
        self._throttle = throttle
        self._tokens = desk.context.tokens

    async def count_change(self, request: Request, reference: str, token: ManageToken) -> None:
        """A change of a booking is counted per address, and per booking with its token: nobody
        else uses up its changes."""
        await self._throttle.count_address("writes", request)
        await self._throttle.count("changes", f"{reference} {visitor_key(token)}")

    async def book(
        self,
        request: Request,
        wanted: BookingIn,
        secret: VisitorSecret,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        again = await repeatable(request, idempotency_key, secret)
        customer = wanted.customer.customer((await self._desk.month.catalog()).business.country)
        if wanted.checkout_id is not None:
            if secret is None:
                raise NotFound
            visitor = visitor_key(secret)
            booking = await self._desk.booking.confirm(visitor, wanted.checkout_id, customer, again)
        else:
            visitor = visitor_key(secret_for(self._tokens, secret, again))
            slot_request = wanted.slot_request()
            if again is None and secret is not None:
                asked = (slot_request.service_id, slot_request.resource_id, slot_request.starts_at)
                again = without_key(visitor, fingerprint_of(*asked, customer))
            booking = await self._desk.booking.book(visitor, slot_request, customer, again)
        return self._show(booking)

    async def read_booking(self, reference: str, token: ManageToken) -> dict[str, Any]:
        booking = await self._desk.changing.read(reference, token)
        customer = booking.customer
        catalog = await self._desk.month.catalog()
        unmovable = why_unmovable(catalog, booking)
        return self._show(booking) | {
            "service_name": catalog.service_name(booking.service_id),
            "resource_name": catalog.resource_name(booking.resource_id),
            "unmovable": unmovable.code if unmovable else None,
            "customer": customer
            and {
                "name": customer.name,
                "email": customer.email,
                "phone": customer.phone,
                "phone_e164": customer.phone_e164,
            },
        }

    async def reschedule(
        self,
        request: Request,
        reference: str,
        change: BookingChange,
        token: ManageToken,
        dibs_visitor: Annotated[str | None, Header()] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        again = await repeatable(request, idempotency_key, token)
        secret = secret_of(dibs_visitor, "dibs-visitor") if dibs_visitor is not None else None
        booking = await self._desk.changing.reschedule(
            reference,
            token,
            # Who has no secret is the same person whenever they move this booking.
            visitor_key(secret or self._tokens.unnamed_secret(f"booking {reference}")),
            change.starts_at,
            change.resource_id,
            again,
        )
        return self._show(booking)

    async def cancel(
        self,
        request: Request,
        reference: str,
        token: ManageToken,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        again = await repeatable(request, idempotency_key, token)
        return self._show(await self._desk.changing.cancel(reference, token, again))

    def _show(self, booking: Booking) -> dict[str, Any]:
        token = self._tokens.of(booking.reference)
        return {
            "reference": booking.reference,
            "manage_token": token,
            "manage_url": f"{self._public_url}/manage/{booking.reference}#{token}",
            "status": booking.status,
            "claim": booking.claim,
            "service_id": booking.service_id,
            "resource_id": booking.resource_id,
            "starts_at": rfc3339(booking.starts_at),
            "ends_at": rfc3339(booking.ends_at),
            "change_until": rfc3339(booking.change_until),
            "can_change": booking.is_changeable(self._desk.context.clock.now()),
        }
