"""Names with characters that are special in mail, HTML or calendars arrive unchanged."""

from __future__ import annotations

import re
from typing import Any

import pytest
import vobject
from icalendar import Calendar

from dibs.letters.letter import Letter
from dibs.letters.samples import sample_business, sample_letter, sample_letters
from dibs.letters.writer import LetterWriter
from tests.support.letters import calendar_of, read_html, unfold, with_names

NAMES = [
    "O'Brien",
    "A: B: C",
    "Doe, Jane <x@y>",
    '"Q"',
    'Alex / "KATT"',
    "R&D",
    "R&amp;D",
    "<b>x</b>",
    "</style><script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %} %(name)s 100 %",
    "Zoë 🦊",
    "דנה כהן",
    "محمد علي",
    r"a\nb, c; d: e\, ^n ^' ^^",
    "x" * 200,
    "🦊" * 100,
]
LETTERS = [*sample_letters("en"), *sample_letters("de")]


def read_event(file: bytes) -> tuple[Any, Any]:
    """Return the entry as two libraries read it."""
    one = Calendar.from_ical(file).walk("VEVENT")[0]
    return one, vobject.readOne(file.decode()).vevent


def read_common_name(line: str) -> str:
    """Return the CN of a line by RFC 6868.

    vobject doesn't know this standard, and icalendar removes backslashes.
    """
    found = re.search('CN=(?:"([^"]*)"|([^;:"]*))', line)
    assert found is not None
    signs = {"^^": "^", "^'": '"', "^n": "\n"}
    return re.sub(r"\^[\^'n]", lambda sign: signs[sign[0]], found[1] or found[2])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("letter", LETTERS, ids=lambda each: f"{each.kind}-{each.recipient}")
def test_a_name_is_the_same_in_text_and_html(name: str, letter: Letter) -> None:
    plain = LetterWriter().write(letter)
    written = LetterWriter().write(with_names(letter, name))
    assert name in written.subject
    # The service, the resource, the place and the sender; letters to staff also name the customer.
    named = 5 if letter.recipient == "staff" else 4
    assert written.text.splitlines().count(name) == named
    page = read_html(written.html)
    assert page.tags == read_html(plain.html).tags
    assert page.texts.count(name) == named
    assert page.title == written.subject


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_the_same_in_a_calendar_file(name: str) -> None:
    letter = with_names(sample_letter("confirmed", "customer"), name)
    file = calendar_of(LetterWriter().write(letter))
    one, other = read_event(file)
    assert str(one["summary"]) == other.summary.value == f"{name}, {name}"
    assert str(one["location"]) == other.location.value == name
    reference = letter.appointment.reference
    assert str(one["description"]) == other.description.value == f"{name}\n{reference}"
    for line in unfold(file):
        if line.startswith(("ORGANIZER", "ATTENDEE")):
            assert read_common_name(line) == name


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_the_same_in_the_letter_with_a_code(name: str) -> None:
    business = with_names(sample_letter("confirmed", "customer"), name).business
    written = LetterWriter().write_code("123456", 10, business, "en")
    plain = LetterWriter().write_code("123456", 10, sample_business(), "en")
    assert name in written.subject
    assert name in written.text.splitlines()
    page = read_html(written.html)
    assert name in page.texts
    assert page.tags == read_html(plain.html).tags


def test_a_line_break_in_a_name_adds_no_header_and_no_line_to_a_calendar_file() -> None:
    """The ledger refuses such a name, but an import may have let it in."""
    name = "Eve\r\nBcc: all@example.org\nATTENDEE:mailto:all@example.org"
    written = LetterWriter().write(with_names(sample_letter("confirmed", "customer"), name))
    assert written.subject.isprintable()
    lines = [line.split(":")[0].split(";")[0] for line in unfold(calendar_of(written))]
    assert lines.count("ATTENDEE") == 1
    assert "Bcc" not in lines


@pytest.mark.parametrize("name", ["a, b; c\\d: e\nf", "🦊" * 100, "x" * 400, "ä" * 300])
def test_a_calendar_file_is_folded_without_splitting_a_character(name: str) -> None:
    file = calendar_of(LetterWriter().write(with_names(sample_letter("moved", "customer"), name)))
    assert file.endswith(b"\r\n")
    lines = file.split(b"\r\n")
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()
    one, other = read_event(file)
    assert str(one["location"]) == other.location.value == name
