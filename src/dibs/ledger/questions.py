"""Questions that customers are asked when they book, as the catalog has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The kind of the answer: one line, several lines, one of the choices, ticked or not, or a number.
QuestionKind = Literal["text", "long_text", "choice", "checkbox", "number"]


@dataclass(frozen=True)
class QuestionTexts:
    """The texts of a question in another language. An empty text stays in that of the business."""

    label: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """`id` is unique among the questions of a service. A checkbox that is `required` has to be
    ticked. Only a question of the kind `choice` has `choices`."""

    id: str
    label: str
    kind: QuestionKind
    required: bool = False
    choices: tuple[str, ...] = ()
    translations: Mapping[str, QuestionTexts] = field(default_factory=dict)

    def translate_into(self, language: str) -> Question:
        """Return the question with its texts in a language (`de`), as far as there are
        translations."""
        texts = self.translations.get(language)
        if texts is None:
            return self
        return replace(self, label=texts.label or self.label, choices=texts.choices or self.choices)

    def list_untranslated(self, language: str) -> list[str]:
        """Return the keys of the texts that have no translation into a language."""
        texts = self.translations.get(language, QuestionTexts())
        keys = [] if texts.label else [f"questions.{self.id}"]
        if self.choices and not texts.choices:
            keys.append(f"questions.{self.id}.choices")
        return keys


def write_questions(questions: Iterable[Question]) -> str:
    """Return questions as a text for the database. The same questions give the same text."""
    tables = [asdict(each) for each in questions]
    return orjson.dumps(tables, option=orjson.OPT_SORT_KEYS).decode()


def read_questions(text: str) -> tuple[Question, ...]:
    return tuple(
        Question(
            id=table["id"],
            label=table["label"],
            kind=table["kind"],
            required=table["required"],
            choices=tuple(table["choices"]),
            translations={
                language: QuestionTexts(texts["label"], tuple(texts["choices"]))
                for language, texts in table["translations"].items()
            },
        )
        for table in orjson.loads(text)
    )
