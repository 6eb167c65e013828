"""The types of values in a catalog file. Each refuses a wrong value with a message."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue

from dibs.appearance import MAX_RADIUS
from dibs.availability.wall import is_zone
from dibs.colours import is_colour
from dibs.email_address import read_address
from dibs.language_tag import is_language_tag
from dibs.ledger.catalog import STAFF_LETTERS, StaffLetter, read_hours
from dibs.letters.languages import catalogs
from dibs.phone_number import is_country
from dibs.plain_text import is_blank, unprintable_in

if TYPE_CHECKING:
    from dibs.availability.hours import WallInterval

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
A_DAY = 24 * 60
A_YEAR = 366
MAX_REMINDERS = 5
MAX_REMINDER = 30 * A_DAY
PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]{2})?")
CURRENCY = re.compile(r"[A-Z]{3}")
QUESTION_ID = re.compile(r"[a-z0-9_-]+")


def _check_zone(name: str) -> str:
    if not is_zone(name):
        raise ValueError(f"'{name}' is no IANA time zone like Europe/Berlin")
    return name


def _check_hours(hours: list[str]) -> list[str]:
    if any(later.opens < earlier.closes for earlier, later in pairwise(intervals(hours))):
        raise ValueError("opening hours overlap")
    return hours


def intervals(hours: list[str]) -> tuple[WallInterval, ...]:
    return tuple(sorted(read_hours(" ".join(hours))))


def _check_day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(f"'{text}' is not a date like 2026-12-24")
    return text


def _check_line(text: str) -> str:
    """Refuse text that is more than one line, because names are written into mail headers and into
    lines of lists."""
    found = unprintable_in(text)
    if found is not None:
        raise ValueError(f"has to be one line that can be printed, and has {found}")
    return text


def _check_text(text: str) -> str:
    found = unprintable_in(text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))
    if found is not None:
        raise ValueError(f"has a character that can't be printed: {found}")
    return text


def _check_not_blank(text: str) -> str:
    if is_blank(text):
        raise ValueError("is blank: write a name that can be seen")
    return text


def _check_price(value: Any) -> Any:
    if not isinstance(value, str) or PRICE.fullmatch(value) is None:
        raise ValueError('write the amount in quotes, with two decimals or none: "75.00" or "75"')
    return value


def _check_currency(value: Any) -> Any:
    if not isinstance(value, str) or CURRENCY.fullmatch(value) is None:
        raise ValueError('write the three capital letters of a currency, like "EUR"')
    return value


def _check_country(value: Any) -> Any:
    if not isinstance(value, str) or not is_country(value):
        raise ValueError('write the two capital letters of a country, like "DE"')
    return value


def _check_email(text: str) -> str:
    address = read_address(text)
    if address is None:
        raise ValueError(f"'{text}' is no e-mail address like desk@example.com")
    return address


def _check_language(tag: str) -> str:
    known = sorted(catalogs())
    if not is_language_tag(tag) or tag.partition("-")[0].lower() not in known:
        raise ValueError(f"it must be one of {', '.join(known)}, or begin with it like en-GB")
    return tag


def _check_translation(tag: str) -> str:
    known = sorted(catalogs())
    if tag not in known:
        raise ValueError(f"'{tag}' is no language of the booking page: {', '.join(known)}")
    return tag


def _check_picture(text: str) -> str:
    if is_blank(text):
        raise ValueError("is blank: leave the key out if there is no picture")
    return text


def _check_accent(value: Any) -> Any:
    if not isinstance(value, str) or not is_colour(value.lower()):
        raise ValueError('write a colour as six digits from 0 to f, like "#2457c5"')
    return value.lower()


def _check_place(text: str) -> str:
    if is_blank(text):
        raise ValueError("is blank: leave the key out if there is no place")
    return text


def _check_terms(text: str) -> str:
    if is_blank(text):
        raise ValueError("is blank: leave the key out if there are no terms")
    return text


def _check_question_id(text: str) -> str:
    if QUESTION_ID.fullmatch(text) is None:
        raise ValueError("write it with a to z, 0 to 9, _ and - only, like allergies")
    return text


def _sort_letters(letters: list[StaffLetter]) -> list[StaffLetter]:
    _check_once(letters)
    return sorted(letters, key=STAFF_LETTERS.index)


def _sort_reminders(reminders: list[int]) -> list[int]:
    _check_once(reminders)
    return sorted(reminders, reverse=True)


def _check_once(values: list[Any]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{value} is there twice")


def unit(unit: str) -> dict[str, JsonValue]:
    """Return the extra JSON schema that names the unit of a value on the reference page."""
    return {"unit": unit}


Text = Annotated[str, AfterValidator(_check_text)]
Line = Annotated[str, AfterValidator(_check_line), Field(json_schema_extra=unit("one line"))]
Name = Annotated[Line, Field(max_length=200), AfterValidator(_check_not_blank)]
Price = Annotated[str, BeforeValidator(_check_price), Field(json_schema_extra=unit("amount"))]
Currency = Annotated[str, BeforeValidator(_check_currency), Field(json_schema_extra=unit("code"))]
Country = Annotated[str, BeforeValidator(_check_country), Field(json_schema_extra=unit("code"))]
Id = Annotated[int, Field(ge=1, lt=2**31)]
Zone = Annotated[str, AfterValidator(_check_zone), Field(json_schema_extra=unit("IANA time zone"))]
Email = Annotated[
    str, AfterValidator(_check_email), Field(json_schema_extra=unit("e-mail address"))
]
LanguageTag = Annotated[
    str, AfterValidator(_check_language), Field(json_schema_extra=unit("language tag"))
]
#: A language of the booking page, as the key of a table of texts.
TranslationTag = Annotated[
    str, AfterValidator(_check_translation), Field(json_schema_extra=unit("language"))
]
Picture = Annotated[
    Line,
    Field(max_length=400, json_schema_extra=unit("file name")),
    AfterValidator(_check_picture),
]
Accent = Annotated[str, BeforeValidator(_check_accent), Field(json_schema_extra=unit("colour"))]
Radius = Annotated[int, Field(ge=0, le=MAX_RADIUS, json_schema_extra=unit("pixels"))]
Place = Annotated[Text, Field(max_length=500), AfterValidator(_check_place)]
Terms = Annotated[Text, Field(max_length=10_000), AfterValidator(_check_terms)]
QuestionId = Annotated[str, Field(max_length=40), AfterValidator(_check_question_id)]
Letters = Annotated[
    list[Annotated[StaffLetter, Field(json_schema_extra=unit("kinds of letters"))]],
    AfterValidator(_sort_letters),
]
Reminders = Annotated[
    list[Annotated[int, Field(ge=1, le=MAX_REMINDER, json_schema_extra=unit("minutes"))]],
    Field(max_length=MAX_REMINDERS),
    AfterValidator(_sort_reminders),
]
Minutes = Annotated[int, Field(ge=0, le=A_DAY, json_schema_extra=unit("minutes"))]
Notice = Annotated[int, Field(ge=0, le=A_YEAR * A_DAY, json_schema_extra=unit("minutes"))]
SomeMinutes = Annotated[int, Field(ge=1, le=A_DAY, json_schema_extra=unit("minutes"))]
AnswerTime = Annotated[int, Field(ge=1, le=A_YEAR * A_DAY, json_schema_extra=unit("minutes"))]
Days = Annotated[int, Field(ge=0, le=10 * A_YEAR, json_schema_extra=unit("days"))]
OpenHours = Annotated[
    list[Annotated[str, Field(json_schema_extra=unit('"HH:MM-HH:MM"'))]],
    AfterValidator(_check_hours),
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DayText = Annotated[
    str, AfterValidator(_check_day), Field(json_schema_extra=unit('local date "YYYY-MM-DD"'))
]
