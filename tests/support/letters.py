"""Reads the HTML and the calendar file of a letter."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from dibs.letters.letter import Letter, WrittenLetter


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["title"] and not self.title:
            self.title = data
        self.texts.append(data)


def read_html(html: str) -> _Reader:
    """Return the tags and the texts of an HTML page, as a browser reads them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def with_names(letter: Letter, name: str) -> Letter:
    """Return the letter with this name for everything in it that has a name."""
    appointment = replace(
        letter.appointment, service=name, resource=name, place=name, customer_name=name
    )
    business = replace(letter.business, name=name)
    return replace(letter, appointment=appointment, business=business)


def unfold(file: bytes) -> list[str]:
    """Return the lines of a calendar file as they were before they were folded."""
    return file.decode().replace("\r\n ", "").split("\r\n")


def calendar_of(written: WrittenLetter) -> bytes:
    assert written.calendar is not None
    return written.calendar
