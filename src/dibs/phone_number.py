"""Phone numbers as people write them, and as every phone can dial them.

Whether a number exists is not asked: lists of what has been given out are always behind. It has to
have as many digits as a number of its country can have.
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

#: Characters in all.
MAX_LENGTH = 40
#: Phones paste these around a number to keep its digits in order.
PASTED = "\u200e\u200f\u202a\u202c\u2066\u2069\ufeff"
#: Digits of a number of which the country isn't known.
NATIONAL_DIGITS = range(4, 17)
NATIONAL = re.compile(r"[\d ()./-]+")
LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Phone:
    """`typed` is tidied up only; `e164` is None where the country isn't known."""

    typed: str
    e164: str | None


def tidy_phone(text: str) -> str:
    """Without what is invisible around it, each kind of space an ordinary one."""
    spaced = "".join(" " if unicodedata.category(each) == "Zs" else each for each in text)
    return spaced.strip(PASTED + " ").strip()


def is_country(code: str) -> bool:
    """Whether numbers of this country are known: two capital letters, as in ISO 3166."""
    return code in SUPPORTED_REGIONS


def read_phone(text: str, country: str | None = None) -> Phone | None:
    """The number that somebody has typed; without a + it is one of `country`.

    None if it can't be a phone number.
    """
    typed = tidy_phone(text)
    found = _parse_or_none(typed, country)
    if typed.lstrip("(").startswith("00") and not (found and is_valid_number(found)):
        # So people write a + in most countries, and also where it is not what is dialled there.
        found = _parse_or_none(typed.replace("00", "+", 1), country) or found
    if found is not None:
        whole = is_possible_number_with_reason(found) == ValidationResult.IS_POSSIBLE
        return Phone(typed, format_number(found, PhoneNumberFormat.E164) if whole else None)
    if country is None and NATIONAL.fullmatch(typed):
        digits = sum(map(str.isdecimal, typed))
        return Phone(typed, None) if digits in NATIONAL_DIGITS else None
    return None


def _parse_or_none(typed: str, country: str | None) -> PhoneNumber | None:
    """Raises nothing: what is no number, has the wrong number of digits, or words, is None."""
    try:
        number = parse(typed, country)
        letter = LETTER.search(typed)
        if letter is not None:
            # Words are there to name an extension alone, not for the digits that share their keys.
            plain = parse(typed[: letter.start()], country)
            if number.extension is None or plain.national_number != number.national_number:
                return None
    except NumberParseException:
        return None
    reason = is_possible_number_with_reason(number)
    possible = (ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY)
    return number if reason in possible else None
