"""Reads phone numbers as people write them, and writes them so that every phone can dial them.

A number must have as many digits as a number of its country can have. It is not checked whether the
number exists, because lists of existing numbers are never up to date.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from phonenumbers import (
    SUPPORTED_REGIONS,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
    format_number,
    is_possible_number_with_reason,
    is_valid_number,
    parse,
)

#: Most characters of a number as it is typed.
MAX_LENGTH = 40
#: Invisible characters that phones paste around a number to keep its digits in order.
PASTED = "\u200e\u200f\u202a\u202c\u2066\u2069\ufeff"
#: How many digits a number may have if its country isn't known.
NATIONAL_DIGITS = range(4, 17)
NATIONAL = re.compile(r"[\d ()./-]+")
LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Phone:
    """A phone number. `typed` is the text without invisible characters around it. `e164` is None if
    the country isn't known, or if the area code is missing."""

    typed: str
    e164: str | None


def tidy_phone(text: str) -> str:
    """Return a number without invisible characters around it, and with ordinary spaces in place of
    other ones."""
    spaced = "".join(" " if unicodedata.category(each) == "Zs" else each for each in text)
    return spaced.strip(PASTED + " ").strip()


def is_country(code: str) -> bool:
    """Tell whether the phone numbers of this country are known. A code has two capital letters, as
    in ISO 3166."""
    return code in SUPPORTED_REGIONS


def read_phone(text: str, country: str | None = None) -> Phone | None:
    """Read a number that somebody has typed. Without a + it is a number of `country`.

    Returns None if it can't be a phone number.
    """
    typed = tidy_phone(text)
    found = _parse_or_none(typed, country)
    if typed.lstrip("(").startswith("00") and not (found and is_valid_number(found)):
        # In most countries people write 00 for the +, and some also where 00 is not dialled.
        found = _parse_or_none(typed.replace("00", "+", 1), country) or found
    if found is not None:
        whole = is_possible_number_with_reason(found) == ValidationResult.IS_POSSIBLE
        return Phone(typed, format_number(found, PhoneNumberFormat.E164) if whole else None)
    if country is None and NATIONAL.fullmatch(typed):
        digits = sum(map(str.isdecimal, typed))
        return Phone(typed, None) if digits in NATIONAL_DIGITS else None
    return None


def _parse_or_none(typed: str, country: str | None) -> PhoneNumber | None:
    """Return the number, or None if the text is no number, has too few or too many digits, or has
    words other than the name of an extension."""
    try:
        number = parse(typed, country)
        letter = LETTER.search(typed)
        if letter is not None:
            # Words may only name an extension. They don't mean the digits on the same keys.
            plain = parse(typed[: letter.start()], country)
            if number.extension is None or plain.national_number != number.national_number:
                return None
    except NumberParseException:
        return None
    reason = is_possible_number_with_reason(number)
    possible = (ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY)
    return number if reason in possible else None
