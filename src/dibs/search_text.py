"""Folds text for searching: without capitals, accents, and the signs between digits of phone
numbers.

Each database folds letters in its own way, and SQLite folds only those of ASCII. So text that can
be searched is folded here, and stored folded.
"""

from __future__ import annotations

import re
import unicodedata

from dibs.plain_text import replace_digits

#: Letters that Unicode doesn't split into a plain letter and an accent, though people type the
#: plain letter for them.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i"})
#: What people write between the digits of a phone number.
BETWEEN_DIGITS = re.compile(r"[\s()./+–-]+")
#: The least number of digits that make a search one for a phone number.
MIN_DIGITS = 3
#: Most words of a search that are used. Nobody types more.
MAX_WORDS = 8


def fold(text: str) -> str:
    """Return the text without capitals, accents and repeated spaces."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in parts if not unicodedata.combining(each))
    return " ".join(letters.translate(PLAIN).split())


def digits_of(phone: str) -> str:
    return BETWEEN_DIGITS.sub("", fold(phone))


def folded_words(query: str) -> list[str]:
    """Return the words of a search, all of which have to be found somewhere.

    A phone number is one word, however it is written. The zeros at its beginning, which are dialled
    only within a country or to another country, are left out.
    """
    joined = replace_digits(digits_of(query))
    if joined.isdecimal() and len(joined) >= MIN_DIGITS:
        dialled = joined.lstrip("0")
        return [dialled if len(dialled) >= MIN_DIGITS else joined]
    return fold(query).split()[:MAX_WORDS]
