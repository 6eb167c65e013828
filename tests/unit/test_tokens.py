"""Names that can't be guessed, and the manage token of a booking."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from dibs.desk.tokens import ManageTokens, new_reference, new_token, visitor_key

KEYS = ManageTokens("a key")


def test_a_reference_can_be_read_over_the_phone() -> None:
    references = {new_reference() for _ in range(500)}
    assert len(references) == 500
    for reference in references:
        assert re.fullmatch(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", reference)


def test_a_token_has_128_random_bits() -> None:
    tokens = {new_token() for _ in range(500)}
    assert len(tokens) == 500
    assert {len(token) for token in tokens} == {22}


def test_of_a_visitors_secret_only_a_hash_is_kept() -> None:
    key = visitor_key("a secret of 128 bits")
    assert key == visitor_key("a secret of 128 bits")
    assert key != visitor_key("a secret of 128 bitz")
    assert re.fullmatch(r"[0-9a-f]{32}", key)


def test_a_manage_token_fits_its_booking_alone() -> None:
    token = KEYS.token_of("K7M2P-Q9XDA")
    assert KEYS.fits(token, "K7M2P-Q9XDA")
    assert not KEYS.fits(token, "K7M2P-Q9XDB")
    assert not ManageTokens("another key").fits(token, "K7M2P-Q9XDA")
    assert ManageTokens("a key").fits(token, "K7M2P-Q9XDA")


@settings(derandomize=True, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_other_text_fits(text: str) -> None:
    assert not KEYS.fits(text, "K7M2P-Q9XDA")
