"""The tables of questions in a catalog file: their keys, their faults, and how they are read and
written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from dibs.catalog_file.table import Table, Translated
from dibs.catalog_file.values import Name, QuestionId, unit
from dibs.ledger.questions import Question, QuestionKind, QuestionTexts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    #: The place of a fault, as a path of keys, and a text that says what is wrong.
    Fault = tuple[tuple[str | int, ...], str]

MAX_QUESTIONS = 20
MIN_CHOICES = 2
MAX_CHOICES = 50

Choices = Annotated[
    list[Annotated[Name, Field(json_schema_extra=unit("texts"))]], Field(max_length=MAX_CHOICES)
]


class QuestionTextsTable(Table):
    """The texts of a question in another language, like `[services.questions.translations.de]`,
    below its `[[services.questions]]`."""

    label: Name | None = Field(None, description="The question that customers read.")
    choices: Choices = Field([], description="All choices, in the order of the original ones.")


class QuestionTable(Table):
    """One table for each question that customers are asked when they book the service, below its
    `[[services]]`: at most 20. They read them in this order.
    [Ask customers questions](../how-to/questions.md) shows how."""

    id: QuestionId = Field(
        description="The name by which programs answer the question: small letters from a to z,"
        " digits, `_` and `-`. No other question of the service may have it."
    )
    label: Name = Field(description="The question that customers read. It must not be blank.")
    kind: QuestionKind = Field(
        description="What the answer is: a line of text, several lines, one of the `choices`, a"
        " box that is ticked or not, or a number."
    )
    required: bool = Field(
        False,
        description="Whether customers can only book with an answer. A checkbox has to be ticked"
        " then.",
    )
    choices: Choices = Field(
        [],
        description="What customers choose from, for the kind `choice`: at least two, each once."
        " Other kinds have none.",
    )
    translations: Translated[QuestionTextsTable] = Field(
        {}, description="Its texts in other languages: a table for each."
    )


def find_question_faults(questions: Sequence[QuestionTable]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, question in enumerate(questions):
        if question.id in seen:
            yield (index, "id"), f"question {question.id} is there twice"
        seen.add(question.id)
        for where, what in _faults_of_choices(question):
            yield (index, *where), what


def _faults_of_choices(question: QuestionTable) -> Iterator[Fault]:
    if question.kind != "choice":
        if question.choices:
            yield ("choices",), "only questions of the kind choice have choices"
    elif len(question.choices) < MIN_CHOICES:
        yield ("choices",), "there are less than two choices"
    yield from _find_repeated_choices(("choices",), question.choices)
    for language, texts in question.translations.items():
        where = ("translations", language, "choices")
        if texts.choices and len(texts.choices) != len(question.choices):
            here, there = len(texts.choices), len(question.choices)
            told = f"the question has {there} choices, and this language {here}"
            yield where, f"{told}: write one for each"
        yield from _find_repeated_choices(where, texts.choices)


def _find_repeated_choices(where: tuple[str | int, ...], choices: Sequence[str]) -> Iterator[Fault]:
    for choice in dict.fromkeys(choices):
        if choices.count(choice) > 1:
            yield where, f"choice {choice} is there twice"


def make_question(table: QuestionTable) -> Question:
    return Question(
        id=table.id,
        label=table.label,
        kind=table.kind,
        required=table.required,
        choices=tuple(table.choices),
        translations={
            language: QuestionTexts(texts.label or "", tuple(texts.choices))
            for language, texts in sorted(table.translations.items())
            if texts.label or texts.choices
        },
    )


def question_table(question: Question) -> dict[str, Any]:
    """Return the question as a table for JSON. It has all keys of the catalog file, also those with
    the default value."""
    return {
        "id": question.id,
        "label": question.label,
        "kind": question.kind,
        "required": question.required,
        "choices": list(question.choices),
        "translations": {
            language: texts_table(texts) for language, texts in question.translations.items()
        },
    }


def texts_table(texts: QuestionTexts) -> dict[str, Any]:
    """Return the translated texts as a table, without keys that are not translated."""
    table = {"label": texts.label, "choices": list(texts.choices)}
    return {key: value for key, value in table.items() if value}
