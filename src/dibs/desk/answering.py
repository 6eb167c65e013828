"""Checks a customer's answers against the questions of a service. It has no side effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from dibs.errors import FieldError, Invalid
from dibs.ledger.answers import NO_ANSWERS, Answer, Answers
from dibs.ledger.translations import language_in
from dibs.plain_text import is_blank, unprintable_in

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.ledger.catalog import Catalog
    from dibs.ledger.questions import Question

#: How many characters an answer may have, by the kind of its question.
MAX_LENGTHS = {"text": 500, "long_text": 5_000}
#: A number may be between minus this and this.
MAX_NUMBER = 1_000_000_000_000
VERSION_LENGTH = 16


@dataclass(frozen=True)
class FilledForm:
    """What a customer has sent besides their name and contact: `answers` by the ids of the
    questions, as JSON values, and whether they accept the terms. `terms_version` says which text of
    the terms they have read; it is None if the client doesn't say that."""

    answers: Mapping[str, object] = field(default_factory=dict)
    has_accepted_terms: bool = False
    terms_version: str | None = None


class _Fault(Exception):
    def __init__(self, code: str, limit: int | None = None) -> None:
        self.code, self.limit = code, limit


def check_form(
    form: FilledForm | None, catalog: Catalog, service_id: int, language: str | None, now: datetime
) -> Answers:
    """Check a form, and return what is kept with the booking, in the language of its customer.

    Without a form nobody was asked: the business has booked, or a client that can't ask. Raises
    Invalid, which names all faults.
    """
    service = catalog.known_service(service_id)
    if form is None or service is None:
        return NO_ANSWERS
    shown = catalog.translate_into(language) if language else catalog
    translated = shown.known_service(service_id) or service
    faults = [
        FieldError(f"answers.{each}", "unknown_question")
        for each in form.answers
        if all(each != question.id for question in service.questions)
    ]
    given = []
    for question in service.questions:
        try:
            answer = _check(form.answers.get(question.id), question, language)
        except _Fault as fault:
            faults.append(FieldError(f"answers.{question.id}", fault.code, fault.limit))
            continue
        if answer is not None:
            given.append(Answer(question.id, _translate_question(question, language).label, answer))
    terms = shown.terms_of(translated)
    if terms is not None:
        try:
            terms = _check_terms(form, terms, catalog, service_id)
        except _Fault as fault:
            faults.append(FieldError("accepted_terms", fault.code))
    if faults:
        raise Invalid(*faults)
    return Answers(tuple(given), terms, now if terms is not None else None)


def version_of_terms(terms: str) -> str:
    """Return the version with which a client says which text of the terms its customer has read."""
    return sha256(terms.encode()).hexdigest()[:VERSION_LENGTH]


def _check_terms(form: FilledForm, terms: str, catalog: Catalog, service_id: int) -> str:
    """Return the text that the customer accepts. They may have read it in another language than
    that of their letters. Raises _Fault."""
    if not form.has_accepted_terms:
        raise _Fault("required")
    if form.terms_version in (None, version_of_terms(terms)):
        return terms
    for language in catalog.languages:
        shown = catalog.translate_into(language)
        service = shown.known_service(service_id)
        found = shown.terms_of(service) if service is not None else None
        if found is not None and form.terms_version == version_of_terms(found):
            return found
    raise _Fault("terms_changed")


def is_filled_like(form: FilledForm | None, kept: Answers) -> bool:
    """Tell whether a form has the same answers as those that were kept. A choice in another
    language counts as another answer."""
    if form is None:
        return True
    said = {key: _tidy(value) for key, value in form.answers.items()}
    known = {each.id: each.answer for each in kept.given}
    return {key: value for key, value in said.items() if value is not None} == known


def _translate_question(question: Question, language: str | None) -> Question:
    return question.translate_into(language_in(language)) if language else question


def _tidy(value: object) -> object:
    """Return a text without spaces around it and with line breaks of one kind. Returns None if the
    text is blank, and any other value as it is."""
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return None if is_blank(text) else text


def _check(
    value: object, question: Question, language: str | None
) -> str | bool | int | float | None:
    """Return the answer as it is kept, or None if there is no answer. Raises _Fault."""
    answer = _tidy(value)
    if answer is None:
        if question.required:
            raise _Fault("required")
        return None
    match question.kind:
        case "checkbox":
            return _check_checkbox(answer, question)
        case "number":
            return _check_number(answer)
        case _ if not isinstance(answer, str):
            raise _Fault("wrong_type")
        case "choice":
            return _find_choice(answer, question, language)
        case kind:
            return _check_text(answer, MAX_LENGTHS[kind], has_lines=kind == "long_text")


def _check_checkbox(answer: object, question: Question) -> bool:
    if not isinstance(answer, bool):
        raise _Fault("wrong_type")
    if question.required and not answer:
        raise _Fault("required")
    return answer


def _check_number(answer: object) -> int | float:
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise _Fault("wrong_type")
    if not -MAX_NUMBER <= answer <= MAX_NUMBER:
        raise _Fault("out_of_range")
    # 2.0 and -0.0 are read as 2 and 0.
    return int(answer) if answer == int(answer) else answer


def _check_text(answer: str, longest: int, *, has_lines: bool) -> str:
    if len(answer) > longest:
        raise _Fault("too_long", longest)
    line = answer.replace("\n", " ").replace("\t", " ") if has_lines else answer
    if unprintable_in(line) is not None:
        raise _Fault("malformed")
    return answer


def _find_choice(answer: str, question: Question, language: str | None) -> str:
    """Return the choice in the customer's language. The answer may be in any language of the
    question. Raises _Fault."""
    shown = _translate_question(question, language).choices
    others = (each.choices for each in question.translations.values())
    for choices in (shown, question.choices, *others):
        for index, choice in enumerate(choices):
            if choice.strip() == answer:
                return shown[index]
    raise _Fault("unknown_choice")
