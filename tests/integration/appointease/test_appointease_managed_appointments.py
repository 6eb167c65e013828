"""An unmodified AppointEase client reads, moves and cancels appointments as before, and lists those
of a customer: the captured pairs of request and answer."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import (
    API,
    BOOKING_API,
    FORBIDDEN,
    NOT_FOUND,
    PluginClient,
    read_answer,
    read_booking,
    wordpress_error,
)
from tests.support.days import at
from tests.support.json_shapes import same_shape
from tests.support.server import Server
from tests.support.visitor import Visitor

RECORD = """{"id":"3","name":"Ann Lee","email":"ann@example.com","phone":"5550001",
"appointment_date":"2026-11-26 10:00:00","status":"confirmed","service_id":"1","employee_id":"1",
"customer_id":null,"notes":null,"payment_status":"pending","total_amount":null,
"strong_id":"APT-2026-000003","idempotency_key":"b35b","created_at":"2026-11-22 09:23:03",
"rescheduled_at":null,"original_date":null}"""


# --- the captured pairs: GET


def test_an_appointment_is_a_database_row(ann_client: PluginClient) -> None:
    made = read_booking(ann_client.book("10:00"))
    answer = ann_client.appointment(made["strong_id"])
    assert answer.status_code == 200
    found = answer.json()
    names = {"service_name": found.pop("service_name"), "staff_name": found.pop("staff_name")}
    assert same_shape(found, RECORD)
    assert names == {"service_name": "Consultation", "staff_name": "Sarah Johnson"}
    assert found | {"created_at": "", "idempotency_key": ""} == {
        "id": str(made["appointment_id"]),
        "name": "Ann Lee",
        "email": "ann@example.com",
        "phone": "5550001",
        "appointment_date": f"{ann_client.day} 10:00:00",
        "status": "confirmed",
        "service_id": "1",
        "employee_id": "1",
        "customer_id": None,
        "notes": None,
        "payment_status": "pending",
        "total_amount": None,
        "strong_id": made["strong_id"],
        "idempotency_key": "",
        "created_at": "",
        "rescheduled_at": None,
        "original_date": None,
    }
    made_at = datetime.strptime(found["created_at"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - made_at) < timedelta(seconds=30)


def test_an_appointment_by_its_number_under_any_name(ann_client: PluginClient) -> None:
    number = read_booking(ann_client.book("10:00"))["appointment_id"]
    for name in (number, f"APT-1111-{number}", f"APT-2026-{number:06}"):
        assert ann_client.appointment(name).json()["id"] == str(number)


@pytest.mark.parametrize("name", ["APT-2026-999999", "9999999999", "0", "AE7", "APT-x-1", "-"])
def test_an_appointment_that_there_is_not(ann_client: PluginClient, name: str) -> None:
    assert read_answer(ann_client.appointment(name)) == (404, NOT_FOUND)
    assert read_answer(ann_client.move(name, f"{ann_client.day} 14:00:00")) == (404, NOT_FOUND)
    assert read_answer(ann_client.cancel(name)) == (404, NOT_FOUND)


@pytest.mark.parametrize("name", ["a_b", "a.b", "%2e%2e", "1%20"])
def test_a_name_that_none_can_have(ann_client: PluginClient, name: str) -> None:
    assert refusal_of(ann_client.appointment(name)) == (404, "rest_no_route")


# --- the captured pairs: PUT


def test_changes_without_nonce_session_or_token(ann_client: PluginClient) -> None:
    name = read_booking(ann_client.book("10:00"))["strong_id"]
    ann_client.http.cookies.clear()
    for answer in (
        ann_client.move(name, f"{ann_client.day} 14:00:00", nonce=None),
        ann_client.cancel(name, nonce=None),
        ann_client.cancel("APT-2026-999999", nonce=None),
    ):
        assert read_answer(answer) == (401, FORBIDDEN)


def test_moving(ann_client: PluginClient, stranger: PluginClient) -> None:
    name = read_booking(ann_client.book("10:00"))["strong_id"]
    answer = ann_client.move(name, f"{ann_client.day} 14:00:00")
    assert (answer.status_code, answer.content) == (200, b'{"success":true}')
    assert stranger.poll()["booked_slots"] == ["14:00"]
    ann_client.move(name, f"{ann_client.day} 15:00:00")
    found = ann_client.appointment(name).json()
    assert found["appointment_date"] == f"{ann_client.day} 15:00:00"
    assert found["original_date"] == f"{ann_client.day} 10:00:00"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", found["rescheduled_at"])


def test_moving_to_a_time_that_is_taken(ann_client: PluginClient, ann: Visitor, day: date) -> None:
    name = read_booking(ann_client.book("10:00"))["strong_id"]
    ann.book(at("11:00", day))
    assert read_answer(ann_client.move(name, f"{day} 11:00:00")) == (
        409,
        wordpress_error("slot_taken", "New time slot is no longer available", 409),
    )
    assert ann_client.appointment(name).json()["appointment_date"] == f"{day} 10:00:00"


@pytest.mark.parametrize("when", [None, ""])
def test_moving_without_a_date(ann_client: PluginClient, when: str | None) -> None:
    name = read_booking(ann_client.book("10:00"))["strong_id"]
    assert read_answer(ann_client.move(name, when)) == (
        400,
        wordpress_error("missing_params", "ID and new date are required", 400),
    )


# --- the captured pairs: DELETE


def test_cancelling_and_again(ann_client: PluginClient, stranger: PluginClient) -> None:
    name = read_booking(ann_client.book("10:00"))["strong_id"]
    answer = ann_client.cancel(name)
    assert (answer.status_code, answer.content) == (200, b'{"success":true}')
    assert stranger.poll()["booked_slots"] == []
    again = ann_client.cancel(name)
    assert (again.status_code, again.content) == (
        200,
        b'{"success":true,"already_cancelled":true}',
    )
    assert ann_client.appointment(name).json()["status"] == "cancelled"


def test_of_many_cancelling_at_once_one_is_told_that_it_did(ann_client: PluginClient) -> None:
    name = read_booking(ann_client.book("10:00"))["strong_id"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ann_client.cancel(name).json(), range(8)))
    assert sorted(len(answer) for answer in answers) == [1] + [2] * 7
    assert sum(answer == {"success": True, "already_cancelled": True} for answer in answers) == 7


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 11, "x", ""])
def test_odd_cookies_of_bookings_leave_booking_as_it_is(
    ann_client: PluginClient, number: str
) -> None:
    cookie = {"Cookie": f"dibs_booking_{number}=x"}
    ann_client.http.headers.update(cookie)
    assert read_booking(ann_client.book("10:00"))["success"] is True


# --- the captured pairs: user-appointments and check-customer


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, "missing_email", "Email is required"),
        ({"email": ""}, "missing_email", "Email is required"),
        ({"email": "zz"}, "invalid_email", "Valid email is required"),
        ({"email": ["a@example.com"]}, "invalid_email", "Valid email is required"),
        ({"email": "a\0@example.com"}, "invalid_email", "Valid email is required"),
    ],
)
def test_user_appointments_without_an_address(
    shared: Server, body: dict[str, Any], code: str, message: str
) -> None:
    answer = shared.http.post(f"{API}/user-appointments", json=body)
    assert read_answer(answer) == (400, wordpress_error(code, message, 400))


def test_check_customer_of_no_address(shared: Server) -> None:
    answer = shared.http.get(f"{BOOKING_API}/check-customer/zz")
    expected = wordpress_error("invalid_email", "Valid email is required", 400)
    assert read_answer(answer) == (400, expected)


def test_check_customer_unknown(shared: Server) -> None:
    answer = shared.http.get(f"{BOOKING_API}/check-customer/nobody@example.com")
    assert (answer.status_code, answer.content) == (200, b'{"exists":false}')


def test_check_customer_on_each_keystroke(shared: Server) -> None:
    address = "ann.lee@example.com"
    for length in range(1, len(address) + 1):
        typed = address[:length]
        answer = shared.http.get(f"{BOOKING_API}/check-customer/{typed}")
        assert (answer.status_code, answer.json()) in (
            (200, {"exists": False}),
            (400, wordpress_error("invalid_email", "Valid email is required", 400)),
        )


def test_all_of_it_answers_under_index_php_as_well(ann_client: PluginClient) -> None:
    base = "/index.php?rest_route=/appointease/v1/appointments"
    nonce = {"X-WP-Nonce": "96bf044326"}
    slot_request = {
        "name": "Ann Lee",
        "email": "ann@example.com",
        "date": f"{ann_client.day} 10:00:00",
        "service_id": 1,
        "employee_id": 1,
    }
    name = read_booking(ann_client.http.post(base, json=slot_request, headers=nonce))["strong_id"]
    assert ann_client.http.get(f"{base}/{name}").json()["strong_id"] == name
    to = {"new_date": f"{ann_client.day} 14:00:00"}
    assert ann_client.http.put(f"{base}/{name}", json=to, headers=nonce).json()["success"]
    assert ann_client.http.delete(f"{base}/{name}", headers=nonce).json()["success"]
    options = ann_client.http.options(f"{base}/{name}").json()
    assert options["methods"] == ["GET", "DELETE", "PUT"]
