"""Whatever is sent: a refusal in WordPress' shape with a code, never an error; nothing stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from support.days import working_day
from support.seed import API, BOOKING_API
from support.server import Server

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
        "phone": "1",
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
    encoded = {name: value.encode("latin-1") for name, value in (HEADERS | headers).items()}
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


def test_nothing_of_it_was_stored(shared: Server, select: Any) -> None:
    for table in ("sessions", "sign_in_codes"):
        assert select(shared, f"SELECT count(*) FROM {table}") == [(0,)]
    stored = select(shared, "SELECT count(*) FROM bookings WHERE customer_name = 'garbage'")
    assert stored == [(0,)]
