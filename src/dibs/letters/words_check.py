"""Checks the words of a letter before they are stored, by writing sample letters with them.

The customers of the samples have names that could break a letter: with quotes, markup or emoji.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from dibs.letters.context import context_of
from dibs.letters.languages import language_of
from dibs.letters.own_words import find_faults
from dibs.letters.samples import sample_letter
from dibs.letters.variables import MAY_BE_EMPTY, values_of, variables_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dibs.letter_words import LetterWords
    from dibs.letters.letter import LetterKind
    from dibs.letters.own_words import WordsFault

AWKWARD_NAMES = (
    "O'Brien",
    "A: B: C",
    "Doe, Jane <x@y>",
    '"Q"',
    "R&D",
    "<b>x</b>",
    "{{ service }} {% if %}",
    "Zoë 🦊",
    "محمد علي",
    "Eve\r\nBcc: all@example.org",
    "x" * 200,
)
#: How many characters the longest values of variables have: a place or a reason.
LONGEST = 500


def check_words(kind: str, language: str, words: LetterWords) -> list[WordsFault]:
    """Return what is wrong with the words of a letter in a language. If nothing is wrong, the words
    can be used with all samples."""
    return list(find_faults(kind, words, _samples(cast("LetterKind", kind), language)))


@lru_cache(maxsize=64)
def _samples(kind: LetterKind, language: str) -> tuple[Mapping[str, str], ...]:
    """Return samples of the values of variables: one with each of the awkward names, then one where
    all values that can be empty are empty, then one where all values are very long."""
    named = list(_values_with_awkward_names(kind, language))
    return (
        *named,
        {name: "" if name in MAY_BE_EMPTY else value for name, value in named[0].items()},
        {name: _longest(name) for name in variables_of(kind)},
    )


def _values_with_awkward_names(kind: LetterKind, language: str) -> Iterator[Mapping[str, str]]:
    found = language_of(language)
    letter = sample_letter(kind, "customer", language)
    for name in AWKWARD_NAMES:
        appointment = replace(
            letter.appointment, service=name, resource=name, place=name, customer_name=name
        )
        business = replace(letter.business, name=name)
        named = replace(letter, appointment=appointment, business=business)
        yield values_of(context_of(named, found), name)


def _longest(name: str) -> str:
    is_name = name in ("customer_name", "business", "service", "person")
    return "x" * (200 if is_name else LONGEST if name in ("place", "reason") else 100)
