"""Reads what AppointEase clients send: ids as numbers or texts, and local days and times."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from dibs.appointease.api.php_forms import wordpress_error
from dibs.desk.tokens import visitor_key
from dibs.email_address import read_address
from dibs.web.field_types import TOO_LARGE_ID, day_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from starlette.requests import Request

COOKIE = "dibs_client"
COOKIE_RULES = "; Path=/; HttpOnly; SameSite=Lax"
#: "10:00" or "10:00:00"; the seconds are cut off.
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d)?", re.ASCII)
#: "2026-11-25 10:00:00", also with a T or without the seconds. The last group has any text that
#: follows, for example a time zone; it must be empty.
WALL_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T]([\d:]+)(.*)", re.ASCII | re.DOTALL)
#: The media types that WordPress reads as JSON.
JSON_TYPE = re.compile(
    r"\s*application/([\w!#$&.^+-]+\+)?json(\+oembed)?\s*", re.ASCII | re.IGNORECASE
)
SECRET = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Refused(Exception):
    """A refusal of a request. It has the answer."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.answer = wordpress_error(status, code, message, **more)


async def read_json(request: Request) -> dict[str, Any]:
    """Return the fields of the body. A body whose type isn't JSON has none. Raises Refused."""
    if JSON_TYPE.fullmatch(request.headers.get("content-type", "").partition(";")[0]) is None:
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


def is_given(value: Any) -> bool:
    return value is not None and value != ""


def has_fields(fields: Mapping[str, Any], *names: str) -> bool:
    """Tell whether all of these fields have a value."""
    return all(is_given(fields.get(name)) for name in names)


def employee_of(value: Any) -> int:
    """Return a positive id, which may be sent as text, or 0 for anything else."""
    if isinstance(value, bool):
        return 0
    text = str(value) if isinstance(value, int) else value
    if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 11:
        return int(text)
    return 0


def known_id(value: Any) -> int:
    """Return an id that the database can have, or 0 for anything else."""
    number = employee_of(value)
    return number if number < TOO_LARGE_ID else 0


def text_of(value: Any) -> str | None:
    """Return a text, or a number as text. Returns None for anything else and for an empty text."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value) or None


def day_of(value: Any) -> date:
    """Return a day. Raises Refused."""
    day = day_or_none(value) if isinstance(value, str) else None
    if day is None:
        raise Refused(400, "invalid_date", "Invalid date")
    return day


def time_of(value: Any) -> str | None:
    """Return a local time "HH:MM", or None for anything else."""
    match = TIME.fullmatch(value) if isinstance(value, str) else None
    return f"{match[1]}:{match[2]}" if match else None


def wall_time_of(value: Any) -> datetime | None:
    """Return a local day and time, to the second, or None for a value that doesn't look like one.

    Raises Refused if the value looks right but is not valid, or has a time zone.
    """
    match = WALL_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    if match[3]:
        raise Refused(400, "invalid_date", "Dates are local, like 2026-11-25 10:00:00")
    required_time(match[2])
    return datetime.fromisoformat(f"{day_of(match[1])} {match[2]}")


def email_of(value: Any) -> str | None:
    """Return an address to which mail could be sent, or None for anything else."""
    return read_address(value) if isinstance(value, str) else None


def required_time(value: Any) -> str:
    """Return a local time "HH:MM". Raises Refused."""
    time = time_of(value)
    if time is None:
        raise Refused(400, "invalid_time", "Invalid time")
    return time


def slot_of(body: Mapping[str, Any]) -> tuple[date, str, int]:
    """Return day, time and employee of a slot. Raises Refused."""
    return day_of(body["date"]), required_time(body["time"]), known_id(body["employee_id"])


def client_secret(client_id: str) -> str:
    """Return the secret of a client, which is made from the name that the client chose."""
    return hashlib.sha256(b"appointease " + client_id.encode()).hexdigest()[:32]


def client_key(client_id: str) -> str:
    """Return the visitor that a client is: the key that is made from its secret."""
    return visitor_key(client_secret(client_id))


def client_cookie(secret: str) -> str:
    """Return the cookie that recognises a client when it does not send its name."""
    return f"{COOKIE}={secret}{COOKIE_RULES}"


def secret_of(request: Request, client_id: Any = None) -> str | None:
    """Return the secret of the client that sends a request: by the name that it sends, or else by
    its cookie. Returns None if it has neither."""
    name = text_of(client_id)
    if name is not None:
        return client_secret(name)
    cookie = request.cookies.get(COOKIE, "")
    return cookie if SECRET.fullmatch(cookie) else None


def visitor_of(request: Request, client_id: Any = None) -> str | None:
    """Return the visitor that sends a request, or None if it sends neither name nor cookie."""
    secret = secret_of(request, client_id)
    return visitor_key(secret) if secret else None
