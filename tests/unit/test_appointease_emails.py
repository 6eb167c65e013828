"""An address that AppointEase clients name is the one a letter goes to, or it is refused."""

from __future__ import annotations

import pytest

from dibs.web.appointease.asking import email_of


@pytest.mark.parametrize("text", ["ann@example.com", "A.b+c@sub.example.co"])
def test_an_address_is_taken(text: str) -> None:
    assert email_of(text)


@pytest.mark.parametrize(
    "text",
    ["\u212aim@example.com", "u@exa\u212ample.com", "=?utf-8?q?v=40victim.org=3E?=@z.com"],
)
def test_what_could_lead_to_another_mailbox_is_refused(text: str) -> None:
    assert not email_of(text)
