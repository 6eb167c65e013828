"""Whatever is sent as a body, an address or a header: a bad request is refused with a code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.support.answers import fields, refusal_of
from tests.support.api_operations import (
    HOLD_ID,
    JSON,
    NEVER,
    NO_TEXT,
    OPERATIONS,
    assert_names,
    assert_problem,
    body_of,
    rows,
    send,
)
from tests.support.appointease import API
from tests.support.days import at, wire
from tests.support.plain_sql import PlainSql
from tests.support.server import Server
from tests.support.visitor import Visitor

pytestmark = pytest.mark.scenario(38)


@pytest.fixture(autouse=True)
def _nothing_is_stored(shared_sql: PlainSql) -> Iterator[None]:
    before = rows(shared_sql)
    yield
    assert rows(shared_sql) == before


# --- bodies as a whole


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"[{}]",
        b"1",
        b'"text"',
        b"true",
        b"{",
        b'{"service_id":',
        b"{'service_id': 1}",
        b'{"service_id": 1,}',
        b"garbage",
        b"\x00",
        b"\xff\xfe\x00",
        b'{"service_id": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5_000,
        b'{"service_id": ' + b"9" * 5_000 + b"}",
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_a_body_that_is_no_object_is_refused(ann: Visitor, operation: str, body: bytes) -> None:
    answer = send(ann, operation, body)
    assert_problem(answer)
    assert (answer.status_code, set(fields(answer))) == (422, {"body"})


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "x/y/z"],
)
def test_a_body_of_another_type_is_refused(ann: Visitor, operation: str, content_type: str) -> None:
    answer = send(ann, operation, body_of(operation), **{"Content-Type": content_type})
    assert_problem(answer)
    assert set(fields(answer)) == {"body"}


ANY = [*OPERATIONS, "DELETE /api/v1/holds/{hold_id}", "DELETE /api/v1/bookings/{reference}"]


@pytest.mark.parametrize(
    "operation", [*ANY, f"POST {API}/slots/select", f"POST {API}/slots/deselect"]
)
def test_a_body_of_three_megabytes_is_refused(ann: Visitor, operation: str) -> None:
    answer = send(ann, operation, b" " * 3_000_000)
    assert refusal_of(answer) == (413, "too_large")


def test_a_body_that_never_says_how_long_it_is_is_refused_as_well(ann: Visitor) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 100_000

    answer = ann.http.post("/api/v1/holds", content=endless(), headers=JSON)
    assert refusal_of(answer) == (413, "too_large")


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/api/v1/business", "/", "/health/live", "/wp-admin/admin-ajax.php", f"{API}/settings"]
)
def test_a_large_body_is_refused_whatever_the_method(ann: Visitor, method: str, path: str) -> None:
    answer = ann.http.request(method, path, content=b" " * 3_000_000)
    assert answer.status_code == 413


# --- addresses


@pytest.mark.parametrize(
    "number", ["x", "true", "1.5", "-1", "+1", "%201", "1_0", "*", "1e3", "%00", "%D9%A1", "%ff"]
)
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/boards/{number}/{day}", "resource_id"),
        ("/api/v1/services/{number}/days/{day}", "service_id"),
        ("/api/v1/services/1/days/{day}?resource={number}", "resource"),
        ("/api/v1/services/{number}/availability?from={day}&to={day}", "service_id"),
        ("/api/v1/services/1/availability?from={day}&to={day}&resource={number}", "resource"),
    ],
)
def test_an_id_in_an_address_is_a_number(
    shared: Server, day: date, path: str, field: str, number: str
) -> None:
    assert_names(shared.http.get(path.format(number=number, day=day)), field)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-13-01",
        "2026-1-1",
        "20261125",
        "2026-11-25T00:00:00Z",
        "2026-W48-3",
        "*",
        "garbage",
        "99:99",
        "0000-00-00",
        "1000-01-01",
        "9999-12-31",
        "%00",
        "%D9%A2026-11-25",
        "-1",
        "1e9",
    ],
)
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/boards/1/{text}", "day"),
        ("/api/v1/services/1/days/{text}", "day"),
        ("/api/v1/services/1/availability?from={text}&to=2026-11-25", "from"),
        ("/api/v1/services/1/availability?from=2026-11-25&to={text}", "to"),
    ],
)
def test_a_day_in_an_address_is_a_day(shared: Server, path: str, field: str, text: str) -> None:
    assert_names(shared.http.get(path.format(text=text)), field)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-25", "to"),
        ("to=2026-11-25", "from"),
        ("from=&to=2026-11-25", "from"),
        ("from=2026-11-25&to=2026-11-25&slots=maybe", "slots"),
        ("from=2026-11-25&to=2026-11-25&slots=", "slots"),
        ("from=2026-11-25&to=2026-11-25&resource=", "resource"),
    ],
)
def test_a_month_is_asked_for_with_all_it_needs(shared: Server, query: str, field: str) -> None:
    assert_names(shared.http.get(f"/api/v1/services/1/availability?{query}"), field)


@pytest.mark.parametrize("seq", ["x", "-1", "1.5", "true", "", "9" * 30])
def test_the_number_of_a_release_is_a_number(ann: Visitor, seq: str) -> None:
    assert_names(ann.http.delete(f"/api/v1/holds/{HOLD_ID}", params={"seq": seq}), "seq")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/services/1/availability?from={day}&to={day}&x={long}",
        "/api/v1/services/1/availability?from={day}&to={long}",
        "/api/v1/boards/1/{day}?seen={long}",
        "/api/v1/boards/1/{long}",
        "/api/v1/boards/{digits}/{day}",
        "/api/v1/services/{digits}/days/{day}",
        "/api/v1/services/{digits}/availability?from={day}&to={day}",
        "/api/v1/services/1/days/{day}?resource={digits}",
        "/api/v1/holds/{long}",
        "/api/v1/bookings/{long}",
        "/{long}",
        "/assets/{long}",
        "/manage/{long}",
        f"{API}/slots/poll?date={{day}}&employee_id=1&client_id={{long}}",
        f"{API}/slots/poll?date={{long}}&employee_id=1",
        f"{API}/slots/poll?date={{day}}&employee_id={{digits}}",
        f"{API}/slots/poll?date={{day}}&employee_id=1&{{many}}",
        "/index.php?rest_route=/{long}",
        "/index.php?{many}",
    ],
)
def test_a_huge_address_is_no_trouble(shared: Server, day: date, path: str) -> None:
    many = "&".join(f"a{n}=1" for n in range(5_000))
    path = path.format(day=day, long="x" * 30_000, digits="9" * 30_000, many=many)
    assert shared.http.get(path).status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/%ff",
        "/%ED%A0%80",
        "/..%2f..%2fetc/passwd",
        "/assets/..%2f..%2fpage.py",
        "/assets/%00",
    ],
)
def test_a_strange_address_leads_nowhere(shared: Server, path: str) -> None:
    answer = shared.http.get(path)
    assert_problem(answer)
    assert refusal_of(answer) == (404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "TRACE", "FOO", "CONNECT"])
def test_a_method_nobody_knows_is_refused(shared: Server, method: str) -> None:
    assert 400 <= shared.http.request(method, "/api/v1/holds").status_code < 500


# --- headers


MALFORMED = [
    b"",
    b"Bearer",
    b"Bearer short",
    b"Bearer " + b"x" * 257,
    b"Bearer with spaces within it",
    b"Bearer " + b"\xff" * 20,
    b"Basic dXNlcjpwYXNzd29yZA==",
    b"garbage",
    b"Bearer " + "é".encode() * 20,
]


@pytest.mark.parametrize("authorization", MALFORMED)
@pytest.mark.parametrize(
    "operation",
    [
        "POST /api/v1/holds",
        "PATCH /api/v1/holds/{hold_id}",
        "DELETE /api/v1/holds/{hold_id}",
        "POST /api/v1/checkouts",
        "DELETE /api/v1/checkouts/{checkout_id}",
        "POST /api/v1/bookings",
    ],
)
def test_a_secret_that_cannot_be_one_is_refused(
    ann: Visitor, operation: str, authorization: bytes
) -> None:
    body = body_of(operation) if operation in OPERATIONS else b""
    headers: dict[str, Any] = {"Authorization": authorization}
    assert_names(send(ann, operation, body, **headers), "authorization")


@pytest.mark.parametrize("authorization", MALFORMED)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_token_that_cannot_be_one_opens_nothing(
    ann: Visitor, method: str, authorization: bytes
) -> None:
    body = {"starts_at": wire(at("10:00"))} if method == "PATCH" else None
    headers = {b"Authorization": authorization}
    answer = ann.http.request(method, "/api/v1/bookings/AAAAA-AAAAA", headers=headers, json=body)
    assert refusal_of(answer) == (404, "not_found")


@pytest.mark.parametrize("key", ["", "x" * 201, "x" * 20_000])
@pytest.mark.parametrize("operation", ["POST /api/v1/checkouts", "POST /api/v1/bookings"])
def test_an_idempotency_key_has_one_to_two_hundred_letters(
    ann: Visitor, operation: str, key: str
) -> None:
    answer = send(ann, operation, body_of(operation), **{"Idempotency-Key": key})
    assert_names(answer, "idempotency-key")


@pytest.mark.parametrize("visitor", ["", "short", "x" * 257, "with spaces within it"])
def test_the_visitor_of_a_move_is_a_secret(ann: Visitor, visitor: str) -> None:
    headers = {"Authorization": "Bearer a-token-that-opens-nothing", "Dibs-Visitor": visitor}
    operation = "PATCH /api/v1/bookings/{reference}"
    assert_names(send(ann, operation, body_of(operation), **headers), "dibs-visitor")


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "If-None-Match", "Cookie"])
def test_a_huge_header_is_no_trouble(ann: Visitor, day: date, name: str) -> None:
    for path in (f"/api/v1/boards/1/{day}", f"{API}/slots/poll?date={day}&employee_id=1"):
        assert ann.http.get(path, headers={name: "x" * 30_000}).status_code < 500


# --- the AppointEase routes, in their own shape


@pytest.mark.parametrize("path", ["select", "deselect"])
@pytest.mark.parametrize("field", ["date", "time", "employee_id", "client_id"])
def test_nonsense_in_a_clients_request_gets_a_code_or_is_nobodys(
    ann: Visitor, day: date, path: str, field: str
) -> None:
    slot_request = {"date": str(day), "time": "10:15", "employee_id": 1, "client_id": "c1"}
    for value in [None, *NEVER, *NO_TEXT]:
        answer = send(ann, f"POST {API}/slots/{path}", slot_request | {field: value})
        assert answer.status_code < 500
        if answer.status_code == 200:
            assert (path, answer.json()) == ("deselect", {"success": True})
        else:
            problem = answer.json()
            assert set(problem) == {"code", "message", "data"}
            assert problem["data"]["status"] == answer.status_code
    assert ann.board(1, day)["busy"] == []


@pytest.mark.parametrize("field", ["date", "employee_id", "client_id", "selected_time"])
@pytest.mark.parametrize(
    "value", ["", "%00", "%ff", "%ED%A0%80", "x" * 30_000, "*", "99:99", "-1", "%", "[]", "1;2"]
)
def test_nonsense_in_a_poll_gets_a_code_or_is_nobodys(
    ann: Visitor, day: date, field: str, value: str
) -> None:
    query = {"date": str(day), "employee_id": "1", "client_id": "c1"} | {field: value}
    text = "&".join(f"{name}={each}" for name, each in query.items())
    answer = ann.http.get(f"{API}/slots/poll?{text}")
    assert answer.status_code in (200, 400)
    assert set(answer.json()) in (
        {"active_selections", "booked_slots", "locked_slots", "timestamp"},
        {"code", "message", "data"},
    )
    assert ann.board(1, day)["busy"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/services/",
        "/api/v1/boards/1/2026-11-25/",
        "/health/live/",
        "/wp-admin/admin-ajax.php/",
        "/manage/AAAA/",
        "/assets",
    ],
)
def test_no_path_leads_to_another(shared: Server, path: str) -> None:
    """A redirect would contain the Host header, which the caller can choose."""
    answer = shared.http.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
    assert refusal_of(answer) == (404, "not_found"), answer.headers
    assert "Location" not in answer.headers
