from __future__ import annotations

import pytest
from pydantic import ValidationError

from dibs.settings import Settings


@pytest.mark.parametrize(
    "sender", ["dibs@localhost", "Dibs <booking@example.com>", "Studio Ünique <a@b.example>"]
)
def test_a_sender_is_one_address_with_a_name_or_without(sender: str) -> None:
    assert Settings(mail_from=sender).mail_from == sender


@pytest.mark.parametrize(
    "sender", ["", "<>", "a@", "@example.com", "not an address", "a@b.example, c@d.example"]
)
def test_what_no_letter_can_come_from_is_no_sender(sender: str) -> None:
    with pytest.raises(ValidationError, match="only one address"):
        Settings(mail_from=sender)


@pytest.mark.parametrize("sign", "\n\r\x1b\x7f\x85\x9b\u2028\u202e")
def test_a_setting_is_one_line(sign: str) -> None:
    for name in ("mail_from", "public_url", "smtp_url", "secret_key", "origins"):
        with pytest.raises(ValidationError, match="can't be printed in a line: U"):
            Settings.model_validate({name: f"Studio{sign}X <booking@example.com>"})
