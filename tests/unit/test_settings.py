from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from dibs.settings import Settings, show_setting


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
    for name in ("mail_from", "public_url", "smtp_url", "secret_key", "allowed_origins"):
        with pytest.raises(ValidationError, match="can't be printed in a line: U"):
            Settings.model_validate({name: f"Studio{sign}X <booking@example.com>"})


@pytest.mark.parametrize(
    ("text", "count", "period"),
    [
        ("5/minute", 5, timedelta(minutes=1)),
        ("3/5 minutes", 3, timedelta(minutes=5)),
        ("20 per hour", 20, timedelta(hours=1)),
    ],
)
def test_a_rate_has_a_count_and_a_period(text: str, count: int, period: timedelta) -> None:
    rate = Settings.model_validate({"max_write_rate_per_ip": text}).max_write_rate_per_ip
    assert (rate.count, rate.period) == (count, period)
    assert show_setting(rate) == text


def test_a_rate_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIBS_MAX_LOOKUP_RATE_PER_IP", "7/minute")
    assert Settings().max_lookup_rate_per_ip.count == 7


@pytest.mark.parametrize("text", ["", "often", "5", "-1/minute", "5/minute; 9/hour"])
def test_what_is_no_single_rate_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="no rate like 5/minute"):
        Settings.model_validate({"max_write_rate_per_ip": text})
