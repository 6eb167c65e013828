"""The native API: catalogue, availability, holds, checkouts, bookings."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi import Path as InPath
from pydantic import model_validator
from starlette.requests import Request

from dibs.desk.booking import Wish
from dibs.desk.holding import HoldId, id_of
from dibs.desk.tokens import new_token, visitor_key
from dibs.errors import FieldError, Invalid, NotFound
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.idempotency import Request as Repeatable
from dibs.web.fields import (
    AddressId,
    Day,
    Email,
    Id,
    Instant,
    Model,
    Phone,
    Seconds,
    Seq,
    ShortText,
    bearer,
    fault,
    secret_of,
)
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.holds.store import Hold
    from dibs.ledger.catalog import Service
    from dibs.web.throttle import Throttle

MOST_DAYS = 62
LONGEST_KEY = 200


class CustomerIn(Model):
    name: ShortText
    email: Email
    phone: Phone | None = None

    def customer(self) -> Customer:
        return Customer(self.name, self.email, self.phone)


class HoldIn(Model):
    service_id: Id
    starts_at: Instant
    resource_id: Id | None = None
    seq: Seq | None = None


class HoldChange(Model):
    """Either prolong (`ttl`) or move (`starts_at`)."""

    ttl: Seconds | None = None
    starts_at: Instant | None = None
    resource_id: Id | None = None
    seq: Seq | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> HoldChange:
        if (self.ttl is None) == (self.starts_at is None):
            raise fault("ttl_or_starts_at")
        return self


class WishIn(Model):
    service_id: Id | None = None
    starts_at: Instant | None = None
    resource_id: Id | None = None

    def wish(self) -> Wish:
        """Raises Invalid if it doesn't say what is wished for."""
        if self.service_id is None:
            raise Invalid(FieldError("service_id", "required"))
        if self.starts_at is None:
            raise Invalid(FieldError("starts_at", "required"))
        return Wish(self.service_id, self.starts_at, self.resource_id)


class CheckoutIn(WishIn):
    """Either a hold (`hold_id`) or a time."""

    hold_id: ShortText | None = None


class BookingIn(WishIn):
    """Either a checkout (`checkout_id`) or a time."""

    customer: CustomerIn
    checkout_id: ShortText | None = None


class BookingChange(Model):
    starts_at: Instant
    resource_id: Id | None = None


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
IdempotencyKey = Annotated[str | None, Header(max_length=LONGEST_KEY, min_length=1)]


async def repeatable(request: Request, key: str | None, scope: str | None) -> Repeatable | None:
    """What makes this request the same when it comes again; None if it has no key."""
    if key is None:
        return None
    asked = b"\0".join(
        (request.method.encode(), request.url.path.encode(), _canonical(await request.body()))
    )
    return Repeatable(visitor_key(scope) if scope else "", key, hashlib.sha256(asked).hexdigest())


def _canonical(body: bytes) -> bytes:
    """The same request may come with its fields in another order."""
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONDecodeError:
        return body


def a_visitor(secret: str | None, request: Repeatable | None) -> str:
    """Who claims a time: a visitor; else the request itself, so that sending it again finds it."""
    if secret is not None:
        return visitor_key(secret)
    if request is not None:
        return visitor_key(f"{request.key} {request.fingerprint}")
    return visitor_key(new_token())


def routes(desk: Desk, public_url: str, throttle: Throttle) -> APIRouter:
    async def limited(request: Request, secret: VisitorSecret) -> None:
        """Whatever claims a time is counted; looking and prolonging are not."""
        await throttle.count_address("writes", request)
        if secret is not None:
            await throttle.count("writes_visitor", visitor_key(secret))

    api = APIRouter(prefix="/api/v1", responses=DOCUMENTED)
    tokens = desk.parts.tokens
    clock = desk.parts.clock

    @api.get("/business", tags=["catalogue"])
    async def business() -> dict[str, Any]:
        catalog = await desk.looking.catalog()
        now = clock.now()
        return {
            "name": catalog.business.name,
            "tz": catalog.business.zone,
            "currency": catalog.business.currency,
            "slot_interval": catalog.business.slot_interval,
            "today": now.astimezone(ZoneInfo(catalog.business.zone)).date().isoformat(),
            "server_time": rfc3339(now),
        }

    @api.get("/services", tags=["catalogue"])
    async def services() -> list[dict[str, Any]]:
        catalog = await desk.looking.catalog()
        return [
            show_service(service, catalog.rules[service.id].every)
            for service in catalog.services.values()
        ]

    @api.get("/resources", tags=["catalogue"])
    async def resources() -> list[dict[str, Any]]:
        catalog = await desk.looking.catalog()
        return [
            {
                "id": resource.id,
                "kind": resource.kind,
                "name": resource.name,
                "tz": resource.zone or catalog.business.zone,
                "service_ids": [
                    service.id
                    for service in catalog.services.values()
                    if resource.id in service.resource_ids
                ],
            }
            for resource in catalog.resources.values()
        ]

    @api.get("/services/{service_id}/availability", tags=["availability"])
    async def availability(
        service_id: Annotated[AddressId, InPath()],
        first: Annotated[Day, Query(alias="from")],
        last: Annotated[Day, Query(alias="to")],
        resource: Annotated[AddressId | None, Query()] = None,
        slots: Annotated[bool, Query()] = False,
    ) -> dict[str, Any]:
        if last < first:
            raise Invalid(FieldError("to", "before_from"))
        if last - first >= timedelta(days=MOST_DAYS):
            raise Invalid(FieldError("to", "too_far"))
        found = await desk.looking.availability(service_id, first, last, resource)
        days: dict[str, Any] = {}
        for day, free in found.days.items():
            days[day.isoformat()] = {"free": None if free.slots is None else len(free.slots)}
            if slots:
                days[day.isoformat()]["slots"] = [
                    {
                        "starts_at": rfc3339(slot.starts_at),
                        "ends_at": rfc3339(slot.ends_at),
                        "resource_ids": list(resource_ids),
                    }
                    for slot, resource_ids in free.slots or ()
                ]
        return {"tz": found.zone, "days": days}

    @api.post("/holds", status_code=201, tags=["holds"], dependencies=[Depends(limited)])
    async def hold(wanted: HoldIn, secret: VisitorSecret) -> dict[str, Any]:
        made = secret or new_token()
        given = await desk.holding.hold(
            visitor_key(made),
            wanted.service_id,
            wanted.starts_at,
            wanted.resource_id,
            wanted.seq,
        )
        return show_hold(given) | ({} if secret else {"visitor": made})

    @api.patch("/holds/{hold_id}", tags=["holds"])
    async def change_hold(
        hold_id: str, change: HoldChange, secret: VisitorSecret
    ) -> dict[str, Any]:
        if secret is None:
            raise NotFound
        visitor, named = visitor_key(secret), HoldId.parse(hold_id)
        if change.starts_at is None:
            ttl = timedelta(seconds=change.ttl or 0)
            return show_hold(await desk.holding.prolong(visitor, named, ttl))
        return show_hold(
            await desk.holding.move(
                visitor, named, change.starts_at, change.resource_id, change.seq
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
        made = secret or new_token()
        wish = _held(wanted.hold_id) if wanted.hold_id is not None else wanted.wish()
        if wanted.hold_id is not None and secret is None:
            raise NotFound
        again = await repeatable(request, idempotency_key, secret)
        checkout = await desk.booking.check_out(visitor_key(made), wish, again)
        return show_checkout(checkout) | ({} if secret else {"visitor": made})

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
        customer = wanted.customer.customer()
        if wanted.checkout_id is not None:
            if secret is None:
                raise NotFound
            visitor = visitor_key(secret)
            booking = await desk.booking.confirm(visitor, wanted.checkout_id, customer, again)
        else:
            visitor = a_visitor(secret, again)
            booking = await desk.booking.book(visitor, wanted.wish(), customer, again)
        return show_booking(booking)

    @api.get("/bookings/{reference}", tags=["bookings"])
    async def read_booking(reference: str, token: ManageToken) -> dict[str, Any]:
        booking = await desk.booking.read(reference, token)
        customer = booking.customer
        return show_booking(booking) | {
            "customer": customer
            and {"name": customer.name, "email": customer.email, "phone": customer.phone}
        }

    @api.patch("/bookings/{reference}", tags=["bookings"])
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
        booking = await desk.booking.reschedule(
            reference,
            token,
            a_visitor(secret, again),
            change.starts_at,
            change.resource_id,
            again,
        )
        return show_booking(booking)

    @api.delete("/bookings/{reference}", tags=["bookings"])
    async def cancel(
        request: Request,
        reference: str,
        token: ManageToken,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        again = await repeatable(request, idempotency_key, token)
        return show_booking(await desk.booking.cancel(reference, token, again))

    def show_booking(booking: Booking) -> dict[str, Any]:
        token = tokens.of(booking.reference)
        return {
            "reference": booking.reference,
            "manage_token": token,
            "manage_url": f"{public_url}/manage/{booking.reference}#{token}",
            "status": booking.status,
            "service_id": booking.service_id,
            "resource_id": booking.resource_id,
            "starts_at": rfc3339(booking.starts_at),
            "ends_at": rfc3339(booking.ends_at),
        }

    return api


def show_service(service: Service, slot_interval: int) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "description": service.description,
        "duration": service.duration,
        "buffer_before": service.buffer_before,
        "buffer_after": service.buffer_after,
        "slot_interval": slot_interval,
        "notice": service.notice,
        "horizon_days": service.horizon_days,
        "price": str(service.price) if service.price is not None else None,
        "capacity": service.capacity,
        "resource_ids": list(service.resource_ids),
    }


def show_hold(hold: Hold) -> dict[str, Any]:
    return {
        "id": str(id_of(hold)),
        "claim": hold.claim,
        "resource_id": hold.boards[0].resource_id,
        "service_id": hold.slot.service_id,
        "starts_at": rfc3339(hold.slot.starts_at),
        "ends_at": rfc3339(hold.slot.ends_at),
        "expires_at": rfc3339(hold.expires_at),
    }


def show_checkout(checkout: Booking) -> dict[str, Any]:
    return {
        "id": checkout.token,
        "claim": checkout.claim,
        "resource_id": checkout.resource_id,
        "service_id": checkout.service_id,
        "starts_at": rfc3339(checkout.starts_at),
        "ends_at": rfc3339(checkout.ends_at),
        "expires_at": rfc3339(checkout.deadline) if checkout.deadline else None,
    }


def rfc3339(instant: datetime) -> str:
    """UTC with a Z, whole seconds without a fraction, else to the millisecond."""
    timespec = "milliseconds" if instant.microsecond else "seconds"
    return instant.astimezone(UTC).isoformat(timespec=timespec).removesuffix("+00:00") + "Z"


def _held(hold_id: str) -> Wish:
    named = HoldId.parse(hold_id)
    return Wish(named.service_id, named.starts_at, named.resource_id)
