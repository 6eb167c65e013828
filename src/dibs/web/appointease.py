"""The AppointEase-compatible API beside its poll (see `live`): it translates and calls the desk."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import orjson
from starlette.routing import Route

from dibs.availability.boards import BoardKey
from dibs.desk.tokens import visitor_key
from dibs.errors import DibsError, NotFound, SlotClosed, SlotTaken, Unavailable
from dibs.web.fields import day_or_none
from dibs.web.php import PhpResponse, no_route, wordpress_error

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request
    from starlette.responses import Response

    from dibs.desk.seed import SeedDesk

PREFIX = "/wp-json"
COOKIE = "dibs_client"
COOKIE_RULES = "; Path=/; HttpOnly; SameSite=Lax"
#: "10:00" or "10:00:00"; the seconds are cut off.
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d)?", re.ASCII)
VISITOR = re.compile(r"[0-9a-f]{32}", re.ASCII)
LARGEST_ID = 2**31


def client_key(client_id: str) -> str:
    """A client's own name for itself as a visitor; it is never shown to others."""
    return visitor_key("appointease " + client_id)


def client_cookie(visitor: str) -> str:
    """What lets a client that leaves out its name be known again."""
    return f"{COOKIE}={visitor}{COOKIE_RULES}"


def employee_of(value: Any) -> int:
    """A positive id, also as text; 0 for anything else."""
    if isinstance(value, bool):
        return 0
    text = str(value) if isinstance(value, int) else value
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 11:
        return int(text)
    return 0


def time_of(value: Any) -> str | None:
    match = TIME.fullmatch(value) if isinstance(value, str) else None
    return f"{match[1]}:{match[2]}" if match else None


class Refused(Exception):
    """Carries the answer to a request that can't be carried out."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.answer = wordpress_error(status, code, message, **more)


class AppointEase:
    def __init__(self, desk: SeedDesk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        return [
            Route(f"{PREFIX}/appointease/v1/slots/select", self.select, methods=["POST"]),
            Route(f"{PREFIX}/appointease/v1/slots/deselect", self.deselect, methods=["POST"]),
            Route(f"{PREFIX}/{{rest:path}}", self.unknown, methods=EVERY_METHOD),
        ]

    async def unknown(self, _: Request) -> Response:
        return no_route()

    async def select(self, request: Request) -> Response:
        began = time.perf_counter()
        try:
            body = await read_json(request)
            client_id = body.get("client_id")
            if isinstance(client_id, int) and not isinstance(client_id, bool):
                client_id = str(client_id)
            if not (
                all(body.get(name) not in (None, "") for name in ("date", "time", "employee_id"))
                and isinstance(client_id, str)
                and client_id
            ):
                raise Refused(
                    400, "missing_params", "Date, time, employee_id and client_id required"
                )
            day, slot_time, employee = checked(body)
            if employee == 0:
                raise Refused(400, "invalid_employee", "Invalid employee ID")
            visitor = client_key(client_id)
            await self._desk.select(BoardKey(employee, day), slot_time, visitor)
        except Refused as refused:
            return refused.answer
        except DibsError as error:
            return translated(error)
        answer = PhpResponse(
            {
                "success": True,
                "client_id": client_id,
                "storage": "memory",
                "ttl": 10,
                "debug_ms": round((time.perf_counter() - began) * 1000, 2),
            }
        )
        answer.headers["Set-Cookie"] = client_cookie(visitor)
        return answer

    async def deselect(self, request: Request) -> Response:
        try:
            body = await read_json(request)
            if not all(
                body.get(name) not in (None, "") for name in ("date", "time", "employee_id")
            ):
                raise Refused(400, "missing_params", "Date, time and employee_id required")
            day, slot_time, employee = checked(body)
            visitor = self._owner(request, body)
            if visitor is not None and employee != 0:
                await self._desk.deselect(BoardKey(employee, day), slot_time, visitor)
        except Refused as refused:
            return refused.answer
        except NotFound:
            pass  # Nobody's hold is nobody's business: the seed says success to everything here.
        except DibsError as error:
            return translated(error)
        return PhpResponse({"success": True})

    def _owner(self, request: Request, body: dict[str, Any]) -> str | None:
        client_id = body.get("client_id")
        if isinstance(client_id, (str, int)) and not isinstance(client_id, bool) and client_id:
            return client_key(str(client_id))
        cookie = request.cookies.get(COOKIE, "")
        return cookie if VISITOR.fullmatch(cookie) else None


EVERY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]


async def read_json(request: Request) -> dict[str, Any]:
    """The body's fields; a body that isn't JSON by its type has none. Raises Refused."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return {}
    try:
        body = orjson.loads(await request.body() or b"{}")
    except orjson.JSONDecodeError:
        raise Refused(
            400,
            "rest_invalid_json",
            "Invalid JSON body passed.",
            json_error_code=4,
            json_error_message="Syntax error",
        ) from None
    return body if isinstance(body, dict) else {}


def checked(body: dict[str, Any]) -> tuple[date, str, int]:
    """Day, time and employee (0: there can be none such). Raises Refused."""
    day = day_or_none(body["date"]) if isinstance(body["date"], str) else None
    if day is None:
        raise Refused(400, "invalid_date", "Invalid date")
    slot_time = time_of(body["time"])
    if slot_time is None:
        raise Refused(400, "invalid_time", "Invalid time")
    employee = employee_of(body["employee_id"])
    return day, slot_time, employee if employee < LARGEST_ID else 0


def translated(error: DibsError) -> PhpResponse:
    """A refusal in the words AppointEase clients show a friendly text for."""
    match error:
        case NotFound():
            return wordpress_error(400, "invalid_employee", "Invalid employee ID")
        case SlotTaken():
            return wordpress_error(409, "slot_taken", "Slot already booked")
        case SlotClosed():
            return wordpress_error(409, "slot_closed", error.detail)
        case Unavailable():
            return wordpress_error(503, error.code, error.detail)
    return wordpress_error(409, "slot_locked", "Slot is already locked")
