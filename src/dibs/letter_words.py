"""The words of a letter to customers that its owner has changed, as they are stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

#: What an owner can change. The subject is one line; the opening and the closing may have several
#: paragraphs.
WordsPart = Literal["subject", "opening", "closing"]
WORDS_PARTS: tuple[WordsPart, ...] = ("subject", "opening", "closing")
#: Characters of each as its owner writes it, and as it may become with names in place of variables.
MAX_LENGTHS = {"subject": 200, "opening": 2_000, "closing": 2_000}
MAX_WRITTEN = {"subject": 2_000, "opening": 20_000, "closing": 20_000}
#: The kind of the letter, and the language like `de`.
WordsKey = tuple[str, str]


@dataclass(frozen=True)
class LetterWords:
    """Texts with variables. Where one is empty, the standard words stand."""

    subject: str = ""
    opening: str = ""
    closing: str = ""

    def __bool__(self) -> bool:
        return any(self.as_table().values())

    def part(self, name: WordsPart) -> str:
        return str(getattr(self, name))

    def as_table(self) -> dict[str, str]:
        return asdict(self)


def read_words(subject: str, opening: str, closing: str) -> LetterWords:
    """The words as they were typed, with line breaks of one kind."""
    opening, closing = (each.replace("\r\n", "\n") for each in (opening, closing))
    return LetterWords(subject, opening, closing)
