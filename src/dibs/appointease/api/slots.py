"""Answers `select` and `deselect` requests of AppointEase clients."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from dibs.appointease.api.errors import closed_refusal, select_refusal
from dibs.appointease.api.lingering import lingering_cookie
from dibs.appointease.api.parsing import (
    Refused,
    client_cookie,
    client_key,
    client_secret,
    has_fields,
    read_json,
    slot_of,
    text_of,
    visitor_of,
)
from dibs.appointease.api.php_forms import PhpResponse
from dibs.appointease.api.routing import APPOINTEASE, Endpoint
from dibs.availability.boards import BoardKey
from dibs.errors import Conflict, NotFound, SlotClosed, Unavailable

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Scope

    from dibs.appointease.desk import AppointEaseDesk
    from dibs.holds.claims import Requester
    from dibs.web.middleware.rate_limit import Throttle


class SlotSelection:
    """Selects and deselects slots."""

    def __init__(self, desk: AppointEaseDesk, throttle: Throttle) -> None:
        self._desk = desk
        self._throttle = throttle

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(APPOINTEASE, "slots/select", "POST", self.select, "write_rate_per_ip"),
            Endpoint(APPOINTEASE, "slots/deselect", "POST", self.deselect, "write_rate_per_ip"),
        ]

    async def select(self, request: Request) -> Response:
        began = time.perf_counter()
        body = await read_json(request)
        client_id = text_of(body.get("client_id"))
        if client_id is None or not has_fields(body, "date", "time", "employee_id"):
            raise Refused(400, "missing_params", "Date, time, employee_id and client_id required")
        day, slot_time, employee = slot_of(body)
        if employee == 0:
            raise Refused(400, "invalid_employee", "Invalid employee ID")
        visitor = client_key(client_id)
        await self._throttle.count("write_rate_per_visitor", visitor)
        requester = self._throttle.requester(request.scope)
        await hold(self._desk, BoardKey(employee, day), slot_time, visitor, requester)
        answer = PhpResponse(
            {
                "success": True,
                "client_id": client_id,
                "storage": storage_of(self._desk),
                "ttl": 10,
                "debug_ms": round((time.perf_counter() - began) * 1000, 2),
            }
        )
        answer.headers["Set-Cookie"] = client_cookie(client_secret(client_id))
        return answer

    async def deselect(self, request: Request) -> Response:
        body = await read_json(request)
        if not has_fields(body, "date", "time", "employee_id"):
            raise Refused(400, "missing_params", "Date, time and employee_id required")
        day, slot_time, employee = slot_of(body)
        visitor = visitor_of(request, body.get("client_id"))
        answer = PhpResponse({"success": True})
        if visitor is not None and employee != 0:
            key = BoardKey(employee, day)
            # The plugin answers success in every case. A hold that can't be changed now ends at its
            # deadline.
            with suppress(NotFound, Unavailable):
                requester = self._throttle.requester(request.scope)
                kept = await self._desk.holding.deselect(key, slot_time, visitor, requester)
                if kept is not None:
                    seconds = int(
                        self._desk.context.settings.deselected_hold_lifetime.total_seconds()
                    )
                    cookie = lingering_cookie(key, slot_time, kept, seconds)
                    answer.headers.append("Set-Cookie", cookie)
        return answer


async def hold(
    desk: AppointEaseDesk, key: BoardKey, slot_time: str, visitor: str, requester: Requester
) -> None:
    """Hold a slot for a visitor. Raises Refused, TooManyClaims, Unavailable."""
    try:
        await desk.holding.select(key, slot_time, visitor, requester)
    except SlotClosed:
        raise closed_refusal(*await desk.holding.explain_closed_slot(key, slot_time)) from None
    except (NotFound, Conflict) as error:
        raise select_refusal(error) from None


async def may_take(throttle: Throttle, scope: Scope, visitor: str) -> bool:
    """Tell whether a poll may take a slot that its client doesn't hold yet. Each call counts as one
    select."""
    address = throttle.address(scope)
    return await throttle.try_to_count(
        "write_rate_per_ip", address
    ) and await throttle.try_to_count("write_rate_per_visitor", visitor)


def storage_of(desk: AppointEaseDesk) -> str:
    """Return the name of the place where selections are kept now. Clients show it for
    debugging."""
    context = desk.context
    return "memory" if context.settings.is_embedded or context.holds.is_away else "redis"
