"""The words of letters to customers that the owner has changed, as they are stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

#: The parts of a letter that the owner can change. The subject is one line. The opening and the
#: closing may have several paragraphs.
WordsPart = Literal["subject", "opening", "closing"]
WORDS_PARTS: tuple[WordsPart, ...] = ("subject", "opening", "closing")
#: Most characters of each part as the owner writes it, and after its variables have been replaced.
MAX_LENGTHS = {"subject": 200, "opening": 2_000, "closing": 2_000}
MAX_WRITTEN = {"subject": 2_000, "opening": 20_000, "closing": 20_000}
#: The kind of a letter, and a language like `de`.
WordsKey = tuple[str, str]


@dataclass(frozen=True)
class LetterWords:
    """The changed words of one kind of letter in one language. Texts may have variables. Where a
    text is empty, the letter has the standard words."""

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
    """Return the words as they were typed, but with all line breaks as \\n."""
    opening, closing = (each.replace("\r\n", "\n") for each in (opening, closing))
    return LetterWords(subject, opening, closing)
