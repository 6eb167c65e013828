"""The native API of bookings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Header
from starlette.requests import Request
from starlette.responses import Response

from dibs.desk.known_browsers import BOOKED
from dibs.desk.replay import fingerprint_of, keyless_request
from dibs.desk.tokens import visitor_key
from dibs.errors import NotFound
from dibs.web.booking_views import BookingViews
from dibs.web.field_types import bearer, secret_of
from dibs.web.problems import DOCUMENTED
from dibs.web.quick_route import QuickRoute, json_response, parse_body
from dibs.web.request_headers import (
    MAX_KEY_LENGTH,
    IdempotencyKey,
    ManageToken,
    VisitorSecret,
    claim_counter,
    repeatable,
    secret_for,
)
from dibs.web.schemas import FIELDS_OF_THE_READER, BookingChange, BookingIn
from dibs.web.sign_in_cookies import keep_mark

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from dibs.desk import Desk
    from dibs.ledger.bookings import Booking
    from dibs.web.middleware.rate_limit import Throttle


def routes(desk: Desk, public_url: str, throttle: Throttle) -> APIRouter:
    api = APIRouter(prefix="/api/v1/bookings", tags=["bookings"], responses=DOCUMENTED)
    bookings = _Bookings(desk, public_url, throttle)
    counted = [Depends(bookings.count_change)]
    api.post("", status_code=201, dependencies=[Depends(claim_counter(throttle))])(bookings.book)
    api.get("/{reference}")(bookings.read_booking)
    api.patch("/{reference}", dependencies=counted)(bookings.reschedule)
    api.delete("/{reference}", dependencies=counted)(bookings.cancel)
    return api


def quick_route(desk: Desk, public_url: str, throttle: Throttle, router: ASGIApp) -> QuickRoute:
    """Return the quick route for booking. `router` has the routes above, and answers all requests
    that aren't usual."""
    bookings = _Bookings(desk, public_url, throttle)
    return QuickRoute("POST", "/api/v1/bookings", bookings.answer_booking, router)


class _Bookings:
    def __init__(self, desk: Desk, public_url: str, throttle: Throttle) -> None:
        self._desk = desk
        self._views = BookingViews(desk.context, public_url)
        self._throttle = throttle
        self._tokens = desk.context.tokens

    async def count_change(self, request: Request, reference: str, token: ManageToken) -> None:
        """Count a change of a booking for its address, and for the booking together with its token.
        So nobody without the token can use up the changes of the booking."""
        await self._throttle.count_address("write_rate_per_ip", request)
        await self._throttle.count("change_rate_per_booking", f"{reference} {visitor_key(token)}")

    async def book(
        self,
        request: Request,
        response: Response,
        wanted: BookingIn,
        secret: VisitorSecret,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        booking = await self._book(request, wanted, secret, idempotency_key)
        keep_mark(self._desk.sign_in, request, response, wanted.customer.email, BOOKED)
        return self._views.show(booking)

    async def _book(
        self, request: Request, wanted: BookingIn, secret: str | None, idempotency_key: str | None
    ) -> Booking:
        again = await repeatable(request, idempotency_key, secret, without=FIELDS_OF_THE_READER)
        ledger = self._desk.context.ledger
        # The country of the business decides how a phone number without a + is read, so the catalog
        # is read again if there is a number. Otherwise the catalog in memory is used: if it is too
        # old, the transaction refuses it.
        catalog = await (ledger.catalog() if wanted.customer.phone else ledger.known_catalog())
        customer = wanted.build_customer(catalog.business.country)
        form = wanted.filled_form()
        if wanted.checkout_id is not None:
            if secret is None:
                raise NotFound
            visitor = visitor_key(secret)
            checkout_id = wanted.checkout_id
            return await self._desk.booking.confirm(visitor, checkout_id, customer, again, form)
        visitor = visitor_key(secret_for(self._tokens, secret, again))
        slot_request = wanted.slot_request()
        if again is None and secret is not None:
            asked = (slot_request.service_id, slot_request.resource_id, slot_request.starts_at)
            again = keyless_request(visitor, fingerprint_of(*asked, customer, wanted.answers))
        return await self._desk.booking.book(visitor, slot_request, customer, again, form)

    async def answer_booking(self, request: Request) -> Response | None:
        """Answer a usual request to book, as the booking page sends it, like `book`. Returns None
        for any other request."""
        wanted = await parse_body(request, BookingIn)
        key = request.headers.getlist("idempotency-key")
        if (
            wanted is None
            or len(key) > 1
            or not all(0 < len(each) <= MAX_KEY_LENGTH for each in key)
        ):
            return None
        secret = bearer(request.headers.get("authorization"))
        await self._throttle.count_write(request, visitor_key(secret) if secret else None)
        booking = await self._book(request, wanted, secret, key[0] if key else None)
        answer = json_response(self._views.show(booking), 201)
        keep_mark(self._desk.sign_in, request, answer, wanted.customer.email, BOOKED)
        return answer

    async def read_booking(self, reference: str, token: ManageToken) -> dict[str, Any]:
        booking = await self._desk.changing.read(reference, token)
        return self._views.show_with_names(await self._desk.month.catalog(), booking)

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
            # Without a visitor's secret, whoever moves this booking is always the same visitor.
            visitor_key(secret or self._tokens.unnamed_secret(f"booking {reference}")),
            change.starts_at,
            change.resource_id,
            again,
        )
        return self._views.show(booking)

    async def cancel(
        self,
        request: Request,
        reference: str,
        token: ManageToken,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        again = await repeatable(request, idempotency_key, token)
        return self._views.show(await self._desk.changing.cancel(reference, token, again))
