"""Language tags as browsers send them."""

from __future__ import annotations

import pytest

from dibs.language_tag import MAX_LENGTH, is_language_tag


@pytest.mark.parametrize(
    "text",
    [
        "de",
        "de-AT",
        "en-us",
        "fil",
        "zh-Hant-TW",
        "zh-yue-HK",
        "es-419",
        "sr-Latn",
        "de-CH-1996",
        "ca-ES-valencia",
        "sl-rozaj-biske",
        "en-US-u-ca-gregory-nu-latn",
        "en-x-formal",
    ],
)
def test_a_tag_is_a_language_with_what_tells_it_from_others(text: str) -> None:
    assert is_language_tag(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "d",
        "de_AT",
        "de-",
        "-de",
        "de--AT",
        "de AT",
        "de-AT\n",
        "C",
        "*",
        "de;q=0.5",
        "дe",
        "de-\u0661\u0661\u0661",
        "languages",
        "de-u",
        "de-x",
        "../de",
        "de-x-" + "a" * 8 + "-" + "b" * 8 + "-" + "c" * 8 + "-dddd",
    ],
)
def test_what_is_no_tag(text: str) -> None:
    assert not is_language_tag(text)


def test_the_longest_tag_is_one() -> None:
    longest = "de-x-" + "a" * 8 + "-" + "b" * 8 + "-" + "c" * 8 + "-ddd"
    assert len(longest) == MAX_LENGTH
    assert is_language_tag(longest)
