"""Answers about letters and their words."""

from __future__ import annotations

from typing_extensions import TypedDict

from dibs.letters.calendar_notice import NoticeKind
from dibs.letters.letter import LetterKind, Recipient


class LetterOut(TypedDict):
    kind: LetterKind | NoticeKind
    recipient: Recipient
    subject: str
    text: str


class LettersOut(TypedDict):
    language: str
    languages: list[str]
    can_be_sent: bool
    letters: list[LetterOut]


class TestLetterOut(TypedDict):
    to: str


class WordsOut(TypedDict):
    """The words of a letter, as the owner writes them. Where one is empty, the standard words
    stand."""

    subject: str
    opening: str
    closing: str


class VariableOut(TypedDict):
    """A variable, which the words of a letter can have as `{{ name }}`."""

    name: str
    means: str


class WordsFaultOut(TypedDict):
    """Why a part of the stored words can't be used. The standard words stand in its place."""

    field: str
    code: str
    detail: str


class LetterWordsOut(TypedDict):
    """The words of a letter to customers in one language."""

    kind: LetterKind
    language: str
    version: str
    words: WordsOut
    standard: WordsOut
    variables: list[VariableOut]
    faults: list[WordsFaultOut]


class ChangedWordsOut(TypedDict):
    kind: str
    language: str
    faults: list[WordsFaultOut]


class ChangedLettersOut(TypedDict):
    """The letters whose words are not the standard ones."""

    languages: list[str]
    changed: list[ChangedWordsOut]


class LetterPreviewOut(TypedDict):
    """A letter about an appointment that nobody has."""

    subject: str
    text: str
    html: str
