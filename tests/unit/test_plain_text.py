"""Texts of one line: names in all scripts are accepted, terminal commands are not."""

from __future__ import annotations

import json
import tomllib
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dibs.plain_text import escape_unprintable, is_blank, unprintable_in

steady = settings(derandomize=True, deadline=None)


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien",
        "Zoë 🦊",
        "👩\u200d👩\u200d👧 family",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "e\u0301 combining",
        "مريم\u200f (Maryam)",
        "می\u200cخواهم",
        "שרה \u200eLevi",
        "李\u3000小龍",
    ],
)
def test_a_name_may_be_of_any_letters(name: str) -> None:
    assert unprintable_in(name) is None
    assert not is_blank(name)
    assert escape_unprintable(name) == name


@pytest.mark.parametrize(
    ("sign", "called"),
    [
        ("\0", "U+0000"),
        ("\t", "U+0009"),
        ("\n", "U+000A"),
        ("\x1b", "U+001B"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("\x9b", "U+009B"),
        ("\u2028", "U+2028"),
        ("\u2029", "U+2029"),
        ("\u202e", "U+202E"),
        ("\u2066", "U+2066"),
        ("\ud800", "U+D800"),
    ],
)
def test_what_cannot_be_printed_in_a_line_is_named_and_escaped(sign: str, called: str) -> None:
    assert unprintable_in(f"a{sign}b") == called
    assert escape_unprintable(f"a{sign}b") == f"a\\u{called[2:].lower()}b"


@steady
@given(st.text())
def test_what_is_printed_has_no_control_character(text: str) -> None:
    printed = escape_unprintable(text)
    assert unprintable_in(printed) is None
    assert not {unicodedata.category(letter) for letter in printed} & {"Cc", "Cs", "Zl", "Zp"}


@steady
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_json_and_toml_mean_the_same(text: str) -> None:
    assert json.loads(escape_unprintable(json.dumps(text, ensure_ascii=False))) == text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    assert tomllib.loads(f'a = "{escape_unprintable(quoted)}"') == {"a": text}


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u3000", "\u200b", "\u3164", "\ufeff\u2800"])
def test_a_text_without_anything_to_see_is_blank(text: str) -> None:
    assert is_blank(text)
