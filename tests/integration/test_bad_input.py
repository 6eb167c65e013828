"""Any invalid value in a field of a body is refused, with a code that names the field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.answers import fields
from tests.support.api_operations import (
    NEVER,
    NO_TEXT,
    OPERATIONS,
    assert_names,
    assert_problem,
    body_of,
    rows,
    send,
)
from tests.support.plain_sql import PlainSql
from tests.support.server import Server
from tests.support.visitor import CUSTOMER, Visitor

pytestmark = pytest.mark.scenario(38)
#: Operation and field, for each field of each body.
FIELDS = [
    (operation, field)
    for operation in OPERATIONS
    for name, value in body_of(operation).items()
    for field in (
        name,
        *(f"{name}.{inner}" for inner in (value if isinstance(value, dict) else ())),
    )
]
#: Fields whose values are texts.
OF_TEXT = {
    "customer.name",
    "customer.email",
    "customer.phone",
    "language",
    "time_zone",
    "terms_version",
    "booking.reference",
    "booking.manage_token",
    "email",
    "code",
}
#: Values that are valid in a field, or whose fault is reported for an inner field.
OF_ITS_KIND: dict[str, list[Any]] = {
    "seq": [2**31],
    "customer": [{}],
    "answers": [{}, {"$ne": 1}],
    "accepted_terms": [True, False],
}


def change_field(body: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    *tables, name = field.split(".")
    inner = body
    for table in tables:
        inner = inner[table]
    inner[name] = value
    return body


@pytest.fixture(autouse=True)
def _nothing_is_stored(shared_sql: PlainSql) -> Iterator[None]:
    before = rows(shared_sql)
    yield
    assert rows(shared_sql) == before


def test_every_operation_that_takes_a_body_is_tested_here(shared: Server) -> None:
    """The office has tests of its own, in `tests/integration/office`."""
    document = shared.http.get("/api/openapi.json").json()
    taking = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation and not path.startswith("/api/v1/admin/")
    }
    assert taking == set(OPERATIONS)
    for operation in OPERATIONS:
        method, path = operation.split()
        content = document["paths"][path][method.lower()]["requestBody"]["content"]
        reference = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        known = set(document["components"]["schemas"][reference]["properties"])
        assert known - {"ttl", "hold_id", "checkout_id"} == set(body_of(operation))


@pytest.mark.parametrize(("operation", "field"), FIELDS)
def test_a_value_of_the_wrong_kind_is_refused_under_its_fields_name(
    ann: Visitor, operation: str, field: str
) -> None:
    for value in NO_TEXT if field in OF_TEXT else NEVER:
        if value in OF_ITS_KIND.get(field, ()):
            continue
        answer = send(ann, operation, change_field(body_of(operation), field, value))
        assert_names(answer, field)


@pytest.mark.parametrize(
    ("operation", "field"),
    [
        ("POST /api/v1/holds", "service_id"),
        ("POST /api/v1/holds", "starts_at"),
        ("POST /api/v1/holds", "booking.reference"),
        ("POST /api/v1/holds", "booking.manage_token"),
        ("POST /api/v1/checkouts", "service_id"),
        ("POST /api/v1/checkouts", "starts_at"),
        ("POST /api/v1/bookings", "service_id"),
        ("POST /api/v1/bookings", "starts_at"),
        ("POST /api/v1/bookings", "customer"),
        ("POST /api/v1/bookings", "customer.name"),
        ("POST /api/v1/bookings", "customer.email"),
        ("PATCH /api/v1/bookings/{reference}", "starts_at"),
        ("POST /api/v1/session/codes", "email"),
        ("POST /api/v1/session", "email"),
        ("POST /api/v1/session", "code"),
    ],
)
def test_what_is_needed_is_asked_for_by_name(ann: Visitor, operation: str, field: str) -> None:
    without = body_of(operation)
    *tables, name = field.split(".")
    inner = without
    for table in tables:
        inner = inner[table]
    del inner[name]
    token = {"Authorization": "Bearer a-token-that-opens-nothing"}
    for body in (without, change_field(body_of(operation), field, None)):
        assert_names(send(ann, operation, body, **token), field)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", ["unknown", "Service_id", "id", "", "\0", "ü", "x" * 10_000])
def test_an_unknown_field_is_refused_by_name(ann: Visitor, operation: str, name: str) -> None:
    answer = send(ann, operation, body_of(operation) | {name: 1})
    assert_problem(answer)
    assert fields(answer)[name or "body"] == "unknown_field"


@pytest.mark.parametrize(
    ("operation", "field"),
    [("POST /api/v1/bookings", "customer.role"), ("POST /api/v1/holds", "booking.id")],
)
def test_an_unknown_field_within_another_is_refused_by_name(
    ann: Visitor, operation: str, field: str
) -> None:
    answer = send(ann, operation, change_field(body_of(operation), field, "owner"))
    assert fields(answer) == {field: "unknown_field"}


TEXTS = ("name", "email", "phone")
#: NUL, ESC, DEL, next line, the one-byte form of ESC [, line and paragraph separators, and
#: characters that embed, override or isolate the text direction.
UNPRINTABLE = "\0\x1b\x7f\x85\x9b\u2028\u2029\u202b\u202e\u2067"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "required"),
        ("name", "   ", "required"),
        ("name", "x" * 201, "too_long"),
        ("name", "Ann\r\nBcc: all@example.com", "malformed"),
        ("email", "ann", "invalid_email"),
        ("email", "ann@", "invalid_email"),
        ("email", "@example.com", "invalid_email"),
        ("email", "ann@example", "invalid_email"),
        ("email", "ann@example..com", "invalid_email"),
        ("email", "=?utf-8?q?v=40victim.org=3E?=@example.com", "invalid_email"),
        ("email", "a b@example.com", "invalid_email"),
        ("email", "ann@example.com, all@example.com", "invalid_email"),
        ("email", "ann@example.com\r\nBcc: all@example.com", "malformed"),
        ("email", "x" * 250 + "@example.com", "too_long"),
        ("name", "\u200b\u3164", "required"),
        ("phone", "1" * 41, "too_long"),
        ("phone", "+", "invalid_phone"),
        ("phone", "abc", "invalid_phone"),
        ("phone", "1" * 40, "invalid_phone"),
        ("phone", "+49 30\u202e123456", "malformed"),
        *((field, f"a{sign}b", "malformed") for field in TEXTS for sign in UNPRINTABLE),
    ],
)
def test_a_customer_who_cannot_be_is_refused(
    ann: Visitor, field: str, value: str, code: str
) -> None:
    body = change_field(body_of("POST /api/v1/bookings"), f"customer.{field}", value)
    assert fields(send(ann, "POST /api/v1/bookings", body)) == {f"customer.{field}": code}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("language", "", "invalid_language"),
        ("language", "de_AT", "invalid_language"),
        ("language", "de-", "invalid_language"),
        ("language", "дe", "invalid_language"),
        ("language", "de\r\nBcc: all@example.com", "invalid_language"),
        ("language", "de-" + "x-" * 16 + "a", "too_long"),
        ("time_zone", "", "invalid_time_zone"),
        ("time_zone", "europe/berlin", "invalid_time_zone"),
        ("time_zone", "Europe/Berlinn", "invalid_time_zone"),
        ("time_zone", "../../etc/passwd", "invalid_time_zone"),
        ("time_zone", "localtime", "invalid_time_zone"),
        ("time_zone", "+02:00", "invalid_time_zone"),
        ("time_zone", "x" * 65, "too_long"),
    ],
)
def test_a_language_or_a_zone_that_nobody_knows_is_refused(
    ann: Visitor, field: str, value: str, code: str
) -> None:
    for checkout in ({}, {"checkout_id": "none"}):
        body = body_of("POST /api/v1/bookings") | checkout | {field: value}
        assert fields(send(ann, "POST /api/v1/bookings", body)) == {field: code}
    if field == "language":
        body = {"email": "ann@example.com", "language": value}
        assert fields(send(ann, "POST /api/v1/session/codes", body)) == {field: code}


@pytest.mark.parametrize(("field", "most"), [("name", 200), ("email", 254), ("phone", 40)])
@pytest.mark.parametrize("letter", ["x", "é", "界", "🦊"])
def test_a_text_that_is_too_long_is_told_how_long_it_may_be(
    ann: Visitor, field: str, most: int, letter: str
) -> None:
    for length in (most + 1, 10_000):
        body = change_field(body_of("POST /api/v1/bookings"), f"customer.{field}", letter * length)
        answer = send(ann, "POST /api/v1/bookings", body)
        wrong = {"field": f"customer.{field}", "code": "too_long", "limit": most}
        assert answer.json()["errors"] == [wrong]
        assert f"customer.{field}: It has more than {most} characters" in answer.json()["detail"]
    assert ann.http.get("/api/v1/business").json()["customer_fields"][field]["max_length"] == most


def test_half_a_character_is_refused(ann: Visitor) -> None:
    body = json.dumps(body_of("POST /api/v1/bookings")).replace("Ann Lee", "Ann \\ud83e Lee")
    answer = ann.http.post(
        "/api/v1/bookings", content=body, headers={"Content-Type": "application/json"}
    )
    assert_problem(answer)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "ttl_or_starts_at"),
        ({"seq": 1}, "ttl_or_starts_at"),
        ({"ttl": 5, "starts_at": "2100-01-06T10:00:00Z"}, "ttl_or_starts_at"),
    ],
)
def test_a_hold_is_either_prolonged_or_moved(ann: Visitor, body: dict[str, Any], code: str) -> None:
    answer = send(ann, "PATCH /api/v1/holds/{hold_id}", body)
    assert_problem(answer)
    assert code in fields(answer).values()


@pytest.mark.parametrize("ttl", [0, -1, 3601, 1.5, "5", True, [], 10**400, float("nan")])
def test_a_time_to_live_is_a_number_of_seconds(ann: Visitor, ttl: Any) -> None:
    assert_names(send(ann, "PATCH /api/v1/holds/{hold_id}", {"ttl": ttl}), "ttl")


@pytest.mark.parametrize("field", ["hold_id", "checkout_id"])
@pytest.mark.parametrize("value", NO_TEXT)
def test_an_id_of_a_hold_or_a_checkout_is_a_text(ann: Visitor, field: str, value: Any) -> None:
    if field == "hold_id":
        answer = send(ann, "POST /api/v1/checkouts", {field: value})
    else:
        answer = send(ann, "POST /api/v1/bookings", {field: value, "customer": CUSTOMER})
    assert_names(answer, field)


@pytest.mark.parametrize(
    "hold_id",
    [
        "x",
        "1-1",
        "1-1-1-1",
        "1-1-x",
        "-1-1-1",
        "1--1",
        "1-1-99999999999",
        "١-1-1",
        "999-1-1",
        "1-999-1",
    ],
)
def test_a_hold_id_that_names_no_hold_is_not_found(ann: Visitor, hold_id: str) -> None:
    answers = [
        ann.http.patch(f"/api/v1/holds/{hold_id}", json={"ttl": 5}),
        ann.http.delete(f"/api/v1/holds/{hold_id}"),
        ann.http.post("/api/v1/checkouts", json={"hold_id": hold_id}),
    ]
    for answer in answers:
        assert_problem(answer)
        assert answer.json()["code"] in ("not_found", "slot_closed")
