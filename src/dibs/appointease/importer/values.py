"""Reads single values of the plugin's rows. Many forms are accepted, but no value is guessed."""

from __future__ import annotations

import html
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from dibs.plain_text import UNPRINTABLE as UNPRINTABLE_IN_LINE
from dibs.plain_text import is_blank

Row = dict[str, str | None]

YEARS = range(1970, 2200)
MAX_ID = 2**31 - 1
MAX_MINUTES = 24 * 60
MAX_NAME_LENGTH = 200
MAX_FAULT_LENGTH = 200
WALL = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d)(:\d\d)?(?:\.\d+)?)?", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::\d\d)?\s*([ap]m)?", re.ASCII | re.IGNORECASE)
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Unreadable(Exception):
    """A value that can't be read. The text says in one line what is wrong."""

    def __init__(self, fault: str) -> None:
        super().__init__(
            fault if len(fault) <= MAX_FAULT_LENGTH else f"{fault[:MAX_FAULT_LENGTH]}…"
        )


def decode_text(value: bytes | str) -> str:
    """Return the bytes as text. They are read as UTF-8, or else as cp1252, which old sites use."""
    if isinstance(value, str):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace")


def clean_text(value: str | None) -> str:
    """Return the text with its HTML entities decoded, and without unprintable characters. UTF-8
    that was read as Latin 1 is repaired."""
    return UNPRINTABLE.sub("", html.unescape(_repair_encoding(value or ""))).strip()


def clean_line(value: str | None) -> str:
    """Return the cleaned text as one line. It is empty if nothing in it can be seen."""
    line = " ".join(clean_text(value).split())
    return "" if is_blank(line) else UNPRINTABLE_IN_LINE.sub("", line)


def _repair_encoding(text: str) -> str:
    """Repair UTF-8 that was read as Latin 1: "MÃ¼ller" becomes "Müller". Other texts stay the
    same."""
    try:
        return b"".join(map(_byte, text)).decode()
    except UnicodeError:
        return text


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def read_number(value: str | None, what: str, *, least: int = 1, most: int = MAX_ID) -> int:
    """Return a whole number. `what` names the value in the error. Raises Unreadable."""
    try:
        number = int(value or "")
    except ValueError:
        raise Unreadable(f"its {what} is {value!r}" if value else f"it has no {what}") from None
    if not least <= number <= most:
        raise Unreadable(f"its {what} is {number}")
    return number


def read_price(value: str | None) -> Decimal | None:
    """Return a price, or None for an empty value. Raises Unreadable."""
    if not value:
        return None
    try:
        price = Decimal(value)
    except InvalidOperation:
        raise Unreadable(f"its price is {value!r}") from None
    if not price.is_finite() or not 0 <= price < 10**9:
        raise Unreadable(f"its price is {value}")
    return price.quantize(Decimal("0.01"))


def read_wall_time(value: str | None, what: str) -> datetime:
    """Return a local time without a zone. A date without a time means midnight at its beginning.
    Raises Unreadable."""
    if not value:
        raise Unreadable(f"it has no {what}")
    match = WALL.fullmatch(value.strip())
    try:
        wall = datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}") if match else None
    except ValueError:
        wall = None
    if wall is None or wall.year not in YEARS:
        raise Unreadable(f"its {what} is {value!r}")
    return wall


def read_day(value: str | None, what: str) -> date:
    """Return a date. Raises Unreadable."""
    return read_wall_time(value, what).date()


def read_minute(value: object) -> int:
    """Return a time of day in minutes since midnight. Raises Unreadable."""
    match = CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise Unreadable(f"{value!r} is no time of day")
    hour, minute, half = int(match[1]), int(match[2]), (match[3] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise Unreadable(f"{value!r} is no time of day")
        hour = hour % 12 + (12 if half == "pm" else 0)
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise Unreadable(f"{value!r} is no time of day")
    return hour * 60 + minute
