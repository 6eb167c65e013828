"""An e-mail address is accepted if a message can reach it, and refused otherwise, in each API."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from dibs.appointease.api.parsing import email_of
from dibs.email_address import is_address, mailbox, read_address
from dibs.notify.mail import Content, write_message
from dibs.web.field_types import Email

#: Characters of addresses, and pieces that some software reads as something else.
PIECES = [
    *"aZ0@.-_+=?<>()[],;:\\\"'%! \t\r\n\u212a\u00e4",
    "=?utf-8?q?",
    "?=",
    "=40",
    "example.com",
]


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.com",
        "A.b+c@sub.example.co",
        "o'hara@example.com",
        "x=y?@a-b.example",
        "a@xn--exmple-cua.de",
        "a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".com",
    ],
)
def test_an_address_is_taken_by_every_face(text: str) -> None:
    assert is_address(text)
    assert email_of(text) == text
    assert TypeAdapter(Email).validate_python(text) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ann@example.com ", "ann@example.com"),
        ("\u00a0ann@example.com", "ann@example.com"),
        ("John.O'Shean@Example.com", "John.O'Shean@Example.com"),
        ("a+b@example.com", "a+b@example.com"),
        ("user@münchen.de", "user@xn--mnchen-3ya.de"),
        ("user@mu\u0308nchen.de", "user@xn--mnchen-3ya.de"),
        ("USER@MÜNCHEN.DE", "USER@xn--mnchen-3ya.de"),
        ("user@straße.de", "user@xn--strae-oqa.de"),
        ("user@büro.berlin", "user@xn--bro-hoa.berlin"),
        ("user@例え.テスト", "user@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_an_address_is_kept_as_mail_servers_know_it(typed: str, kept: str) -> None:
    assert read_address(typed) == kept
    assert email_of(typed) == kept
    assert TypeAdapter(Email).validate_python(typed) == kept
    assert read_address(kept) == kept


def test_two_spellings_of_a_domain_are_one_mailbox() -> None:
    spellings = (
        "Ann@München.de",
        "ann@MÜNCHEN.DE",
        "ann@xn--mnchen-3ya.de",
        "ann@XN--MNCHEN-3YA.de",
    )
    assert len({mailbox(read_address(each) or "") for each in spellings}) == 1


@pytest.mark.parametrize(
    "typed",
    ["ä@example.com", "u@ü", "u@☃.net", "u@ｅxample.com", "u@\u0130stanbul.com", "u@a\u200d.de"],
)
def test_a_domain_that_only_looks_like_one_is_refused(typed: str) -> None:
    assert read_address(typed) is None


@pytest.mark.scenario(38)
@pytest.mark.parametrize(
    "text",
    [
        "\u212aim@example.com",
        "u@exa\u212ample.com",
        "\u00e4@ex\u00e4mple.de",
        "=?utf-8?q?v=40victim.org=3E?=@z.com",
        "a=?utf-8?q?v=40victim.org=3E?=@z.com",
        "a@z..com",
        "a@.z.com",
        "a@z.com.",
        ".a@z.com",
        "a.@z.com",
        "a..b@z.com",
        "a@-z.com",
        "a@z-.com",
        "a@z_z.com",
        "a@127.0.0.1",
        "a@[127.0.0.1]",
        '"a b"@z.com',
        "a(b)@z.com",
        "a@z",
        "a@b@z.com",
        "a" * 65 + "@z.com",
        "a@" + "z" * 64 + ".com",
        "a@" + "z." * 125 + "com",
    ],
)
def test_what_is_no_address_or_could_lead_to_another_mailbox_is_refused(text: str) -> None:
    assert not is_address(text)
    assert read_address(text) is None
    assert email_of(text) is None
    with pytest.raises(ValidationError):
        TypeAdapter(Email).validate_python(text)


@settings(derandomize=True, deadline=None, max_examples=500)
@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
    | st.from_regex(
        r"[a-z0-9.=?+_%!'-]{1,64}@[a-z0-9-]{1,60}(\.[a-z0-9-]{1,60}){1,3}", fullmatch=True
    )
)
def test_a_message_to_an_address_names_it_and_no_other(text: str) -> None:
    if is_address(text):
        content = Content("a code", "123456")
        written = write_message("dibs@x.example", text, content, datetime.now(UTC))
        sent = written.email.as_bytes(policy=policy.SMTP)
        named = message_from_bytes(sent, policy=policy.default)["To"].addresses
        assert [each.addr_spec for each in named] == [written.to] == [text]
