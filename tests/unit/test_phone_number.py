"""A phone number is accepted as people type it; a text that can't be dialled is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dibs.phone_number import MAX_LENGTH, Phone, is_country, read_phone


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("+61 493 812 345", None, "+61493812345"),
        ("0493812345", "AU", "+61493812345"),
        ("+44 (0)20 7946 0018", None, "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("00 49 30 123456", None, "+4930123456"),
        ("00 49 30 123456", "DE", "+4930123456"),
        ("00 49 30 123456", "US", "+4930123456"),
        ("00 49 30 123456", "AU", "+4930123456"),
        ("0011 49 30 123456", "AU", "+4930123456"),
        ("(030) 12 34-56", "DE", "+4930123456"),
        ("+1 555 123 4567 ext. 9", None, "+15551234567"),
        ("(555) 123-4567 x9", "US", "+15551234567"),
        ("٠٤٩٣٨١٢٣٤٥", "AU", "+61493812345"),
        ("+٤٩ ٣٠ ١٢٣٤٥٦", None, "+4930123456"),
        ("+6834002", None, "+6834002"),
        ("+491234567890123", None, "+491234567890123"),
    ],
)
def test_a_number_is_kept_as_typed_and_as_it_can_be_dialled(
    typed: str, country: str | None, e164: str
) -> None:
    assert read_phone(typed, country) == Phone(typed, e164)


@pytest.mark.parametrize(
    "typed",
    [
        " +49 30 123456 ",
        "+49\u00a030\u202f123456",
        "\u202a+49 30 123456\u202c",
        "\u200e+49 30 123456",
        "\u2066+49 30 123456\u2069",
    ],
)
def test_what_comes_along_when_a_number_is_pasted_is_left_out(typed: str) -> None:
    assert read_phone(typed) == Phone("+49 30 123456", "+4930123456")


@pytest.mark.parametrize("typed", ["0493812345", "5550001", "٠٤٩٣٨١٢٣٤٥", "030/12 34-56", "1234"])
def test_a_national_number_is_taken_also_where_the_country_is_not_known(typed: str) -> None:
    assert read_phone(typed) == Phone(typed, None)


@pytest.mark.parametrize("country", [None, "DE", "US"])
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "abc",
        "1",
        "1" * 40,
        "+" + "1" * 39,
        "+999 123456789",
        "1-800-FLOWERS",
        "+49 30 123456 after six",
        "()()()()",
        "....",
        "555\n0001",
        "+49 30\u009b123456",
        "ann@example.com",
    ],
)
def test_what_is_no_number_is_refused(typed: str, country: str | None) -> None:
    assert read_phone(typed, country) is None


def test_a_country_is_two_capital_letters_that_have_numbers() -> None:
    assert is_country("DE")
    assert not any(map(is_country, ("", "de", "XX", "DEU", "49", "001")))


@settings(derandomize=True, deadline=None)
@given(
    st.text(max_size=MAX_LENGTH) | st.text("+0123456789 ()x.;=ext#-٠١٢", max_size=MAX_LENGTH),
    st.sampled_from([None, "DE", "US", "AU", "JP"]),
)
def test_whatever_is_typed_is_a_number_or_refused(typed: str, country: str | None) -> None:
    found = read_phone(typed, country)
    if found is not None and found.e164 is not None:
        assert read_phone(found.e164) == Phone(found.e164, found.e164)
