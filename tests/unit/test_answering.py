"""Answers are checked against the questions of a service."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dibs.catalog_file import parse
from dibs.desk.answering import FilledForm, check_form, is_filled_like
from dibs.errors import Invalid
from dibs.ledger.answers import NO_ANSWERS, Answer
from tests.support.asking import GERMAN_TERMS, OWN_TERMS, TERMS, build_asking_demo
from tests.support.translated import MARKUP

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
NEEDED: dict[str, Any] = {"hair": "Long", "grown_up": True}
CATALOG = parse(build_asking_demo())


def check(answers: dict[str, Any], language: str | None = None, *, accepts: bool = True) -> Any:
    return check_form(FilledForm(answers, accepts), CATALOG, 1, language, NOW)


def faults(answers: dict[str, Any], *, accepts: bool = True) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        check(answers, accepts=accepts)
    return [(each.field, each.code) for each in refusal.value.errors]


def test_answers_are_kept_in_the_order_of_the_questions() -> None:
    kept = check({"guests": 2.5, **NEEDED, "allergies": " nuts ", "wishes": "a\r\nb\tc"})
    assert kept.given == (
        Answer("allergies", "Do you have allergies?", "nuts"),
        Answer("wishes", MARKUP, "a\nb\tc"),
        Answer("hair", "How long is your hair?", "Long"),
        Answer("grown_up", "I am 18 or older", True),
        Answer("guests", "كم عدد الضيوف؟", 2.5),
    )
    assert (kept.accepted_terms, kept.accepted_at) == (TERMS, NOW)


@pytest.mark.parametrize(
    ("sent", "kept"), [(2.0, "2"), (-0.0, "0"), (-2.5, "-2.5"), (1e12, "1000000000000")]
)
def test_a_whole_number_is_kept_without_a_point(sent: float, kept: str) -> None:
    (answer,) = (each for each in check(NEEDED | {"guests": sent}).given if each.id == "guests")
    assert str(answer.answer) == kept


@pytest.mark.parametrize(
    "text", [MARKUP, "حساسية من المكسرات", "שלום", "👩‍👩‍👧 \u200fx", "' OR 1=1 --"]
)
def test_texts_are_kept_as_they_were_typed(text: str) -> None:
    kept = check(NEEDED | {"allergies": text, "wishes": text})
    assert [each.answer for each in kept.given[:2]] == [text, text]


@pytest.mark.parametrize("choice", ["Long", "Lang", " Lang "])
@pytest.mark.parametrize(
    ("language", "label", "kept_choice", "terms"),
    [
        ("de-AT", "Wie lang ist Ihr Haar?", "Lang", GERMAN_TERMS),
        ("fr", "How long is your hair?", "Long", TERMS),
        (None, "How long is your hair?", "Long", TERMS),
    ],
)
def test_a_choice_of_any_language_is_kept_in_that_of_the_customer(
    choice: str, language: str | None, label: str, kept_choice: str, terms: str
) -> None:
    kept = check(NEEDED | {"hair": choice}, language)
    assert kept.given[0] == Answer("hair", label, kept_choice)
    assert kept.accepted_terms == terms


@pytest.mark.parametrize("nothing", [None, "", "  ", "\n", "\u200b"])
def test_what_is_blank_is_no_answer(nothing: object) -> None:
    assert len(check(NEEDED | {"allergies": nothing, "guests": nothing}).given) == 2
    assert faults(NEEDED | {"hair": nothing}) == [("answers.hair", "required")]


@pytest.mark.parametrize(
    ("key", "answer", "code"),
    [
        ("allergies", "x" * 501, "too_long"),
        ("allergies", "a\nb", "malformed"),
        ("allergies", "a\u202eb", "malformed"),
        ("allergies", "a\0b", "malformed"),
        ("allergies", "a\ud800", "malformed"),
        ("allergies", 5, "wrong_type"),
        ("allergies", True, "wrong_type"),
        ("allergies", ["nuts"], "wrong_type"),
        ("allergies", {"a": {"b": 1}}, "wrong_type"),
        ("wishes", "x" * 5_001, "too_long"),
        ("wishes", "a\n\x1bb", "malformed"),
        ("hair", "Medium", "unknown_choice"),
        ("hair", "long", "unknown_choice"),
        ("hair", 1, "wrong_type"),
        ("hair", ["Long"], "wrong_type"),
        ("grown_up", False, "required"),
        ("grown_up", "true", "wrong_type"),
        ("grown_up", 1, "wrong_type"),
        ("guests", "2", "wrong_type"),
        ("guests", True, "wrong_type"),
        ("guests", float("nan"), "out_of_range"),
        ("guests", float("inf"), "out_of_range"),
        ("guests", 10**400, "out_of_range"),
        ("guests", -(10**13), "out_of_range"),
        ("shoes", "x", "unknown_question"),
    ],
)
def test_a_fault_names_its_question(key: str, answer: object, code: str) -> None:
    assert faults(NEEDED | {key: answer}) == [(f"answers.{key}", code)]


def test_all_faults_are_told_at_once() -> None:
    assert faults({"guests": "many"}, accepts=False) == [
        ("answers.hair", "required"),
        ("answers.grown_up", "required"),
        ("answers.guests", "wrong_type"),
        ("accepted_terms", "required"),
    ]


def test_terms_of_a_service_stand_instead_of_those_of_the_business() -> None:
    kept = check_form(FilledForm({}, True), CATALOG, 2, "de", NOW)
    assert (kept.given, kept.accepted_terms) == ((), OWN_TERMS)


def test_who_was_not_asked_has_answered_nothing() -> None:
    assert check_form(None, CATALOG, 1, None, NOW) == NO_ANSWERS
    assert check_form(FilledForm({"x": 1}), CATALOG, 99, None, NOW) == NO_ANSWERS
    nothing = replace(CATALOG, business=replace(CATALOG.business, terms=None))
    assert check_form(FilledForm(), nothing, 3, None, NOW) == NO_ANSWERS
    assert check_form(FilledForm({}, True), nothing, 3, None, NOW) == NO_ANSWERS


def test_the_same_form_again_is_known() -> None:
    kept = check(NEEDED | {"allergies": " nuts "})
    assert is_filled_like(FilledForm(NEEDED | {"allergies": "nuts", "wishes": ""}, True), kept)
    assert is_filled_like(None, kept)
    assert not is_filled_like(FilledForm(NEEDED, True), kept)
    assert not is_filled_like(FilledForm(NEEDED | {"allergies": "milk"}, True), kept)
