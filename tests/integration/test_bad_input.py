"""Whatever is sent, the answer is a refusal with a code that names the field; nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx2
import pytest

from dibs.ledger.tables import metadata
from tests.support.answers import fields, refused
from tests.support.appointease import API
from tests.support.days import at, wire
from tests.support.server import Server
from tests.support.visitor import CUSTOMER, Visitor

pytestmark = pytest.mark.scenario(38)

JSON = {"Content-Type": "application/json"}
HOLD_ID = "1-1-4102444800"  # of a day nobody will hold
LONG = "x" * 1_000_000
SURROGATE = "\ud800"

#: What never is a number, an instant or a day.
NEVER: list[Any] = [
    True,
    False,
    "1",
    "",
    "*",
    "garbage",
    "99:99",
    "2026-02-30",
    "2026-02-30T10:00:00Z",
    "2026-11-25T99:99:00Z",
    "2026-11-25T10:00:00",
    "2026-11-25",
    "\0",
    SURROGATE,
    LONG,
    1.5,
    float("nan"),
    float("inf"),
    -1,
    2**31,
    2**63,
    10**400,
    [],
    [1],
    {},
    {"$ne": 1},
]
#: What never is a text.
NO_TEXT: list[Any] = [
    True,
    1,
    1.5,
    float("nan"),
    [],
    ["a"],
    {},
    {"a": "b"},
    SURROGATE,
    "a\0b",
    LONG,
]


def body_of(operation: str) -> dict[str, Any]:
    """A body that would be well formed."""
    wish = {"service_id": 1, "starts_at": "2100-01-06T10:00:00Z", "resource_id": 1}
    bodies: dict[str, dict[str, Any]] = {
        "POST /api/v1/holds": wish
        | {"seq": 1, "booking": {"reference": "AAAAA-AAAAA", "manage_token": "x" * 32}},
        "PATCH /api/v1/holds/{hold_id}": {
            "starts_at": wish["starts_at"],
            "resource_id": 1,
            "seq": 1,
        },
        "POST /api/v1/checkouts": wish,
        "POST /api/v1/bookings": wish | {"customer": CUSTOMER | {"phone": "+49 30 123456"}},
        "PATCH /api/v1/bookings/{reference}": {
            "starts_at": wish["starts_at"],
            "resource_id": 1,
        },
    }
    return json.loads(json.dumps(bodies[operation]))  # type: ignore[no-any-return]


OPERATIONS = [
    "POST /api/v1/holds",
    "PATCH /api/v1/holds/{hold_id}",
    "POST /api/v1/checkouts",
    "POST /api/v1/bookings",
    "PATCH /api/v1/bookings/{reference}",
]
#: Each field of each body, where what is wrong with it would be named.
FIELDS = [
    (operation, field)
    for operation in OPERATIONS
    for name, value in body_of(operation).items()
    for field in (
        name,
        *(f"{name}.{inner}" for inner in (value if isinstance(value, dict) else ())),
    )
]
#: Those whose values are texts.
OF_TEXT = {
    "customer.name",
    "customer.email",
    "customer.phone",
    "booking.reference",
    "booking.manage_token",
}


@pytest.fixture(autouse=True)
def _nothing_is_stored(shared: Server) -> Iterator[None]:
    before = rows(shared)
    yield
    assert rows(shared) == before


def rows(server: Server) -> list[int]:
    """How many rows every table has."""
    counts = (f'(SELECT count(*) FROM "{table.name}")' for table in metadata.sorted_tables)
    return [*server.sql(f"SELECT {', '.join(counts)}")[0]]


def send(visitor: Visitor, operation: str, body: Any, **headers: str) -> httpx2.Response:
    """The body as JSON, in which also what is no JSON can be written."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    method, path = operation.split()
    path = path.format(hold_id=HOLD_ID, reference="AAAAA-AAAAA", checkout_id="none")
    return visitor.http.request(method, path, content=content, headers=JSON | headers)


def assert_problem(answer: httpx2.Response) -> None:
    """The one shape of every refusal of the native API."""
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "code", "detail", "errors"} <= set(problem)
    assert problem["status"] == answer.status_code
    assert problem["code"]
    assert problem["detail"]
    for error in problem["errors"]:
        assert set(error) - {"limit"} == {"field", "code"}
        assert error["code"]


def assert_names(answer: httpx2.Response, field: str) -> None:
    assert_problem(answer)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [name for name in fields(answer) if name == field or name.startswith(f"{field}.")]


def changed(body: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    *tables, name = field.split(".")
    inner = body
    for table in tables:
        inner = inner[table]
    inner[name] = value
    return body


def test_every_operation_that_takes_a_body_is_tested_here(shared: Server) -> None:
    document = shared.http.get("/api/openapi.json").json()
    taking = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }
    assert taking == set(OPERATIONS)
    for operation in OPERATIONS:
        method, path = operation.split()
        content = document["paths"][path][method.lower()]["requestBody"]["content"]
        reference = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        known = set(document["components"]["schemas"][reference]["properties"])
        assert known - {"ttl", "hold_id", "checkout_id"} == set(body_of(operation))


# --- bodies, field by field


@pytest.mark.parametrize(("operation", "field"), FIELDS)
def test_a_value_of_the_wrong_kind_is_refused_under_its_fields_name(
    ann: Visitor, operation: str, field: str
) -> None:
    for value in NO_TEXT if field in OF_TEXT else NEVER:
        if field == "seq" and value == 2**31:
            continue
        if field == "customer" and value == {}:
            continue
        answer = send(ann, operation, changed(body_of(operation), field, value))
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
    for body in (without, changed(body_of(operation), field, None)):
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
    answer = send(ann, operation, changed(body_of(operation), field, "owner"))
    assert fields(answer) == {field: "unknown_field"}


TEXTS = ("name", "email", "phone")
#: NUL, ESC, DEL, next line, the one-byte form of ESC [, separators of lines and paragraphs, an
#: embedding, an override, an isolate.
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
    body = changed(body_of("POST /api/v1/bookings"), f"customer.{field}", value)
    assert fields(send(ann, "POST /api/v1/bookings", body)) == {f"customer.{field}": code}


@pytest.mark.parametrize(("field", "most"), [("name", 200), ("email", 254), ("phone", 40)])
@pytest.mark.parametrize("letter", ["x", "é", "界", "🦊"])
def test_a_text_that_is_too_long_is_told_how_long_it_may_be(
    ann: Visitor, field: str, most: int, letter: str
) -> None:
    for length in (most + 1, 10_000):
        body = changed(body_of("POST /api/v1/bookings"), f"customer.{field}", letter * length)
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
    assert refused(answer) == (413, "too_large")


def test_a_body_that_never_says_how_long_it_is_is_refused_as_well(ann: Visitor) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 100_000

    answer = ann.http.post("/api/v1/holds", content=endless(), headers=JSON)
    assert refused(answer) == (413, "too_large")


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
    assert refused(answer) == (404, "not_found")


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
    assert refused(answer) == (404, "not_found")


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
    wish = {"date": str(day), "time": "10:15", "employee_id": 1, "client_id": "c1"}
    for value in [None, *NEVER, *NO_TEXT]:
        answer = send(ann, f"POST {API}/slots/{path}", wish | {field: value})
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
    """A redirect would be made from the Host header, which is the caller's to choose."""
    answer = shared.http.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
    assert refused(answer) == (404, "not_found"), answer.headers
    assert "Location" not in answer.headers
