"""WordPress Heartbeat, which some clients send every five seconds instead of polling.

The fields of its form have nested keys, as in PHP. Only the fields about slots are answered.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson
from starlette.responses import Response
from starlette.routing import Route

from dibs.appointease.api.errors import select_refusal
from dibs.appointease.api.pace import Pace
from dibs.appointease.api.parsing import (
    COOKIE,
    Refused,
    client_cookie,
    client_key,
    day_of,
    has_fields,
    known_id,
    slot_of,
    time_of,
    visitor_of,
)
from dibs.appointease.api.php_forms import PhpResponse
from dibs.appointease.api.slots import hold, may_take, storage_of
from dibs.appointease.poll_lists import NO_LISTS
from dibs.availability.boards import BoardKey
from dibs.errors import DibsError, NotFound, TooManyRequests, Unavailable

if TYPE_CHECKING:
    from starlette.requests import Request

    from dibs.appointease.desk import AppointEaseDesk
    from dibs.web.middleware.rate_limit import Throttle

PATH = "/wp-admin/admin-ajax.php"
#: Most fields of one form. The fields of other plugins in the same heartbeat count, too.
MAX_FIELDS = 1000
MISSING = {"error": "Missing required parameters"}
#: The status of a refusal on this path, by its code. For other codes the status is the code.
STATUSES = {"slot_taken": "booked", "slot_locked": "locked"}

Fields = dict[str, str]


class Heartbeat:
    """Answers WordPress Heartbeats."""

    def __init__(self, desk: AppointEaseDesk, throttle: Throttle) -> None:
        self._desk = desk
        self._throttle = throttle
        self._pace = Pace(desk.context.clock)

    def routes(self) -> list[Route]:
        return [Route(PATH, self.answer, methods=["GET", "POST"])]

    async def answer(self, request: Request) -> Response:
        form = await _form(request)
        if form.get("action") != "heartbeat":
            return Response("0", status_code=400, media_type="text/html")
        parts: dict[str, Any] = {}
        selected, deselected, polled = (
            _read_nested_fields(form, f"appointease_{name}")
            for name in ("select", "deselect", "poll")
        )
        if selected:
            parts["appointease_select"] = await self._select(request, selected)
        if deselected:
            parts["appointease_deselect"] = await self._deselect(request, deselected)
        if polled:
            parts |= await self._poll(request, polled)
        client = visitor_of(request, polled.get("client_id"))
        is_looking = not selected and not deselected
        if client and is_looking and await self._pace.wait_for_turn(client) and polled:
            parts |= await self._poll(request, polled, keeps_selection=False)
        kept_in = storage_of(self._desk)
        response = PhpResponse(
            {
                "appointease_test": "heartbeat_working",
                "redis_status": "available" if kept_in == "redis" else "unavailable",
                "storage_mode": kept_in,
                **parts,
                "wp-auth-check": False,
                "server_time": self._seconds(),
            }
        )
        name = selected.get("client_id") or polled.get("client_id")
        selects = selected or polled.get("selected_time")
        if name and (selects or COOKIE not in request.cookies):
            response.headers["Set-Cookie"] = client_cookie(client_key(name))
        return response

    async def _select(self, request: Request, slot_request: Fields) -> dict[str, Any]:
        if not has_fields(slot_request, "date", "time", "employee_id", "client_id"):
            return MISSING
        try:
            day, time, employee = slot_of(slot_request)
            visitor = client_key(slot_request["client_id"])
            await self._throttle.count_address("write_rate_per_ip", request)
            await self._throttle.count("write_rate_per_visitor", visitor)
            requester = self._throttle.requester(request.scope)
            await hold(self._desk, BoardKey(employee, day), time, visitor, requester)
        except Refused as refused:
            return _refusal_data(refused)
        except DibsError as error:
            return _refusal_data(select_refusal(error))
        return {"success": True, "status": "selected", "broadcast": True}

    async def _deselect(self, request: Request, slot_request: Fields) -> dict[str, Any]:
        if not has_fields(slot_request, "date", "time", "employee_id"):
            return MISSING
        visitor = visitor_of(request, slot_request.get("client_id"))
        try:
            day, time, employee = slot_of(slot_request)
            await self._throttle.count_address("write_rate_per_ip", request)
        except Refused as refused:
            return _refusal_data(refused)
        except TooManyRequests as limited:
            return _refusal_data(select_refusal(limited))
        if visitor is not None:
            with suppress(NotFound, Unavailable):
                requester = self._throttle.requester(request.scope)
                await self._desk.holding.deselect(BoardKey(employee, day), time, visitor, requester)
        return {"success": True}

    async def _poll(
        self, request: Request, asked: Fields, *, keeps_selection: bool = True
    ) -> dict[str, Any]:
        """Return the lists of a poll, or nothing if they can't be read.

        This also prolongs or takes the hold of the selected time, unless `keeps_selection` is
        false.
        """
        visitor = visitor_of(request, asked.get("client_id"))
        selected = time_of(asked.get("selected_time"))
        employee = known_id(asked.get("employee_id"))
        if employee == 0:
            return {}
        try:
            key = BoardKey(employee, day_of(asked.get("date")))
            rendered = await self._desk.holding.poll(
                key,
                selected if keeps_selection else None,
                visitor,
                partial(may_take, self._throttle, request.scope, visitor or ""),
                self._throttle.requester(request.scope),
                is_slow=True,
            )
        except NotFound:
            rendered = NO_LISTS
        except (Refused, Unavailable):
            return {}
        lists = orjson.loads(rendered + b"}")
        return {
            **{f"appointease_{name}": times for name, times in lists.items()},
            "cache_info": {
                "redis_enabled": storage_of(self._desk) == "redis",
                "storage_mode": storage_of(self._desk),
                "timestamp": self._seconds(),
                "health_check_used": True,
            },
            "redis_ops": {
                "locks": len(lists["locked_slots"]),
                "selections": len(lists["active_selections"]),
                "user_selection": int(selected is not None and visitor is not None),
            },
        }

    def _seconds(self) -> int:
        return int(self._desk.context.clock.now().timestamp())


def _refusal_data(refused: Refused) -> dict[str, Any]:
    return {"error": str(refused), "status": STATUSES.get(refused.code, refused.code)}


async def _form(request: Request) -> Fields:
    """Return the fields of a form. If a name appears twice, the last value counts, as in PHP."""
    text = (await request.body()).decode("latin-1")
    try:
        return dict(parse_qsl(text, max_num_fields=MAX_FIELDS, errors="replace"))
    except ValueError:
        return {}


def _read_nested_fields(form: Fields, name: str) -> Fields:
    """Return the fields under `data[name]`, by the rest of their keys."""
    prefix = f"data[{name}]["
    return {
        key.removeprefix(prefix).removesuffix("]"): value
        for key, value in form.items()
        if key.startswith(prefix)
    }
