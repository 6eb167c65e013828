"""Reads requests for views: which board or day, and the revision that the client has seen."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from dibs.availability.boards import BoardKey
from dibs.errors import DibsError, FieldError, Invalid, NotFound
from dibs.live.board import parse_revision
from dibs.web.field_types import TOO_LARGE_ID, day_or_none

if TYPE_CHECKING:
    from datetime import date

    from dibs.live.board import Revision

BOARD = re.compile(r"/api/v1/boards/([^/]+)/([^/]+)(/stream)?")
DAY = re.compile(r"/api/v1/services/([^/]+)/days/([^/]+)(/stream)?")
#: The beginnings of the paths of boards, and of the paths of days.
BOARDS, SERVICES = "/api/v1/boards/", "/api/v1/services/"
REMEMBERED = 20_000
#: Requests with more characters, path and query together, are not remembered.
MAX_REMEMBERED = 400


class BoardRequest(NamedTuple):
    """A request for the snapshot of a board."""

    key: BoardKey
    seen: Revision | None


class DayRequest(NamedTuple):
    """A request for the snapshot of a service's day, over one resource or all of its resources."""

    service_id: int
    day: date
    resource_id: int | None
    seen: str | None


def read_view_request(path: str, raw: bytes) -> BoardRequest | DayRequest | None:
    """Read a request for a snapshot. Returns None if it is faulty, and for all other paths."""
    read = _read if len(path) + len(raw) <= MAX_REMEMBERED else _read.__wrapped__
    return read(path, raw)


@lru_cache(maxsize=REMEMBERED)
def _read(path: str, raw: bytes) -> BoardRequest | DayRequest | None:
    query = read_query(raw)
    try:
        if (match := BOARD.fullmatch(path)) and not match[3]:
            return board_request(match[1], match[2], query)
        if (match := DAY.fullmatch(path)) and not match[3]:
            return day_request(match[1], match[2], query)
    except DibsError:
        pass
    return None


def board_request(resource: str, day: str, query: dict[str, str]) -> BoardRequest:
    """Read a request for a board from the parts of its path and its query. Raises Invalid,
    NotFound."""
    seen = query.get("seen")
    key = BoardKey(_id(resource, "resource_id"), _day(day))
    return BoardRequest(key, parse_revision(seen) if seen else None)


def day_request(service: str, day: str, query: dict[str, str]) -> DayRequest:
    """Read a request for a day from the parts of its path and its query. Raises Invalid,
    NotFound."""
    asked = query.get("resource")
    resource_id = None if asked is None else _id(asked, "resource")
    return DayRequest(_id(service, "service_id"), _day(day), resource_id, query.get("seen"))


def read_query(raw: bytes) -> dict[str, str]:
    """Return the first value of each parameter of a query."""
    if not raw:
        return {}
    text = raw.decode("latin-1")
    try:
        pairs = parse_qs(text, keep_blank_values=True, max_num_fields=50, errors="replace")
    except ValueError:
        return {}
    return {name: values[0] for name, values in pairs.items()}


def _id(text: str, field: str) -> int:
    """Read an id. Raises Invalid if the text is no number, NotFound if the number can't be an
    id."""
    if not (text.isascii() and text.isdecimal()):
        raise Invalid(FieldError(field, "wrong_type"))
    if len(text) > 10 or int(text) >= TOO_LARGE_ID:
        raise NotFound
    return int(text)


def _day(text: str) -> date:
    day = day_or_none(text)
    if day is None:
        raise Invalid(FieldError("day", "invalid_date"))
    return day
