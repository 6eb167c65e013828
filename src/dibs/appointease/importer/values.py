"""Values of another system's rows, forgiving in form and strict in meaning."""

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
    """Says what is wrong with a value, in a line."""

    def __init__(self, fault: str) -> None:
        super().__init__(
            fault if len(fault) <= MAX_FAULT_LENGTH else f"{fault[:MAX_FAULT_LENGTH]}…"
        )


def decoded(value: bytes | str) -> str:
    """UTF-8, or what old sites write instead."""
    if isinstance(value, str):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace")


def tidy(value: str | None) -> str:
    """A text as a person would read it: entities resolved, UTF-8 that was taken for Latin 1 read
    again, nothing unprintable."""
    return UNPRINTABLE.sub("", html.unescape(_read_again(value or ""))).strip()


def one_line(value: str | None) -> str:
    line = " ".join(tidy(value).split())
    return "" if is_blank(line) else UNPRINTABLE_IN_LINE.sub("", line)


def _read_again(text: str) -> str:
    """ "MÃ¼ller" is "Müller" in UTF-8 that was read as Latin 1; other texts stay as they are."""
    try:
        return b"".join(map(_byte, text)).decode()
    except UnicodeError:
        return text


def _byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def a_number(value: str | None, what: str, *, least: int = 1, most: int = MAX_ID) -> int:
    """Raises Unreadable."""
    try:
        number = int(value or "")
    except ValueError:
        raise Unreadable(f"its {what} is {value!r}" if value else f"it has no {what}") from None
    if not least <= number <= most:
        raise Unreadable(f"its {what} is {number}")
    return number


def a_price(value: str | None) -> Decimal | None:
    """Raises Unreadable."""
    if not value:
        return None
    try:
        price = Decimal(value)
    except InvalidOperation:
        raise Unreadable(f"its price is {value!r}") from None
    if not price.is_finite() or not 0 <= price < 10**9:
        raise Unreadable(f"its price is {value}")
    return price.quantize(Decimal("0.01"))


def a_wall_time(value: str | None, what: str) -> datetime:
    """A naive time; a date alone is its midnight. Raises Unreadable."""
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


def a_day(value: str | None, what: str) -> date:
    """Raises Unreadable."""
    return a_wall_time(value, what).date()


def a_minute(value: object) -> int:
    """A time of day in minutes. Raises Unreadable."""
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
