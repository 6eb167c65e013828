"""The native API: holds, checkouts, bookings."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Header, Query, Response
from starlette.requests import Request

from dibs.desk.changing import why_unmovable
from dibs.desk.holding import HoldId
from dibs.desk.offers import SlotRequest
from dibs.desk.replay import fingerprint_of, without_key
from dibs.desk.tokens import new_token, visitor_key
from dibs.errors import FieldError, Invalid, NotFound
from dibs.ledger.bookings import Booking
from dibs.ledger.idempotency import Request as Repeatable
from dibs.web.field_types import bearer, secret_of
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import (
    BookingChange,
    BookingIn,
    CheckoutIn,
    HoldChange,
    HoldIn,
    rfc3339,
    show_checkout,
    show_hold,
)

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.desk.tokens import ManageTokens
    from dibs.holds.claims import Sender
    from dibs.web.middleware.rate_limit import Throttle

MAX_KEY_LENGTH = 200
#: Without a visitor's secret the key alone opens the answer: nobody may guess it.
MIN_ANONYMOUS_KEY = 20


# Not async, these two would each cross to a thread and back for every request.
async def visitor_of(authorization: Annotated[str | None, Header()] = None) -> str | None:
    """The visitor's secret, if one was sent."""
    return bearer(authorization)


VisitorSecret = Annotated[str | None, Depends(visitor_of)]


async def manage_token_of(authorization: Annotated[str | None, Header()] = None) -> str:
    """The manage token. A missing and a wrong one answer alike."""
    try:
        token = bearer(authorization)
    except Invalid:
        token = None
    if token is None:
        raise NotFound
    return token


ManageToken = Annotated[str, Depends(manage_token_of)]
IdempotencyKey = Annotated[str | None, Header(max_length=MAX_KEY_LENGTH, min_length=1)]


async def repeatable(request: Request, key: str | None, scope: str | None) -> Repeatable | None:
    """What makes this request the same when it comes again; None if it has no key.

    Without a scope the key is one of its own. Raises Invalid if it is so short that it can be
    guessed.
    """
    if key is None:
        return None
    if scope is None and len(key) < MIN_ANONYMOUS_KEY:
        raise Invalid(FieldError("idempotency-key", "too_short", MIN_ANONYMOUS_KEY))
    asked = b"\0".join(
        (request.method.encode(), request.url.path.encode(), _canonical(await request.body()))
    )
    fingerprint = hashlib.sha256(asked).hexdigest()
    if scope is None:
        return Repeatable(visitor_key(f"key {key}"), "", fingerprint)
    return Repeatable(visitor_key(scope), key, fingerprint)


def _canonical(body: bytes) -> bytes:
    """The same request may come with its fields in another order."""
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONDecodeError:
        return body


def secret_for(tokens: ManageTokens, secret: str | None, request: Repeatable | None) -> str:
    """The secret of who claims a time: the visitor's; else one that is made of the request, so
    that the same request finds the same visitor again; else a new one."""
    if secret is not None:
        return secret
    if request is not None:
        return tokens.unnamed_secret(f"{request.scope} {request.key} {request.fingerprint}")
    return new_token()


def routes(desk: Desk, public_url: str, throttle: Throttle) -> APIRouter:
    async def limited(request: Request, secret: VisitorSecret) -> None:
        """Whatever claims a time is counted; looking and prolonging are not."""
        await throttle.count_write(request, visitor_key(secret) if secret else None)

    def sent_by(request: Request, secret: str | None) -> Sender:
        return throttle.sender(request.scope, is_anonymous=secret is None)

    async def count_change(request: Request, reference: str, token: ManageToken) -> None:
        """A change of a booking is counted per address, and per booking with its token: nobody
        else uses up its changes."""
        await throttle.count_address("writes", request)
        await throttle.count("changes", f"{reference} {visitor_key(token)}")

    api = APIRouter(prefix="/api/v1", responses=DOCUMENTED)
    tokens = desk.context.tokens

    @api.post("/holds", status_code=201, tags=["holds"], dependencies=[Depends(limited)])
    async def hold(
        request: Request,
        wanted: HoldIn,
        secret: VisitorSecret,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        made = secret or secret_for(tokens, None, await repeatable(request, idempotency_key, None))
        sender = sent_by(request, secret)
        place = (wanted.service_id, wanted.starts_at, wanted.resource_id, wanted.seq)
        own = wanted.booking
        if own is None:
            given = await desk.holding.hold(visitor_key(made), *place, sender=sender)
        else:
            given = await desk.changing.hold(
                own.reference, own.manage_token, visitor_key(made), *place, sender=sender
            )
        return show_hold(given) | ({} if secret else {"visitor": made})

    @api.patch("/holds/{hold_id}", tags=["holds"])
    async def change_hold(
        request: Request,
        hold_id: str,
        change: HoldChange,
        secret: VisitorSecret,
    ) -> dict[str, Any]:
        if secret is None:
            raise NotFound
        visitor, named = visitor_key(secret), HoldId.parse(hold_id)
        sender = sent_by(request, secret)
        if change.starts_at is None:
            ttl = timedelta(seconds=change.ttl or 0)
            return show_hold(await desk.holding.prolong(visitor, named, ttl, sender))
        await throttle.count_write(request, visitor)
        return show_hold(
            await desk.holding.move(
                visitor, named, change.starts_at, change.resource_id, change.seq, sender
            )
        )

    @api.delete("/holds/{hold_id}", status_code=204, tags=["holds"])
    async def release_hold(
        hold_id: str,
        secret: VisitorSecret,
        seq: Annotated[int | None, Query(ge=0, lt=2**53)] = None,
    ) -> Response:
        if secret is None:
            raise NotFound
        await desk.holding.release(visitor_key(secret), HoldId.parse(hold_id), seq)
        return Response(status_code=204)

    @api.post("/checkouts", status_code=201, tags=["checkouts"], dependencies=[Depends(limited)])
    async def check_out(
        request: Request,
        wanted: CheckoutIn,
        secret: VisitorSecret,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        slot_request = (
            _held(wanted.hold_id) if wanted.hold_id is not None else wanted.slot_request()
        )
        if wanted.hold_id is not None and secret is None:
            raise NotFound
        again = await repeatable(request, idempotency_key, secret)
        made = secret_for(tokens, secret, again)
        checkout = await desk.booking.check_out(
            visitor_key(made), slot_request, again, sent_by(request, secret)
        )
        shown = show_checkout(checkout, desk.context.clock.now())
        return shown | ({} if secret else {"visitor": made})

    @api.delete("/checkouts/{checkout_id}", status_code=204, tags=["checkouts"])
    async def abandon(checkout_id: str, secret: VisitorSecret) -> Response:
        if secret is None:
            raise NotFound
        await desk.booking.abandon(visitor_key(secret), checkout_id)
        return Response(status_code=204)

    @api.post("/bookings", status_code=201, tags=["bookings"], dependencies=[Depends(limited)])
    async def book(
        request: Request,
        wanted: BookingIn,
        secret: VisitorSecret,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        again = await repeatable(request, idempotency_key, secret)
        customer = wanted.customer.customer((await desk.month.catalog()).business.country)
        if wanted.checkout_id is not None:
            if secret is None:
                raise NotFound
            visitor = visitor_key(secret)
            booking = await desk.booking.confirm(visitor, wanted.checkout_id, customer, again)
        else:
            visitor = visitor_key(secret_for(tokens, secret, again))
            slot_request = wanted.slot_request()
            if again is None and secret is not None:
                asked = (slot_request.service_id, slot_request.resource_id, slot_request.starts_at)
                again = without_key(visitor, fingerprint_of(*asked, customer))
            booking = await desk.booking.book(visitor, slot_request, customer, again)
        return show_booking(booking)

    @api.get("/bookings/{reference}", tags=["bookings"])
    async def read_booking(reference: str, token: ManageToken) -> dict[str, Any]:
        booking = await desk.changing.read(reference, token)
        customer = booking.customer
        catalog = await desk.month.catalog()
        unmovable = why_unmovable(catalog, booking)
        return show_booking(booking) | {
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

    @api.patch("/bookings/{reference}", tags=["bookings"], dependencies=[Depends(count_change)])
    async def reschedule(
        request: Request,
        reference: str,
        change: BookingChange,
        token: ManageToken,
        dibs_visitor: Annotated[str | None, Header()] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        again = await repeatable(request, idempotency_key, token)
        secret = secret_of(dibs_visitor, "dibs-visitor") if dibs_visitor is not None else None
        booking = await desk.changing.reschedule(
            reference,
            token,
            # Who has no secret is the same person whenever they move this booking.
            visitor_key(secret or tokens.unnamed_secret(f"booking {reference}")),
            change.starts_at,
            change.resource_id,
            again,
        )
        return show_booking(booking)

    @api.delete("/bookings/{reference}", tags=["bookings"], dependencies=[Depends(count_change)])
    async def cancel(
        request: Request,
        reference: str,
        token: ManageToken,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        again = await repeatable(request, idempotency_key, token)
        return show_booking(await desk.changing.cancel(reference, token, again))

    def show_booking(booking: Booking) -> dict[str, Any]:
        token = tokens.of(booking.reference)
        return {
            "reference": booking.reference,
            "manage_token": token,
            "manage_url": f"{public_url}/manage/{booking.reference}#{token}",
            "status": booking.status,
            "claim": booking.claim,
            "service_id": booking.service_id,
            "resource_id": booking.resource_id,
            "starts_at": rfc3339(booking.starts_at),
            "ends_at": rfc3339(booking.ends_at),
            "change_until": rfc3339(booking.change_until),
            "can_change": booking.is_changeable(desk.context.clock.now()),
        }

    return api


def _held(hold_id: str) -> SlotRequest:
    named = HoldId.parse(hold_id)
    return SlotRequest(named.service_id, named.starts_at, named.resource_id)
