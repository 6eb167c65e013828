"""A search finds stored texts, whatever the capitals, accents and spaces of either."""

from __future__ import annotations

import pytest

from dibs.ledger.customer_keys import MAX_SORT_NAME, find_key, search_text, sort_name
from dibs.phone_number import read_phone
from dibs.search_text import MAX_WORDS, fold, folded_words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Zoë  Łukasz-Ødegård", "zoe lukasz-odegard"),
        ("GROSS", "gross"),
        ("Groß", "gross"),
        ("Ζωή", "ζωη"),
        ("Æsop ŒUVRE", "aesop oeuvre"),
        ("İstanbul ılık", "istanbul ilik"),
        ("مُحَمَّد", "محمد"),
        ("ﬁne", "fine"),
        ("  ", ""),
    ],
)
def test_letters_are_folded(typed: str, folded: str) -> None:
    assert fold(typed) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Ann  Lee", ["ann", "lee"]),
        ("+49 (30) 123-45/6", ["4930123456"]),
        ("030.123", ["30123"]),
        ("0049 30 123", ["4930123"]),
        ("000 12", ["00012"]),
        ("٠٣٠ ١٢٣", ["30123"]),
        ("12", ["12"]),
        ("Ann 123", ["ann", "123"]),
        ("a b c d e f g h i j", list("abcdefghij")[:MAX_WORDS]),
        ("", []),
    ],
)
def test_a_search_is_cut_into_words(query: str, words: list[str]) -> None:
    assert folded_words(query) == words


def test_every_word_of_a_booking_finds_it() -> None:
    text = search_text("Zoë Ray", "Zoe@Example.com", "030 / 12-34", "+49301234", "NR7K2-AAAAA")
    for query in ("zoe ray", "ZOE@example", "0301234", "+49 30 1234", "nr7k2-aa", "nr7k2aaaaa"):
        assert all(word in text for word in folded_words(query)), query


@pytest.mark.parametrize("typed", ["+49 30 1234567", "030 1234567", "0049 30 1234567"])
@pytest.mark.parametrize("query", ["+49 30 1234567", "(030) 123 45 67", "0049-30-1234567", "0301"])
def test_a_number_is_found_whichever_way_it_is_dialled(typed: str, query: str) -> None:
    phone = read_phone(typed, "DE")
    assert phone is not None
    text = search_text("Zoë Ray", "", phone.typed, phone.e164)
    assert all(word in text for word in folded_words(query))


def test_a_customer_is_known_by_address_then_number_then_booking() -> None:
    by_email = find_key("Ann@Example.com", None, None)
    assert by_email == find_key("ann@example.com", "030 1", "+49301", "R")
    by_phone = find_key("", "030 1", "+49 301")
    assert by_phone == find_key("", "0301", "+49301", "R")
    assert find_key("", "030-1", None) == find_key("", "(030) 1", None)
    alone = find_key("", None, None, "A")
    assert len({by_email, by_phone, alone, find_key("", None, None, "B")}) == 4
    assert all(each.isalnum() for each in (by_email, by_phone, alone))


def test_a_name_that_folds_into_a_long_one_fits_an_index() -> None:
    assert len(sort_name("\ufdfa" * 200)) == MAX_SORT_NAME
