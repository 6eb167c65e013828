"""Text as it is searched: without capitals, accents, and what stands between the digits of phones.

Databases fold letters each in their own way, and SQLite only those of ASCII. So what is searched is
folded here, and stored folded.
"""

from __future__ import annotations

import re
import unicodedata

from dibs.plain_text import replace_digits

#: Letters that have no accent by Unicode, though people type them without.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"})
#: What people write between the digits of a phone number.
BETWEEN_DIGITS = re.compile(r"[\s()./+–-]+")
#: With so many digits a search may be for a phone number.
MIN_DIGITS = 3
#: Words of a search that are looked at: nobody types more.
MAX_WORDS = 8


def fold(text: str) -> str:
    """The text without capitals, accents and repeated spaces."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in parts if not unicodedata.combining(each))
    return " ".join(letters.translate(PLAIN).split())


def digits_of(phone: str) -> str:
    return BETWEEN_DIGITS.sub("", fold(phone))


def folded_words(query: str) -> list[str]:
    """What has to be found of a search, each somewhere. A phone number is one word, however it is
    written: also without the zeros that are only dialled within a country, or to another one."""
    joined = replace_digits(digits_of(query))
    if joined.isdecimal() and len(joined) >= MIN_DIGITS:
        dialled = joined.lstrip("0")
        return [dialled if len(dialled) >= MIN_DIGITS else joined]
    return fold(query).split()[:MAX_WORDS]
