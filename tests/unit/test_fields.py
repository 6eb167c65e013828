"""The fields of the native API: the values that they accept, and their codes of faults."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from dibs.errors import Invalid
from dibs.web import field_types
from dibs.web.field_types import (
    SECRET,
    YEARS,
    bearer,
    day_or_none,
    parse_day,
    parse_instant,
    secret_of,
)

steady = settings(derandomize=True, deadline=None)
anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.lists(st.text(), max_size=2)
    | st.dictionaries(st.text(), st.none(), max_size=2)
)
#: Texts that are almost valid: the right characters in any order.
nearly = st.text("0123456789-:.TtZz+ ", max_size=40) | st.from_regex(
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{0,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?\Z"
)


def answer(read: Callable[[Any], Any], value: Any) -> Any:
    """Return the value that was read, or the code of its fault."""
    try:
        return read(value)
    except PydanticCustomError as fault:
        return (fault.context or {})["code"]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-25T10:00:00Z", datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ("2026-11-25t10:00:00z", datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ("2026-11-25 10:00:00Z", datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ("2026-11-25T10:00:00+01:00", datetime(2026, 11, 25, 9, tzinfo=UTC)),
        ("2026-11-25T00:30:00+05:45", datetime(2026, 11, 24, 18, 45, tzinfo=UTC)),
        ("2026-11-25T10:00:00-00:00", datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ("2026-11-25T10:00:00.5Z", datetime(2026, 11, 25, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-25T10:00:00.123456789Z", datetime(2026, 11, 25, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("2028-02-29T10:00:00Z", datetime(2028, 2, 29, 10, tzinfo=UTC)),
    ],
)
def test_an_rfc_3339_text_is_an_instant(text: str, instant: datetime) -> None:
    assert parse_instant(text) == instant


@pytest.mark.scenario(38)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "garbage",
        "now",
        "2026-11-25",
        "10:00",
        "99:99",
        "2026-11-25T10:00:00",
        "2026-11-25T10:00Z",
        "2026-11-25T10:00:00.Z",
        "2026-11-25T10:00:00123Z",
        "2026-02-30T10:00:00Z",
        "2026-02-29T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-11-25T24:00:00Z",
        "2026-11-25T10:60:00Z",
        "2026-11-25T10:00:60Z",
        "2026-11-25T10:00:00+24:00",
        "2026-11-25T10:00:00+1:00",
        "2026-11-25T10:00:00+0100",
        "2026-11-25T10:00:00Z\n",
        " 2026-11-25T10:00:00Z",
        "2026-W48-3T10:00:00Z",
        "20261125T100000Z",
        "٢٠٢٦-11-25T10:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-11-25T10:00:00Z" * 50_000,
    ],
    ids=lambda text: text[:30],
)
def test_any_other_text_is_no_instant(text: str) -> None:
    assert answer(parse_instant, text) == "invalid_instant"


@pytest.mark.parametrize(
    "text",
    [
        "1999-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "2000-01-01T00:00:00+00:01",
        "2199-12-31T23:59:59-00:01",
        "9998-01-01T00:00:00Z",
    ],
)
def test_an_instant_too_far_away_is_out_of_range(text: str) -> None:
    assert answer(parse_instant, text) == "out_of_range"


@pytest.mark.parametrize("value", [None, True, 1, 1.5, [], {}, b"2026-11-25T10:00:00Z"])
def test_what_is_no_text_is_of_the_wrong_type(value: object) -> None:
    assert answer(parse_instant, value) == "wrong_type"
    assert answer(parse_day, value) == "wrong_type"


@steady
@given(anything | nearly)
def test_whatever_is_sent_is_an_instant_within_the_years_or_a_named_fault(value: Any) -> None:
    found = answer(parse_instant, value)
    if found not in ("wrong_type", "invalid_instant", "out_of_range"):
        assert found.utcoffset() == timedelta(0)
        assert found.year in YEARS


@steady
@given(st.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30)), st.integers(-1439, 1439))
def test_every_instant_can_be_written_with_every_offset(wall: datetime, minutes: int) -> None:
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    assert parse_instant(f"{wall.isoformat()}{offset}") == wall.replace(tzinfo=UTC) - timedelta(
        minutes=minutes
    )


@steady
@given(anything | nearly)
def test_whatever_is_sent_is_a_day_within_the_years_or_a_named_fault(value: Any) -> None:
    found = answer(parse_day, value)
    assert found in ("wrong_type", "invalid_date") or found.year in YEARS


@pytest.mark.parametrize("text", ["2026-11-25", "2028-02-29", "2000-01-01", "2199-12-31"])
def test_a_day_is_a_date_of_the_calendar(text: str) -> None:
    assert day_or_none(text) == date.fromisoformat(text)


@pytest.mark.scenario(38)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "2026-02-30",
        "2026-2-3",
        "20260203",
        "2026-W48-3",
        "1999-12-31",
        "2200-01-01",
        "2026-11-25T10:00:00Z",
        "2026-11-25\n",
        "٢٠٢٦-11-25",
        "0000-00-00",
        "x" * 1_000_000,
    ],
    ids=lambda text: text[:20],
)
def test_any_other_text_is_no_day(text: str) -> None:
    assert day_or_none(text) is None


@pytest.mark.parametrize("text", ["ann@example.com", "A.b+c@sub.example.co", "o'hara@example.com"])
def test_an_e_mail_address_is_taken_as_it_is(text: str) -> None:
    assert TypeAdapter(field_types.Email).validate_python(text) == text


@pytest.mark.scenario(38)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        ("   ", "required"),
        ("ann", "invalid_email"),
        ("ann@", "invalid_email"),
        ("@example.com", "invalid_email"),
        ("ann@example", "invalid_email"),
        ("ann@example..com", "invalid_email"),
        ("ä@example.com", "invalid_email"),
        ("=?utf-8?q?v=40victim.org=3E?=@example.com", "invalid_email"),
        ("ann@@example.com", "invalid_email"),
        ("ann lee@example.com", "invalid_email"),
        ("Ann <ann@example.com>", "invalid_email"),
        ("ann@example.com, bob@example.com", "invalid_email"),
        ("ann@example.com\nBcc: bob@example.com", "malformed"),
        ("ann\x00@example.com", "malformed"),
    ],
)
def test_what_is_no_e_mail_address_is_refused(text: str, code: str) -> None:
    assert context_code(field_types.Email, text) == code


@pytest.mark.scenario(38)
def test_a_text_is_trimmed_and_has_no_control_characters() -> None:
    name = TypeAdapter(field_types.ShortText)
    assert name.validate_python("  Ann Lee ") == "Ann Lee"
    assert context_code(field_types.ShortText, "Ann\tLee") == "malformed"
    assert context_code(field_types.ShortText, "\u007f") == "malformed"
    with pytest.raises(ValidationError):
        name.validate_python("x" * 201)


@pytest.mark.scenario(38)
@pytest.mark.parametrize("value", [True, "1", 1.0, None, 0, -1, 2**31])
def test_an_id_is_a_positive_number_and_nothing_that_looks_like_one(value: object) -> None:
    class Body(field_types.Model):
        id: field_types.Id

    with pytest.raises(ValidationError):
        Body.model_validate({"id": value})
    assert Body.model_validate({"id": 1}).id == 1


def test_a_field_nobody_knows_is_refused() -> None:
    class Body(field_types.Model):
        id: field_types.Id

    with pytest.raises(ValidationError, match="extra_forbidden"):
        Body.model_validate({"id": 1, "admin": True})


@pytest.mark.parametrize("header", ["Bearer ", "bearer ", "BEARER  "])
def test_a_bearer_is_the_secret_behind_its_scheme(header: str) -> None:
    assert bearer(header + "a" * 22) == "a" * 22


def test_no_header_is_no_secret() -> None:
    assert bearer(None) is None


@pytest.mark.scenario(38)
@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer short",
        "Basic " + "a" * 22,
        "a" * 22,
        "Bearer " + "a" * 257,
        "Bearer aaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbb",
        "Bearer ääääääääääääääääää",
        "Bearer aaaaaaaaaaaaaaaa\x00",
    ],
)
def test_a_secret_that_can_be_none_is_refused_by_its_field(header: str) -> None:
    with pytest.raises(Invalid) as refusal:
        bearer(header)
    assert [(fault.field, fault.code) for fault in refusal.value.errors] == [
        ("authorization", "malformed")
    ]


@steady
@given(st.text() | st.from_regex(SECRET, fullmatch=True))
def test_whatever_is_sent_as_a_secret_is_one_or_refused(text: str) -> None:
    if SECRET.fullmatch(text):
        assert secret_of(text, "dibs-visitor") == text
    else:
        with pytest.raises(Invalid) as refusal:
            secret_of(text, "dibs-visitor")
        assert refusal.value.errors[0].field == "dibs-visitor"


def context_code(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter(kind).validate_python(value)
    code: str = refusal.value.errors()[0].get("ctx", {})["code"]
    return code
