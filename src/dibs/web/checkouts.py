"""The native API of checkouts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, Response
from starlette.requests import Request

from dibs.desk.holding import HoldId
from dibs.desk.offers import SlotRequest
from dibs.desk.tokens import visitor_key
from dibs.errors import NotFound
from dibs.web.problems import DOCUMENTED
from dibs.web.request_headers import (
    IdempotencyKey,
    VisitorSecret,
    claim_counter,
    repeatable,
    secret_for,
)
from dibs.web.schemas import CheckoutIn, show_checkout

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.holds.claims import Requester
    from dibs.web.middleware.rate_limit import Throttle


def routes(desk: Desk, throttle: Throttle) -> APIRouter:
    api = APIRouter(prefix="/api/v1/checkouts", tags=["checkouts"], responses=DOCUMENTED)
    checkouts = _Checkouts(desk, throttle)
    counted = [Depends(claim_counter(throttle))]
    api.post("", status_code=201, dependencies=counted)(checkouts.check_out)
    api.delete("/{checkout_id}", status_code=204)(checkouts.abandon)
    return api


class _Checkouts:
    def __init__(self, desk: Desk, throttle: Throttle) -> None:
        self._desk = desk
        self._throttle = throttle
        self._tokens = desk.context.tokens

    async def check_out(
        self,
        request: Request,
        wanted: CheckoutIn,
        secret: VisitorSecret,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        slot_request = (
            _slot_of_hold(wanted.hold_id) if wanted.hold_id is not None else wanted.slot_request()
        )
        if wanted.hold_id is not None and secret is None:
            raise NotFound
        again = await repeatable(request, idempotency_key, secret)
        made = secret_for(self._tokens, secret, again)
        checkout = await self._desk.booking.check_out(
            visitor_key(made), slot_request, again, self._requester(request, secret)
        )
        shown = show_checkout(checkout, self._desk.context.clock.now())
        return shown | ({} if secret else {"visitor": made})

    async def abandon(self, checkout_id: str, secret: VisitorSecret) -> Response:
        if secret is None:
            raise NotFound
        await self._desk.booking.abandon(visitor_key(secret), checkout_id)
        return Response(status_code=204)

    def _requester(self, request: Request, secret: str | None) -> Requester:
        return self._throttle.requester(request.scope, is_anonymous=secret is None)


def _slot_of_hold(hold_id: str) -> SlotRequest:
    named = HoldId.parse(hold_id)
    return SlotRequest(named.service_id, named.starts_at, named.resource_id)
