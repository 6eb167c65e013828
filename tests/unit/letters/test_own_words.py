"""The words of the owner: which are allowed, and how a letter shows them."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from structlog.testing import capture_logs

from dibs.letter_words import MAX_LENGTHS, LetterWords
from dibs.letters.languages import catalogs
from dibs.letters.letter import LetterKind, WrittenLetter
from dibs.letters.samples import sample_business, sample_letter
from dibs.letters.variables import variables_of
from dibs.letters.words_check import check_words
from dibs.letters.writer import LetterWriter
from dibs.notify.mail import Content, write_message
from tests.support.letters import read_html, with_names
from tests.unit.letters.test_names import NAMES

KINDS: tuple[LetterKind, ...] = get_args(LetterKind)
GREETING = LetterWords(
    "{{ customer_name }}: {{ service }}",
    "Dear {{ customer_name }}\n\nCome to {{ person }}.\nSee {{ manage_link }}!",
    "Bye, {{ business }}",
)


def write(words: LetterWords, kind: LetterKind = "confirmed", name: str = "") -> WrittenLetter:
    letter = replace(sample_letter(kind, "customer"), words=words)
    return LetterWriter().write(with_names(letter, name) if name else letter)


def faults(text: str, part: str = "opening", kind: str = "confirmed") -> list[tuple[str, str]]:
    found = check_words(kind, "en", LetterWords(**{part: text}))
    assert {each.part for each in found} <= {part}
    return [(each.code, each.said) for each in found]


def test_the_words_are_in_text_and_html_around_the_details() -> None:
    written = write(GREETING)
    assert written.subject == "Ann Miller: Deep tissue massage"
    lines = written.text.splitlines()
    said = [lines.index(each) for each in ("Dear Ann Miller", "Sarah Weber", "Bye, Studio Linden")]
    assert said == sorted(said)
    assert "We look forward to seeing you." not in written.text
    assert "Do you have a question?" not in written.text + written.html
    page = read_html(written.html)
    assert page.title == written.subject
    assert "Come to Sarah Weber." in page.texts
    link = "https://book.example.com/manage/K7QF-3XWD#token"
    assert f'<a href="{link}"' in written.html
    assert link in page.texts


def test_what_the_owner_left_empty_is_the_standard() -> None:
    plain = LetterWriter().write(sample_letter("confirmed", "customer"))
    written = write(LetterWords(subject="Hello"))
    assert written.subject == "Hello"
    assert written.text == plain.text
    written = write(LetterWords(closing="Bye"))
    assert written.subject == plain.subject
    assert "We look forward to seeing you." in written.text
    assert "Do you have a question?" not in written.text


@pytest.mark.parametrize("language", sorted(catalogs()))
@pytest.mark.parametrize("kind", KINDS)
def test_the_standard_words_are_words_that_an_owner_can_write(
    kind: LetterKind, language: str
) -> None:
    """Saved unchanged as own words, they give the same letter."""
    writer = LetterWriter()
    letter = sample_letter(kind, "customer", language)
    standard = writer.standard_words(kind, language, letter.business)
    assert all(standard.as_table().values())
    assert check_words(kind, language, standard) == []
    shapes = [letter]
    if kind == "moved":
        shapes.append(replace(letter, former_start=None))
    for shape in shapes:
        plain, own = writer.write(shape), writer.write(replace(shape, words=standard))
        assert (own.subject, own.text) == (plain.subject, plain.text)


@pytest.mark.parametrize("name", [*NAMES, "Eve\r\nBcc: all@example.org"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_name_comes_out_as_it_was_typed(name: str, kind: LetterKind) -> None:
    written = write(GREETING, kind, name)
    shown = name.replace("\r\n", "  ")
    assert f"Dear {shown}" in written.text.splitlines()
    page = read_html(written.html)
    assert f"Dear {shown}" in page.texts
    assert page.tags == read_html(write(GREETING, kind).html).tags
    now = sample_letter(kind, "customer").appointment.changed_at
    content = Content(written.subject, written.text, written.html, None)
    message = write_message("dibs@example.com", "ann@example.org", content, now).email
    subject = " ".join(shown.split())
    assert str(message["Subject"]) == f"{subject}: {subject}"
    assert message["Bcc"] is None


def test_right_to_left_words_stay_as_they_are() -> None:
    words = LetterWords(
        "שלום {{ customer_name }}\u200f", "أهلًا {{ customer_name }}،\n\nنراكم قريبًا"
    )
    assert check_words("confirmed", "ar", words) == []
    written = write(words)
    assert written.subject == "שלום Ann Miller\u200f"
    assert "أهلًا Ann Miller،" in written.text.splitlines()
    assert "نراكم قريبًا" in read_html(written.html).texts


def test_markup_of_the_owner_is_text() -> None:
    written = write(LetterWords(opening="<b>Hi</b> & <script>alert(1)</script>\n\n&lt;"))
    page = read_html(written.html)
    assert "<b>Hi</b> & <script>alert(1)</script>" in page.texts
    assert "&lt;" in page.texts
    assert "script" not in page.tags


def test_a_condition_leaves_out_what_is_empty() -> None:
    words = LetterWords(
        opening="A\n\n{% if place %}At {{ place }}{% else %}Nowhere{% endif %}\n\nB"
    )
    letter = replace(sample_letter("confirmed", "customer"), words=words)
    assert "At Lindenstraße 4, 10969 Berlin" in LetterWriter().write(letter).text
    nowhere = replace(letter, appointment=replace(letter.appointment, place=None))
    assert "\nA\n\nNowhere\n\nB\n" in LetterWriter().write(nowhere).text
    called = replace(letter.appointment, place=None, place_kind="phone")
    assert "At By telephone" in LetterWriter().write(replace(letter, appointment=called)).text
    either = LetterWords(opening="{% if not reason %}no{% elif place %}yes{% endif %}")
    assert check_words("declined", "en", either) == []


def test_the_reason_of_a_declined_request_is_told_once() -> None:
    reason = sample_letter("declined", "customer").reason
    for opening in ("Sorry.", "Sorry: {{ reason }}"):
        written = write(LetterWords(opening=opening), "declined")
        assert written.text.count(reason) == 1
        assert sum(reason in each for each in read_html(written.html).texts) == 1


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("Hi {{ nam }}", "unknown_variable", "line 1: there is no variable nam in this letter"),
        ("a\nb {{ reason }}", "unknown_variable", "line 2: there is no variable reason"),
        ("{{ self }}", "unknown_variable", "there is no variable self"),
        ("{% if nam %}x{% endif %}", "unknown_variable", "there is no variable nam"),
        ("a\n\n{% if place %}", "malformed", "line 3: an {% if … %} has no {% endif %}"),
        ("a {{ service", "malformed", "line 1: a {{ or {% has no end"),
        ("{{ service }", "malformed", "line 1"),
        ("{{ }}", "malformed", "line 1"),
        ("{{ service.__class__ }}", "malformed", "only the name of a variable"),
        ("{{ service[0] }}", "malformed", "only the name of a variable"),
        ("{{ service|upper }}", "malformed", "only the name of a variable"),
        ("{{ service() }}", "malformed", "only the name of a variable"),
        ("{{ 9**9**9 }}", "malformed", "only the name of a variable"),
        ("{{ 'x' * 10**9 }}", "malformed", "only the name of a variable"),
        ("{{ ().__class__.__bases__ }}", "malformed", "only the name of a variable"),
        ("{% if place == 'x' %}x{% endif %}", "malformed", "a condition is the name"),
        ("{% for x in place %}x{% endfor %}", "malformed", "only {% if … %}"),
        ("{% include 'code.txt' %}", "malformed", "only {% if … %}"),
        ("{% import 'code.txt' as x %}", "malformed", "only {% if … %}"),
        ("{% macro x() %}{% endmacro %}", "malformed", "only {% if … %}"),
        ("{% set service = place %}", "malformed", "only {% if … %}"),
        ("{% if place %}" * 6 + "{% endif %}" * 6, "malformed", "5 conditions"),
        ("{{" + "(" * 1900 + "service", "malformed", "too much within each other"),
        (" \n ", "malformed", "it is blank"),
        ("a\x07b", "malformed", "line 1: U+0007 can't be printed"),
        ("x\ny\u202e", "malformed", "line 2: U+202E can't be printed"),
        ("x" * 2001, "too_long", "it has more than 2000 characters"),
        ("{{ service }}" * 150, "too_long", "it becomes too long with the names in it"),
    ],
)
def test_what_can_not_be_used_is_named_with_its_line(text: str, code: str, said: str) -> None:
    ((found, why),) = faults(text)
    assert (found, said in why) == (code, True), why


def test_a_subject_is_one_line_and_never_blank() -> None:
    assert faults("x" * 201, "subject") == [("too_long", "it has more than 200 characters")]
    assert faults("a\nBcc: x", "subject") == [("malformed", "a subject is one line")]
    ((code, said),) = faults("{{ place }}", "subject")
    assert (code, "there is nothing in it" in said) == ("malformed", True)
    assert faults("{{ service }}", "subject") == []


@pytest.mark.alone
def test_no_text_keeps_the_server_busy() -> None:
    """The slowest texts within the limit of length."""
    limit = MAX_LENGTHS["opening"]
    nasty = [
        "{{" * 1000,
        "{%" * 1000,
        "{#" * 1000,
        "{{ not " + "not " * 480,
        "(" * limit,
        " " * limit,
    ]
    nasty += ["{% if place %}" * 140, "{{ 9**9**9**9 }}", "{% raw %}" * 200, "\n" * limit]
    started = time.monotonic()
    for text in nasty:
        check_words("confirmed", "en", LetterWords(opening=text[:limit]))
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("kind", KINDS)
def test_every_variable_can_be_named_and_is_documented(kind: LetterKind) -> None:
    page = Path(__file__).parents[3] / "docs" / "how-to" / "words-of-letters.md"
    told = page.read_text()
    for variable in variables_of(kind):
        assert check_words(kind, "en", LetterWords(opening=f"x {{{{ {variable} }}}}")) == []
        assert f"`{variable}`" in told


@pytest.mark.parametrize("part", ["subject", "opening", "closing"])
def test_words_that_are_of_no_use_by_now_give_way_to_the_standard_ones(part: str) -> None:
    """A new version may lack a variable, or somebody may have changed the database."""
    plain = LetterWriter().write(sample_letter("confirmed", "customer"))
    words = replace(LetterWords("S", "O", "C"), **{part: "{{ gone }} {% endfor"})
    with capture_logs() as logs:
        written = write(words)
    (line,) = logs
    assert (line["event"], line["part"]) == ("own words of a letter can't be used", part)
    assert (line["letter"], line["language"]) == ("confirmed", "en")
    assert (written.subject == plain.subject) == (part == "subject")
    assert ("We look forward to seeing you." in written.text) == (part == "opening")
    assert ("Do you have a question?" in written.text) == (part == "closing")
    assert written.calendar is not None


def test_own_templates_stand_around_the_words(tmp_path: Path) -> None:
    (tmp_path / "confirmed.txt").write_text("{{ words.opening }}|{{ words.closing }}")
    letter = replace(sample_letter("confirmed", "customer"), words=GREETING)
    written = LetterWriter(tmp_path).write(letter)
    assert written.text.endswith("|Bye, Studio Linden")


def test_staff_get_the_letters_of_dibs() -> None:
    letter = replace(sample_letter("confirmed", "staff"), words=GREETING)
    assert LetterWriter().write(letter) == LetterWriter().write(replace(letter, words=None))
    assert sample_business().name in LetterWriter().write(letter).text
