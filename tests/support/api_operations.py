"""The operations of Dibs' own API that take a body, and a check of its refusals."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from dibs.ledger.tables import metadata
from tests.support.answers import fields
from tests.support.plain_sql import PlainSql
from tests.support.visitor import CUSTOMER, Visitor

JSON = {"Content-Type": "application/json"}
HOLD_ID = "1-1-4102444800"  # of a day on which no test takes a hold
LONG = "x" * 1_000_000
SURROGATE = "\ud800"
#: Values that are never a number, an instant or a day.
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
#: Values that are never a text.
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
    """Return a well-formed body for an operation."""
    slot_request = {"service_id": 1, "starts_at": "2100-01-06T10:00:00Z", "resource_id": 1}
    bodies: dict[str, dict[str, Any]] = {
        "POST /api/v1/holds": slot_request
        | {"seq": 1, "booking": {"reference": "AAAAA-AAAAA", "manage_token": "x" * 32}},
        "PATCH /api/v1/holds/{hold_id}": {
            "starts_at": slot_request["starts_at"],
            "resource_id": 1,
            "seq": 1,
        },
        "POST /api/v1/checkouts": slot_request,
        "POST /api/v1/bookings": slot_request
        | {
            "customer": CUSTOMER | {"phone": "+49 30 123456"},
            "language": "de-AT",
            "time_zone": "Europe/Vienna",
            "answers": {},
            "accepted_terms": False,
            "terms_version": "x",
        },
        "POST /api/v1/session/codes": {"email": "ann@example.com", "language": "de-AT"},
        "POST /api/v1/session": {"email": "ann@example.com", "code": "123456"},
        "PATCH /api/v1/bookings/{reference}": {
            "starts_at": slot_request["starts_at"],
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
    "POST /api/v1/session/codes",
    "POST /api/v1/session",
]


def rows(sql: PlainSql) -> list[int]:
    """Return how many rows each table has. Counts of visits are left out, because Dibs counts them
    in memory and writes them at some later time."""
    tables = [each.name for each in metadata.sorted_tables if each.name != "visit_counts"]
    counts = (f'(SELECT count(*) FROM "{name}")' for name in tables)
    return [*sql(f"SELECT {', '.join(counts)}")[0]]


def send(visitor: Visitor, operation: str, body: Any, **headers: str) -> httpx2.Response:
    """Send a body as JSON. A body of bytes is sent as it is, so that it can be invalid JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    method, path = operation.split()
    path = path.format(hold_id=HOLD_ID, reference="AAAAA-AAAAA", checkout_id="none")
    return visitor.http.request(method, path, content=content, headers=JSON | headers)


def assert_problem(answer: httpx2.Response) -> None:
    """Check that an answer has the shape of every refusal of Dibs' own API."""
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
