"""Whatever is sent, the answer is a refusal in WordPress' format with a code, never an error 500;
nothing is stored."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import API, BOOKING_API, PluginClient
from tests.support.days import working_day
from tests.support.server import Server

pytestmark = pytest.mark.scenario(38)

DAY = str(working_day(4800))
SLOT = {"date": DAY, "time": "10:00", "employee_id": 1, "client_id": "odd"}
BODIES: dict[str, dict[str, Any]] = {
    f"{API}/slots/select": SLOT,
    f"{API}/slots/deselect": SLOT,
    f"{API}/check-slot": SLOT,
    f"{BOOKING_API}/availability": {"date": DAY, "employee_id": 1, "exclude_appointment_id": "1"},
    f"{API}/reschedule-availability": {
        "date": DAY,
        "employee_id": 1,
        "exclude_appointment_id": "1",
    },
    f"{API}/appointments": {
        "name": "Ann Lee",
        "email": "ann@example.com",
        "phone": "+49 30 901820",
        "date": f"{DAY} 03:00:00",
        "service_id": 1,
        "employee_id": 1,
    },
    f"{API}/user-appointments": {"email": "ann@example.com"},
    f"{API}/generate-otp": {"email": "ann@example.com"},
    f"{API}/verify-otp": {"email": "ann@example.com", "otp": "123456"},
    f"{API}/session": {"email": "ann@example.com"},
}
FIELDS = [(path, field) for path, body in BODIES.items() for field in body]
ODD: list[Any] = [
    True,
    False,
    None,
    0,
    -1,
    1.5,
    float("nan"),
    2**31,
    2**63,
    10**400,
    "",
    " ",
    "*",
    "garbage",
    "99:99",
    "2026-02-30",
    "2026-02-30 10:00:00",
    "9999-12-31 23:59:59",
    "0000-00-00 00:00:00",
    "\0",
    "\ud800",
    "x" * 100_000,
    "'; DROP TABLE bookings; --",
    [],
    [1],
    {},
    {"$ne": 1},
]
HEADERS = {"Content-Type": "application/json", "X-WP-Nonce": "x"}


def well_answered(answer: httpx2.Response) -> None:
    assert answer.status_code < 500 or answer.json()["code"] == "mail_unavailable", answer.text
    if answer.status_code >= 400:
        refusal = answer.json()
        assert list(refusal) == ["code", "message", "data"]
        assert refusal["data"]["status"] == answer.status_code


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_odd_values(shared: Server, path: str, field: str) -> None:
    for odd in ODD:
        body = json.dumps(BODIES[path] | {field: odd}).encode()
        well_answered(shared.http.post(path, content=body, headers=HEADERS))


#: Values that are not valid text in any of these fields. PHP turns them into an empty text.
NO_TEXT: list[Any] = [{"a": 1}, {}, [], ["x"], True, False, 1.5]
WRONG: dict[str, dict[str, str]] = {
    f"{API}/slots/select": {
        "date": "invalid_date",
        "time": "invalid_time",
        "employee_id": "invalid_employee",
        "client_id": "missing_params",
    },
    f"{API}/slots/deselect": {"date": "invalid_date", "time": "invalid_time"},
    f"{API}/check-slot": {
        "date": "invalid_date",
        "time": "invalid_time",
        "employee_id": "invalid_employee",
    },
    f"{BOOKING_API}/availability": {"date": "invalid_date", "employee_id": "invalid_employee"},
    f"{API}/reschedule-availability": {
        "date": "invalid_date",
        "employee_id": "invalid_employee",
        "exclude_appointment_id": "missing_params",
    },
    f"{API}/appointments": {
        "name": "invalid_data",
        "email": "invalid_data",
        "phone": "invalid_data",
        "date": "past_date",
        "service_id": "invalid_service",
        "employee_id": "invalid_employee",
    },
    f"{API}/user-appointments": {"email": "invalid_email"},
    f"{API}/session": {"email": "invalid_email"},
}


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [(path, field, code) for path, wrong in WRONG.items() for field, code in wrong.items()],
)
def test_a_value_of_the_wrong_type(shared: Server, path: str, field: str, code: str) -> None:
    for value in NO_TEXT:
        answer = shared.http.post(path, json=BODIES[path] | {field: value}, headers=HEADERS)
        assert refusal_of(answer) == (400, code), value


def test_a_date_to_move_to_of_the_wrong_type(
    shared: Server, plugin_client: Callable[..., PluginClient]
) -> None:
    client = plugin_client(shared, "c1")
    number = client.book("10:00").json()["appointment_id"]
    for value in NO_TEXT:
        assert refusal_of(client.move(number, value)) == (400, "invalid_date"), value


def test_differs_a_session_for_what_is_no_address_is_no_fault_of_ours(shared: Server) -> None:
    answer = shared.http.post(f"{API}/session", json={"email": "zz"})
    assert refusal_of(answer) == (400, "invalid_email")


def test_fields_that_nobody_reads_may_be_anything(
    shared: Server, plugin_client: Callable[..., PluginClient]
) -> None:
    client = plugin_client(shared, "c1")
    for time, odd in (("10:00", {"a": 1}), ("11:00", 1), ("12:00", [])):
        made = client.book(time, notes=odd, status=odd, customer_id=odd, price=odd)
        found = client.appointment(made.json()["appointment_id"]).json()
        assert (found["notes"], found["status"], found["customer_id"]) == (None, "confirmed", None)


@pytest.mark.parametrize("path", BODIES)
def test_odd_bodies(shared: Server, path: str) -> None:
    for body in (b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff", b"[" * 10_000):
        well_answered(shared.http.post(path, content=body, headers=HEADERS))


@pytest.mark.parametrize("when", ODD)
def test_odd_dates_to_move_to(shared: Server, when: Any) -> None:
    body = json.dumps({"new_date": when}).encode()
    well_answered(shared.http.put(f"{API}/appointments/1", content=body, headers=HEADERS))


@pytest.mark.parametrize(
    "path",
    [
        f"{API}/appointments/%00",
        f"{API}/appointments/{'9' * 5000}",
        f"{API}/appointments/APT-{'9' * 100}-1",
        f"{BOOKING_API}/check-customer/%00@x.example",
        f"{BOOKING_API}/check-customer/{'a' * 5000}@x.example",
        f"{BOOKING_API}/check-customer/%ff",
        f"{BOOKING_API}/check-customer/a%2Fb@x.example",
    ],
)
def test_odd_paths(shared: Server, path: str) -> None:
    well_answered(shared.http.get(path))


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer " + "\xe9" * 20},
        {"Cookie": "booking_session=" + "x" * 5000},
        {"Cookie": "dibs_booking_1=\xff; dibs_client=\xff"},
        {"Cookie": ";;;=;"},
        {"X-Idempotency-Key": "x" * 5000},
        {"X-Idempotency-Key": "\xe9"},
    ],
)
def test_odd_headers(shared: Server, headers: dict[str, str]) -> None:
    encoded = [
        (name.encode(), value.encode("latin-1")) for name, value in (HEADERS | headers).items()
    ]
    ask: Callable[..., httpx2.Response] = shared.http.request
    for method, path in (
        ("GET", "session"),
        ("GET", "appointments/1"),
        ("DELETE", "appointments/1"),
        ("DELETE", "session"),
        ("POST", "appointments"),
    ):
        body = json.dumps(BODIES[f"{API}/appointments"]) if method == "POST" else None
        well_answered(ask(method, f"{API}/{path}", content=body, headers=encoded))


ADDRESSES = [
    f"{API}/slots/select",
    f"{API}/nope",
    "/wp-json",
    "/index.php?rest_route=/appointease/v1/slots/select",
    "/index.php",
    "/?rest_route=/appointease/v1/slots/select",
    "/wp-admin/admin-ajax.php",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_body_that_is_too_large(shared: Server, address: str) -> None:
    answer = shared.http.post(address, content=b" " * 3_000_000, headers=HEADERS)
    well_answered(answer)
    assert refusal_of(answer) == (413, "too_large")


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "LOCK", "PATCH", "PUT"])
@pytest.mark.parametrize("address", ADDRESSES[:-1])
def test_odd_methods(shared: Server, method: str, address: str) -> None:
    answer = shared.http.request(method, address)
    well_answered(answer)
    assert refusal_of(answer) == (404, "rest_no_route")


@pytest.mark.parametrize("path", ["slots/select", "appointments", "nope", ""])
def test_head_of_what_is_not_to_be_read(shared: Server, path: str) -> None:
    answer = shared.http.head(f"{API}/{path}")
    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"


@pytest.mark.parametrize(
    "content_type",
    [
        "Application/JSON",
        "application/json;charset=latin-1",
        "application/json ; charset=UTF-8",
        "application/problem+json",
    ],
)
def test_json_is_known_by_its_type_as_wordpress_knows_it(shared: Server, content_type: str) -> None:
    body = json.dumps(SLOT | {"date": "garbage"})
    headers = {"Content-Type": content_type}
    answer = shared.http.post(f"{API}/slots/select", content=body, headers=headers)
    assert refusal_of(answer) == (400, "invalid_date")


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"Content-Type": "application/jsonx"}, b"{}", "missing_params"),
        ({"Content-Type": "text/plain"}, b"{}", "missing_params"),
        ({"Content-Type": "json"}, b"{}", "missing_params"),
        ({"Content-Type": "\xff/\xff"}, b"{}", "missing_params"),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"{}", mtime=0), "rest_invalid_json"),
        ({"Content-Type": "application/json; charset=utf-16"}, '{"a":1}', "rest_invalid_json"),
        ({}, b'{"a":' * 2000 + b"1" + b"}" * 2000, "rest_invalid_json"),
        ({}, b'{"date":Infinity}', "rest_invalid_json"),
        ({}, b'{"date":"2026-11-25","date":7}', "missing_params"),
        ({}, b"[[]]", "missing_params"),
        ({}, b"\xef\xbb\xbf{}", "rest_invalid_json"),
    ],
)
def test_odd_encodings(
    shared: Server, headers: dict[str, str], body: bytes | str, code: str
) -> None:
    content = body.encode("utf-16") if isinstance(body, str) else body
    encoded = [
        (name.encode(), value.encode("latin-1")) for name, value in (HEADERS | headers).items()
    ]
    answer = shared.http.post(f"{API}/slots/select", content=content, headers=encoded)
    well_answered(answer)
    assert refusal_of(answer) == (400, code)


@pytest.mark.parametrize(
    "query",
    [
        "rest_route[]=/appointease/v1/slots/poll",
        "rest_route[a]=/appointease/v1/slots/poll",
        "rest_route=%",
        "rest_route=%ff%00",
        "rest_route=/appointease/v1/%zz",
        "rest_route=/appointease/v1/" + "x" * 5000,
        "&".join(["x=1"] * 2000),
    ],
)
def test_odd_routes(shared: Server, query: str) -> None:
    answer = shared.http.get(f"/index.php?{query}")
    well_answered(answer)
    assert answer.status_code == 404


def test_nothing_of_it_was_stored(shared: Server, select: Any) -> None:
    for table in ("sessions", "sign_in_codes", "code_counts"):
        assert select(shared, f"SELECT count(*) FROM {table}") == [(0,)]
    stored = select(shared, "SELECT count(*) FROM bookings WHERE customer_name = 'garbage'")
    assert stored == [(0,)]
