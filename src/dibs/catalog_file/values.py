"""The values of a catalog file: their types, and what is said of a wrong one."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue

from dibs.availability.wall import is_zone
from dibs.ledger.catalog import read_hours
from dibs.phone_number import is_country
from dibs.plain_text import is_blank, unprintable_in

if TYPE_CHECKING:
    from dibs.availability.hours import WallInterval

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
A_DAY = 24 * 60
A_YEAR = 366
PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]{2})?")
CURRENCY = re.compile(r"[A-Z]{3}")


def _zone(name: str) -> str:
    if not is_zone(name):
        raise ValueError(f"'{name}' is no IANA time zone like Europe/Berlin")
    return name


def _hours(hours: list[str]) -> list[str]:
    if any(later.opens < earlier.closes for earlier, later in pairwise(intervals(hours))):
        raise ValueError("opening hours overlap")
    return hours


def intervals(hours: list[str]) -> tuple[WallInterval, ...]:
    return tuple(sorted(read_hours(" ".join(hours))))


def _day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(f"'{text}' is not a date like 2026-12-24")
    return text


def _line(text: str) -> str:
    """Names stand in the headers of messages and in lines of lists."""
    found = unprintable_in(text)
    if found is not None:
        raise ValueError(f"has to be one line that can be printed, and has {found}")
    return text


def _lines(text: str) -> str:
    _line(text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))
    return text


def _seen(text: str) -> str:
    if is_blank(text):
        raise ValueError("is blank: write a name that can be seen")
    return text


def _price(value: Any) -> Any:
    if not isinstance(value, str) or PRICE.fullmatch(value) is None:
        raise ValueError('write the amount in quotes, with two decimals or none: "75.00" or "75"')
    return value


def _currency(value: Any) -> Any:
    if not isinstance(value, str) or CURRENCY.fullmatch(value) is None:
        raise ValueError('write the three capital letters of a currency, like "EUR"')
    return value


def _country(value: Any) -> Any:
    if not isinstance(value, str) or not is_country(value):
        raise ValueError('write the two capital letters of a country, like "DE"')
    return value


def unit(unit: str) -> dict[str, JsonValue]:
    """What the reference page says of a value beside its type."""
    return {"unit": unit}


Text = Annotated[str, AfterValidator(_lines)]
Line = Annotated[str, AfterValidator(_line), Field(json_schema_extra=unit("one line"))]
Name = Annotated[Line, Field(max_length=200), AfterValidator(_seen)]
Price = Annotated[str, BeforeValidator(_price), Field(json_schema_extra=unit("amount"))]
Currency = Annotated[str, BeforeValidator(_currency), Field(json_schema_extra=unit("code"))]
Country = Annotated[str, BeforeValidator(_country), Field(json_schema_extra=unit("code"))]
Id = Annotated[int, Field(ge=1, lt=2**31)]
Zone = Annotated[str, AfterValidator(_zone), Field(json_schema_extra=unit("IANA time zone"))]
Minutes = Annotated[int, Field(ge=0, le=A_DAY, json_schema_extra=unit("minutes"))]
Notice = Annotated[int, Field(ge=0, le=A_YEAR * A_DAY, json_schema_extra=unit("minutes"))]
SomeMinutes = Annotated[int, Field(ge=1, le=A_DAY, json_schema_extra=unit("minutes"))]
Days = Annotated[int, Field(ge=0, le=10 * A_YEAR, json_schema_extra=unit("days"))]
OpenHours = Annotated[
    list[Annotated[str, Field(json_schema_extra=unit('"HH:MM-HH:MM"'))]], AfterValidator(_hours)
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DayText = Annotated[
    str, AfterValidator(_day), Field(json_schema_extra=unit('local date "YYYY-MM-DD"'))
]
