"""Every error has a code of its own, a status, and a message for people."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from dibs.errors import CatalogInvalid, DibsError, Invalid, SlotTaken
from dibs.web.errors import status_of

importlib.import_module("dibs.web.problems")  # has some of its own


def family(kind: type[DibsError]) -> Iterator[type[DibsError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


ERRORS = list(family(DibsError))


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in ERRORS]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_the_docstring_is_the_message(kind: type[DibsError]) -> None:
    assert kind.__doc__
    if kind is not CatalogInvalid:  # This error has a detail of its own.
        assert kind().detail == kind.__doc__.partition("\n")[0]
    assert kind.__doc__.partition("\n")[0].endswith(".")


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_only_what_nobody_foresaw_is_a_500(kind: type[DibsError]) -> None:
    at_the_start = {"cannot_start", "database_unusable", "database_too_new", "catalog_invalid"}
    assert (status_of(kind) == 500) == (kind.code in {"error", *at_the_start})


def test_a_text_that_says_more_takes_the_place_of_the_message() -> None:
    assert SlotTaken("Sarah is on holiday.").detail == "Sarah is on holiday."
    assert Invalid(detail="Look again.").detail == "Look again."
