"""The native API of holds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from starlette.requests import Request

from dibs.desk.holding import HoldId
from dibs.desk.tokens import visitor_key
from dibs.errors import NotFound
from dibs.web.field_types import bearer
from dibs.web.problems import DOCUMENTED
from dibs.web.quick_route import QuickRoute, json_response, parse_body
from dibs.web.request_headers import (
    IdempotencyKey,
    VisitorSecret,
    claim_counter,
    repeatable,
    secret_for,
)
from dibs.web.schemas import HoldChange, HoldIn, show_hold

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from dibs.desk import Desk
    from dibs.holds.claims import Requester
    from dibs.web.middleware.rate_limit import Throttle


def routes(desk: Desk, throttle: Throttle) -> APIRouter:
    api = APIRouter(prefix="/api/v1/holds", tags=["holds"], responses=DOCUMENTED)
    holds = _Holds(desk, throttle)
    counted = [Depends(claim_counter(throttle))]
    api.post("", status_code=201, dependencies=counted)(holds.hold)
    api.patch("/{hold_id}")(holds.change_hold)
    api.delete("/{hold_id}", status_code=204)(holds.release_hold)
    return api


def quick_route(desk: Desk, throttle: Throttle, router: ASGIApp) -> QuickRoute:
    """Return the quick route for making a hold. `router` has the routes above, and answers all
    requests that aren't usual."""
    return QuickRoute("POST", "/api/v1/holds", _Holds(desk, throttle).answer_hold, router)


class _Holds:
    def __init__(self, desk: Desk, throttle: Throttle) -> None:
        self._desk = desk
        self._throttle = throttle
        self._tokens = desk.context.tokens

    async def hold(
        self,
        request: Request,
        wanted: HoldIn,
        secret: VisitorSecret,
        idempotency_key: IdempotencyKey = None,
    ) -> dict[str, Any]:
        again = None if secret else await repeatable(request, idempotency_key, None)
        made = secret_for(self._tokens, secret, again)
        requester = self._requester(request, secret)
        place = (wanted.service_id, wanted.starts_at, wanted.resource_id, wanted.seq)
        own = wanted.booking
        if own is None:
            given = await self._desk.holding.hold(visitor_key(made), *place, requester=requester)
        else:
            given = await self._desk.changing.hold(
                own.reference, own.manage_token, visitor_key(made), *place, requester=requester
            )
        return show_hold(given) | ({} if secret else {"visitor": made})

    async def answer_hold(self, request: Request) -> Response | None:
        """Answer a usual request for a hold, as the booking page sends it, like `hold`. Returns
        None for any other request."""
        wanted = await parse_body(request, HoldIn)
        if wanted is None or "idempotency-key" in request.headers:
            return None
        secret = bearer(request.headers.get("authorization"))
        await self._throttle.count_write(request, visitor_key(secret) if secret else None)
        return json_response(await self.hold(request, wanted, secret), 201)

    async def change_hold(
        self,
        request: Request,
        hold_id: str,
        change: HoldChange,
        secret: VisitorSecret,
    ) -> dict[str, Any]:
        if secret is None:
            raise NotFound
        visitor, named = visitor_key(secret), HoldId.parse(hold_id)
        requester = self._requester(request, secret)
        if change.starts_at is None:
            ttl = timedelta(seconds=change.ttl or 0)
            return show_hold(await self._desk.holding.prolong(visitor, named, ttl, requester))
        await self._throttle.count_write(request, visitor)
        return show_hold(
            await self._desk.holding.move(
                visitor, named, change.starts_at, change.resource_id, change.seq, requester
            )
        )

    async def release_hold(
        self,
        hold_id: str,
        secret: VisitorSecret,
        seq: Annotated[int | None, Query(ge=0, lt=2**53)] = None,
    ) -> Response:
        if secret is None:
            raise NotFound
        await self._desk.holding.release(visitor_key(secret), HoldId.parse(hold_id), seq)
        return Response(status_code=204)

    def _requester(self, request: Request, secret: str | None) -> Requester:
        return self._throttle.requester(request.scope, is_anonymous=secret is None)
