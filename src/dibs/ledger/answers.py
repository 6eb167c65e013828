"""The answers that a customer gave and the terms they accepted, as stored with their booking."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from sqlalchemy import Row

NOTHING_SAID = "[]"


@dataclass(frozen=True)
class Answer:
    """The answer to one question, with the label that the customer read. The answer to a choice is
    the text of the choice."""

    id: str
    label: str
    answer: str | bool | int | float

    def as_table(self) -> dict[str, Any]:
        return {"id": self.id, "label": self.label, "answer": self.answer}


@dataclass(frozen=True)
class Answers:
    """The answers of a customer in the order of the questions, and the terms that they accepted,
    with the time."""

    given: tuple[Answer, ...] = ()
    accepted_terms: str | None = None
    accepted_at: datetime | None = field(default=None, compare=False)

    def as_list(self) -> list[dict[str, Any]]:
        return [each.as_table() for each in self.given]


NO_ANSWERS = Answers()


def write_answers(answers: Answers) -> dict[str, Any]:
    """Return the columns of these answers in the row of a booking."""
    return {
        "answers": orjson.dumps(answers.as_list()).decode() if answers.given else NOTHING_SAID,
        "accepted_terms": answers.accepted_terms,
        "terms_accepted_at": answers.accepted_at,
    }


def read_answers(row: Row[*tuple[Any, ...]]) -> Answers:
    if row.answers == NOTHING_SAID and row.accepted_terms is None:
        return NO_ANSWERS
    given = tuple(Answer(**table) for table in orjson.loads(row.answers))
    return Answers(given, row.accepted_terms, row.terms_accepted_at)
