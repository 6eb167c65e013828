"""Cursors: texts that say where a page of a list ended. A client sends one back to read the next
page."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from dibs.errors import FieldError, Invalid
from dibs.ledger.booking_list import Place
from dibs.web.field_types import TOO_LARGE_ID, YEARS

if TYPE_CHECKING:
    from dibs.ledger.customer_list import CustomerSort, Position

MAX_CURSOR_LENGTH = 2_000


def write_place(place: Place | None) -> str | None:
    return None if place is None else _write([place.instant.isoformat(), place.id])


def read_place(text: str | None) -> Place | None:
    """Read a cursor of a list of bookings. Raises Invalid if it is malformed."""
    if text is None:
        return None
    match _read(text):
        case [str() as said, int() as number] if 0 <= number < TOO_LARGE_ID:
            return Place(_instant(said), number)
    raise _cursor_error()


def write_position(position: Position | None) -> str | None:
    return None if position is None else _write(list(position))


def read_position(text: str | None, sort: CustomerSort) -> Position | None:
    """Read a cursor of a list of customers. Raises Invalid if it is malformed, or is of a list in
    another order."""
    if text is None:
        return None
    match _read(text):
        case [str() as value, str() as key] if sort == "name" and "\0" not in value + key:
            return value, key
        case [int() as count, str() as key] if sort != "name" and "\0" not in key:
            if 0 <= count < TOO_LARGE_ID:
                return count, key
    raise _cursor_error()


def _instant(said: str) -> datetime:
    try:
        instant = datetime.fromisoformat(said).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _cursor_error() from None
    if instant.year not in YEARS:
        raise _cursor_error()
    return instant


def _write(parts: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def _read(text: str) -> Any:
    try:
        return orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        raise _cursor_error() from None


def _cursor_error() -> Invalid:
    return Invalid(FieldError("after", "malformed"))
