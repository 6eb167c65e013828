"""The types of fields in the native API. They are strict: `true` and "1" are not 1."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from dibs import email_address, language_tag, phone_number
from dibs.availability.wall import is_zone
from dibs.errors import FieldError, Invalid
from dibs.language_tag import is_language_tag
from dibs.phone_number import tidy_phone
from dibs.plain_text import is_blank, unprintable_in

#: Years that are accepted. Near the ends of the calendar, adding a duration could raise
#: OverflowError.
YEARS = range(2000, 2200)
#: All ids are below this number.
TOO_LARGE_ID = 2**31

RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:(\.\d{1,6})\d*)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
QUESTION_ID = re.compile(r"[a-z0-9_-]{1,40}")
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def fault(code: str, said: str = "It is not as it should be.") -> PydanticCustomError:
    """Return a fault of a field, with a code for programs and a sentence for people."""
    return PydanticCustomError("dibs", "{said}", {"code": code, "said": said})


def parse_instant(value: Any) -> datetime:
    """Return the instant, in UTC, of an RFC 3339 text with an offset."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise fault("wrong_type")
    match = RFC3339.fullmatch(value)
    if match is None:
        raise fault("invalid_instant")
    day, time, fraction, offset = match.groups()
    try:
        local = datetime.fromisoformat(f"{day}T{time}{fraction or ''}{offset.upper()}")
        instant = local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise fault("invalid_instant") from None
    if instant.year not in YEARS:
        raise fault("out_of_range")
    return instant


def parse_day(value: Any) -> date:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise fault("wrong_type")
    day = day_or_none(value)
    if day is None:
        raise fault("invalid_date")
    return day


def day_or_none(text: str) -> date | None:
    """Return the date of a text like YYYY-MM-DD, or None for any other text."""
    if DAY.fullmatch(text) is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def parse_id(value: Any) -> int:
    """Return the id in a path or a query, where it has digits only. A number that is too long
    becomes TOO_LARGE_ID, which is the id of nothing."""
    if isinstance(value, int):
        return value
    if not (isinstance(value, str) and value.isascii() and value.isdecimal()):
        raise fault("wrong_type")
    return int(value) if len(value) <= 10 else TOO_LARGE_ID


def _check_printable(text: str) -> str:
    text = text.strip()
    found = unprintable_in(text)
    if found is not None:
        raise fault("malformed", f"It has a character that can't be printed in a line: {found}.")
    if is_blank(text):
        raise fault("required", "It is empty.")
    return text


def _check_email(text: str) -> str:
    address = email_address.read_address(text)
    if address is None:
        raise fault("invalid_email", "It is no e-mail address like name@example.com.")
    return address


def _check_phone(text: str) -> str:
    """Return a phone number as it was typed. Whether it is valid is checked later, when the country
    of the business is known."""
    text = tidy_phone(text)
    return _check_printable(text) if text else ""


def _check_language(text: str) -> str:
    if not is_language_tag(text):
        raise fault("invalid_language", "It is no tag of a language like de-AT.")
    return text


def _check_zone(name: str) -> str:
    if not is_zone(name):
        raise fault("invalid_time_zone", "It is no time zone like Europe/Berlin.")
    return name


def _check_answers(answers: dict[Any, Any]) -> dict[Any, Any]:
    if not all(QUESTION_ID.fullmatch(each) for each in answers):
        raise fault("unknown_question", "There is no such question.")
    return answers


Instant = Annotated[datetime, BeforeValidator(parse_instant)]
Day = Annotated[date, BeforeValidator(parse_day)]
Id = Annotated[int, Field(ge=1, lt=TOO_LARGE_ID)]
AddressId = Annotated[int, BeforeValidator(parse_id), Field(ge=0)]
Seq = Annotated[int, Field(ge=0, lt=2**53)]
Seconds = Annotated[int, Field(ge=1, le=3600)]
MAX_NAME_LENGTH = 200
MAX_ZONE_LENGTH = 64
MAX_ANSWERS = 100


def _text(longest: int) -> StringConstraints:
    """Return the constraints of a text. Spaces around the text don't count."""
    return StringConstraints(strip_whitespace=True, max_length=longest)


ShortText = Annotated[str, _text(MAX_NAME_LENGTH), AfterValidator(_check_printable)]
Email = Annotated[
    str,
    _text(email_address.MAX_LENGTH),
    AfterValidator(_check_printable),
    AfterValidator(_check_email),
]
#: The answers to questions are checked later, when the service is known.
FormAnswers = Annotated[
    dict[Any, Any], Field(max_length=MAX_ANSWERS), AfterValidator(_check_answers)
]
Phone = Annotated[str, _text(phone_number.MAX_LENGTH), AfterValidator(_check_phone)]

LanguageTag = Annotated[
    str,
    _text(language_tag.MAX_LENGTH),
    AfterValidator(_check_language),
]
Zone = Annotated[str, _text(MAX_ZONE_LENGTH), AfterValidator(_check_zone)]

#: A secret of 128 random bits or more, in hex, base64 or the like.
SECRET = re.compile(r"[A-Za-z0-9._~+/=-]{16,256}")


def bearer(authorization: str | None, field: str = "authorization") -> str | None:
    """Return the secret of an Authorization header, or None without this header. Raises Invalid."""
    if authorization is None:
        return None
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Invalid(FieldError(field, "malformed"))
    return secret_of(secret.strip(), field)


def secret_of(text: str, field: str) -> str:
    if SECRET.fullmatch(text) is None:
        raise Invalid(FieldError(field, "malformed"))
    return text
