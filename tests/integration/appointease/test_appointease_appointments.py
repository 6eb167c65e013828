"""Appointments: the captured pairs, and what differs on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.support.answers import refused
from tests.support.appointease import API, BOOKING_API, SeedClient, wordpress_error
from tests.support.days import at, working_day
from tests.support.server import Server
from tests.support.shapes import same_shape
from tests.support.visitor import Visitor

NewClient = Callable[..., SeedClient]

RECORD = """{"id":"3","name":"Ann Lee","email":"ann@example.com","phone":"5550001",
"appointment_date":"2026-11-26 10:00:00","status":"confirmed","service_id":"1","employee_id":"1",
"customer_id":null,"notes":null,"payment_status":"pending","total_amount":null,
"strong_id":"APT-2026-000003","idempotency_key":"b35b","created_at":"2026-11-22 09:23:03",
"rescheduled_at":null,"original_date":null}"""
FORBIDDEN = wordpress_error("rest_forbidden", "Sorry, you are not allowed to do that.", 401)
NOT_FOUND = wordpress_error("not_found", "Appointment not found", 404)
DUPLICATE = wordpress_error("duplicate_submission", "Duplicate booking attempt detected", 409)


def answered(answer: httpx2.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


def booked(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    appointment: dict[str, Any] = answer.json()
    return appointment


@pytest.fixture
def ann_client(shared: Server, seed_client: NewClient) -> SeedClient:
    return seed_client(shared, "ann")


@pytest.fixture
def stranger(shared: Server, seed_client: NewClient) -> SeedClient:
    return seed_client(shared, "stranger")


# --- the captured pairs: POST


def test_booking_without_nonce_or_session(ann_client: SeedClient) -> None:
    assert answered(ann_client.book("10:00", nonce=None)) == (401, FORBIDDEN)
    assert answered(ann_client.book("10:00", nonce="")) == (401, FORBIDDEN)


def test_booking(ann_client: SeedClient, stranger: SeedClient) -> None:
    found = booked(ann_client.book("10:00"))
    assert list(found) == ["success", "appointment_id", "strong_id", "message"]
    assert (found["success"], found["message"]) == (True, "Appointment booked successfully")
    assert isinstance(found["appointment_id"], int)
    year = datetime.now(UTC).year
    assert found["strong_id"] == f"APT-{year}-{found['appointment_id']:06}"
    assert stranger.poll()["booked_slots"] == ["10:00"]


def test_a_time_that_is_taken(ann_client: SeedClient, stranger: SeedClient) -> None:
    ann_client.book("10:00")
    answer = stranger.book("10:00", name="Bob", email="bob@example.com")
    assert answer.status_code == 409
    assert answer.json() == {
        "code": "slot_taken",
        "message": "Sorry! The 10:00 AM slot was just booked by another user."
        " Please select a different time.",
        "data": {
            "status": 409,
            "data": {
                "conflict_time": f"{stranger.day} 10:00:00",
                "conflict_time_formatted": "10:00 AM",
                "suggested_slots": ["09:30", "10:30", "11:00"],
                "message": "This slot is currently being booked by another user."
                " Please choose another slot.",
            },
        },
    }


def test_the_same_person_again_within_a_minute(ann_client: SeedClient) -> None:
    """Also where the second comes in the next minute of the clock."""
    ann_client.book("10:00")
    assert answered(ann_client.book("10:00")) == (409, DUPLICATE)


def test_the_same_person_again_after_they_cancelled(ann_client: SeedClient) -> None:
    first = booked(ann_client.book("10:00"))["appointment_id"]
    assert ann_client.cancel(first).status_code == 200
    assert booked(ann_client.book("10:00"))["appointment_id"] != first


@pytest.mark.scenario(13)
@pytest.mark.parametrize("more", [{}, {"name": "Somebody Else"}])
def test_an_idempotency_key_that_comes_again(
    ann_client: SeedClient, stranger: SeedClient, more: dict[str, str]
) -> None:
    key = f"key {ann_client.day}"
    booked(ann_client.book("13:00", key=key))
    assert answered(ann_client.book("13:00", key=key, **more)) == (409, DUPLICATE)
    ann_client.http.cookies.clear()
    assert answered(ann_client.book("13:00", key=key, **more)) == (409, DUPLICATE)
    assert stranger.poll()["booked_slots"] == ["13:00"]


@pytest.mark.scenario(13)
@pytest.mark.parametrize("key", [None, "key of a double click "])
def test_a_double_click_books_once_and_says_so(
    shared: Server, seed_client: NewClient, key: str | None
) -> None:
    """The two come at once, from a browser that has no cookie yet."""
    outcomes = []
    for time in ("09:00", "10:00", "11:00", "12:00"):
        clicks = [seed_client(shared, "c1") for _ in range(2)]
        more = {"key": f"{key}{clicks[0].day} {time}"} if key else {}
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda click: click.book(time, **more), clicks))  # noqa: B023
        outcomes.append(sorted(map(refused, answers)))
    assert outcomes == [[(200, "no code"), (409, "duplicate_submission")]] * 4


def test_a_repeated_booking_gives_nobody_the_first_ones_secrets(
    ann_client: SeedClient, stranger: SeedClient
) -> None:
    key = f"guessable {ann_client.day}"
    made = booked(ann_client.book("10:00", key=key))
    for answer in (stranger.book("10:00", key=key), stranger.book("10:00")):
        assert answer.status_code == 409
        assert "Set-Cookie" not in answer.headers
    assert answered(stranger.appointment(made["appointment_id"])) == (404, NOT_FOUND)


@pytest.mark.parametrize("missing", ["name", "email", "date", "service_id"])
def test_missing_fields(ann_client: SeedClient, missing: str) -> None:
    assert answered(ann_client.book("10:00", **{missing: None})) == (
        400,
        wordpress_error("missing_fields", "Required fields missing", 400),
    )


@pytest.mark.parametrize(
    "more",
    [
        {"name": ""},
        {"name": "  "},
        {"name": 7},
        {"email": ""},
        {"email": "nope"},
        {"email": "a\0@b.example"},
        {"date": ""},
    ],
)
def test_data_that_nobody_could_be_reached_by(ann_client: SeedClient, more: dict[str, Any]) -> None:
    assert answered(ann_client.book("10:00", **more)) == (
        400,
        wordpress_error("invalid_data", "Name, email and date are required", 400),
    )


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"name": "x" * 201}, "Name has to be one line of at most 200 letters"),
        ({"name": "Ann\tLee"}, "Name has to be one line of at most 200 letters"),
        ({"phone": "1" * 41}, "Phone has to be one line of at most 40 letters"),
        ({"phone": "555\n0001"}, "Phone has to be one line of at most 40 letters"),
        ({"phone": ["5550001"]}, "Phone has to be one line of at most 40 letters"),
    ],
)
def test_differs_it_is_said_what_is_wrong(
    ann_client: SeedClient, more: dict[str, Any], message: str
) -> None:
    refusal = wordpress_error("invalid_data", message, 400)
    assert answered(ann_client.book("10:00", **more)) == (400, refusal)


def test_blanks_around_what_was_typed_are_nothing(ann_client: SeedClient) -> None:
    made = booked(ann_client.book("10:00", name=" Ann Lee" + " " * 200, phone=" "))
    found = ann_client.appointment(made["appointment_id"]).json()
    assert (found["name"], found["phone"]) == ("Ann Lee", "")


@pytest.mark.parametrize("employee", [None, ""])
def test_no_employee(ann_client: SeedClient, employee: str | None) -> None:
    assert answered(ann_client.book("10:00", employee_id=employee)) == (
        400,
        wordpress_error("invalid_data", "Employee selection is required", 400),
    )


@pytest.mark.parametrize("when", ["2020-01-01 10:00:00", "garbage", "tomorrow 10am", 20, ["x"], {}])
def test_in_the_past_or_no_date_at_all(ann_client: SeedClient, when: Any) -> None:
    assert answered(ann_client.book("10:00", date=when)) == (
        400,
        wordpress_error("past_date", "Cannot book appointments in the past", 400),
    )


def test_too_far_ahead(server: Server, seed_client: NewClient) -> None:
    late = seed_client(server, "c1", day=working_day(9))
    assert answered(late.book("10:00")) == (
        400,
        wordpress_error("too_far_advance", "Cannot book more than 30 days in advance", 400),
    )


def test_outside_hours(ann_client: SeedClient) -> None:
    for time in ("20:00", "08:30"):
        assert answered(ann_client.book(time)) == (
            400,
            wordpress_error("outside_hours", "Appointment must be within business hours", 400),
        )


def test_on_a_day_off(shared: Server, seed_client: NewClient, day: date) -> None:
    sunday = seed_client(shared, "c1", day=day + timedelta(days=4))
    assert answered(sunday.book("10:00")) == (
        400,
        wordpress_error("non_working_day", "Appointment must be on a working day", 400),
    )


@pytest.mark.parametrize("form", ["{day}T09:00", "{day}T09:00:00", "{day} 09:00"])
def test_other_forms_of_a_date(ann_client: SeedClient, stranger: SeedClient, form: str) -> None:
    booked(ann_client.book("09:00", date=form.format(day=ann_client.day)))
    assert stranger.poll()["booked_slots"] == ["09:00"]


def test_differs_seconds_of_a_date_count(ann_client: SeedClient) -> None:
    made = booked(ann_client.book("09:00"))
    assert refused(ann_client.book("10:00", date=f"{ann_client.day} 10:00:30")) == (
        409,
        "slot_closed",
    )
    moved = ann_client.move(made["strong_id"], f"{ann_client.day} 10:00:30")
    assert refused(moved) == (409, "slot_closed")


@pytest.mark.parametrize(("time", "said"), [("09:30", "9:30 AM"), ("13:00", "1:00 PM")])
def test_a_lost_time_is_named_as_php_names_it(
    stranger: SeedClient, ann: Visitor, day: date, time: str, said: str
) -> None:
    ann.book(at(time, day))
    lost = stranger.book(time).json()
    assert lost["data"]["data"]["conflict_time_formatted"] == said
    assert f"The {said} slot" in lost["message"]


@pytest.mark.parametrize("more", [".000Z", "Z", "+01:00", " AM", ".5"])
def test_differs_a_date_of_another_zone_is_refused_as_such(
    ann_client: SeedClient, more: str
) -> None:
    """A date is the business's wall time; nobody's booking moves by the offset of their browser."""
    made = booked(ann_client.book("09:00"))
    wanted = wordpress_error("invalid_date", "Dates are local, like 2026-11-25 10:00:00", 400)
    date = f"{ann_client.day}T10:00:00{more}"
    assert answered(ann_client.book("10:00", date=date)) == (400, wanted)
    assert answered(ann_client.move(made["strong_id"], date)) == (400, wanted)


def test_ids_may_be_texts_and_a_phone_may_be_a_number_or_none(
    shared: Server, ann_client: SeedClient
) -> None:
    booked(ann_client.book("09:00", service_id="1", employee_id="1", phone=5550001))
    found = booked(ann_client.book("10:00", phone=None, email="a@example.com"))
    assert ann_client.appointment(found["appointment_id"]).json()["phone"] == ""


# --- the captured pairs: GET


def test_an_appointment_is_a_database_row(ann_client: SeedClient) -> None:
    made = booked(ann_client.book("10:00"))
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


def test_an_appointment_by_its_number_under_any_name(ann_client: SeedClient) -> None:
    number = booked(ann_client.book("10:00"))["appointment_id"]
    for name in (number, f"APT-1111-{number}", f"APT-2026-{number:06}"):
        assert ann_client.appointment(name).json()["id"] == str(number)


@pytest.mark.parametrize("name", ["APT-2026-999999", "9999999999", "0", "AE7", "APT-x-1", "-"])
def test_an_appointment_that_there_is_not(ann_client: SeedClient, name: str) -> None:
    assert answered(ann_client.appointment(name)) == (404, NOT_FOUND)
    assert answered(ann_client.move(name, f"{ann_client.day} 14:00:00")) == (404, NOT_FOUND)
    assert answered(ann_client.cancel(name)) == (404, NOT_FOUND)


@pytest.mark.parametrize("name", ["a_b", "a.b", "%2e%2e", "1%20"])
def test_a_name_that_none_can_have(ann_client: SeedClient, name: str) -> None:
    assert refused(ann_client.appointment(name)) == (404, "rest_no_route")


# --- the captured pairs: PUT


def test_changes_without_nonce_session_or_token(ann_client: SeedClient) -> None:
    name = booked(ann_client.book("10:00"))["strong_id"]
    ann_client.http.cookies.clear()
    for answer in (
        ann_client.move(name, f"{ann_client.day} 14:00:00", nonce=None),
        ann_client.cancel(name, nonce=None),
        ann_client.cancel("APT-2026-999999", nonce=None),
    ):
        assert answered(answer) == (401, FORBIDDEN)


def test_moving(ann_client: SeedClient, stranger: SeedClient) -> None:
    name = booked(ann_client.book("10:00"))["strong_id"]
    answer = ann_client.move(name, f"{ann_client.day} 14:00:00")
    assert (answer.status_code, answer.content) == (200, b'{"success":true}')
    assert stranger.poll()["booked_slots"] == ["14:00"]
    ann_client.move(name, f"{ann_client.day} 15:00:00")
    found = ann_client.appointment(name).json()
    assert found["appointment_date"] == f"{ann_client.day} 15:00:00"
    assert found["original_date"] == f"{ann_client.day} 10:00:00"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", found["rescheduled_at"])


def test_moving_to_a_time_that_is_taken(ann_client: SeedClient, ann: Visitor, day: date) -> None:
    name = booked(ann_client.book("10:00"))["strong_id"]
    ann.book(at("11:00", day))
    assert answered(ann_client.move(name, f"{day} 11:00:00")) == (
        409,
        wordpress_error("slot_taken", "New time slot is no longer available", 409),
    )
    assert ann_client.appointment(name).json()["appointment_date"] == f"{day} 10:00:00"


@pytest.mark.parametrize("when", [None, ""])
def test_moving_without_a_date(ann_client: SeedClient, when: str | None) -> None:
    name = booked(ann_client.book("10:00"))["strong_id"]
    assert answered(ann_client.move(name, when)) == (
        400,
        wordpress_error("missing_params", "ID and new date are required", 400),
    )


# --- the captured pairs: DELETE


def test_cancelling_and_again(ann_client: SeedClient, stranger: SeedClient) -> None:
    name = booked(ann_client.book("10:00"))["strong_id"]
    answer = ann_client.cancel(name)
    assert (answer.status_code, answer.content) == (200, b'{"success":true}')
    assert stranger.poll()["booked_slots"] == []
    again = ann_client.cancel(name)
    assert (again.status_code, again.content) == (
        200,
        b'{"success":true,"already_cancelled":true}',
    )
    assert ann_client.appointment(name).json()["status"] == "cancelled"


def test_of_many_cancelling_at_once_one_is_told_that_it_did(ann_client: SeedClient) -> None:
    name = booked(ann_client.book("10:00"))["strong_id"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ann_client.cancel(name).json(), range(8)))
    assert sorted(len(answer) for answer in answers) == [1] + [2] * 7
    assert sum(answer == {"success": True, "already_cancelled": True} for answer in answers) == 7


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 11, "x", ""])
def test_odd_cookies_of_bookings_leave_booking_as_it_is(
    ann_client: SeedClient, number: str
) -> None:
    cookie = {"Cookie": f"dibs_booking_{number}=x"}
    ann_client.http.headers.update(cookie)
    assert booked(ann_client.book("10:00"))["success"] is True


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
    assert answered(answer) == (400, wordpress_error(code, message, 400))


def test_check_customer_of_no_address(shared: Server) -> None:
    answer = shared.http.get(f"{BOOKING_API}/check-customer/zz")
    expected = wordpress_error("invalid_email", "Valid email is required", 400)
    assert answered(answer) == (400, expected)


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


def test_all_of_it_answers_under_index_php_as_well(ann_client: SeedClient) -> None:
    base = "/index.php?rest_route=/appointease/v1/appointments"
    nonce = {"X-WP-Nonce": "96bf044326"}
    wish = {
        "name": "Ann Lee",
        "email": "ann@example.com",
        "date": f"{ann_client.day} 10:00:00",
        "service_id": 1,
        "employee_id": 1,
    }
    name = booked(ann_client.http.post(base, json=wish, headers=nonce))["strong_id"]
    assert ann_client.http.get(f"{base}/{name}").json()["strong_id"] == name
    to = {"new_date": f"{ann_client.day} 14:00:00"}
    assert ann_client.http.put(f"{base}/{name}", json=to, headers=nonce).json()["success"]
    assert ann_client.http.delete(f"{base}/{name}", headers=nonce).json()["success"]
    options = ann_client.http.options(f"{base}/{name}").json()
    assert options["methods"] == ["GET", "DELETE", "PUT"]


# --- what differs on purpose: who may


@pytest.mark.scenario(22)
def test_differs_a_number_opens_nothing(ann_client: SeedClient, stranger: SeedClient) -> None:
    made = booked(ann_client.book("10:00"))
    for name in (made["strong_id"], made["appointment_id"], f"APT-1111-{made['appointment_id']}"):
        assert answered(stranger.appointment(name)) == (404, NOT_FOUND)
        assert answered(stranger.move(name, f"{stranger.day} 14:00:00")) == (404, NOT_FOUND)
        assert answered(stranger.cancel(name)) == (404, NOT_FOUND)
    assert ann_client.appointment(made["appointment_id"]).json()["status"] == "confirmed"
    assert stranger.poll()["booked_slots"] == ["10:00"]


@pytest.mark.scenario(23)
def test_differs_the_cookie_of_one_booking_opens_no_other(
    ann_client: SeedClient, stranger: SeedClient
) -> None:
    made = booked(ann_client.book("10:00"))["appointment_id"]
    own = booked(stranger.book("11:00", email="b@example.com"))["appointment_id"]
    token = stranger.http.cookies[f"dibs_booking_{own}"]
    stranger.http.cookies.set(f"dibs_booking_{made}", token)
    stranger.http.cookies.set("dibs_client", ann_client.http.cookies["dibs_client"])
    assert answered(stranger.appointment(made)) == (404, NOT_FOUND)
    bearer = {"Authorization": f"Bearer {token}"}
    assert answered(stranger.cancel(made, **bearer)) == (404, NOT_FOUND)
    assert answered(stranger.cancel(made, nonce=None, **bearer)) == (401, FORBIDDEN)


def test_differs_the_manage_token_opens_a_booking_without_a_nonce(
    shared: Server, stranger: SeedClient, ann: Visitor, select: Any, day: date
) -> None:
    made = ann.book(at("10:00", day)).json()
    found = select(shared, "SELECT id FROM bookings WHERE reference = ?", made["reference"])
    number = found[0][0]
    bearer = {"Authorization": f"Bearer {made['manage_token']}"}
    assert stranger.appointment(number, **bearer).json()["name"] == "Ann Lee"
    assert stranger.move(number, f"{day} 14:00:00", nonce=None, **bearer).status_code == 200
    assert stranger.cancel(number, nonce=None, **bearer).json() == {"success": True}


def test_differs_a_checkout_is_no_appointment_yet(
    shared: Server, stranger: SeedClient, ann: Visitor, select: Any, day: date
) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    number = select(shared, "SELECT id FROM bookings WHERE token = ?", checkout["id"])[0][0]
    assert answered(stranger.appointment(number)) == (404, NOT_FOUND)


@pytest.mark.scenario(21)
def test_differs_a_customer_is_told_of_to_nobody(
    ann_client: SeedClient, stranger: SeedClient
) -> None:
    booked(ann_client.book("10:00"))
    for client in (ann_client, stranger):
        for address in ("ann@example.com", "e@x.co"):
            answer = client.http.post(f"{API}/user-appointments", json={"email": address})
            assert (answer.status_code, answer.content) == (200, b"[]")
        answer = client.http.get(f"{BOOKING_API}/check-customer/ann@example.com")
        assert (answer.status_code, answer.json()) == (200, {"exists": False})


def test_differs_only_ones_own_appointment_can_be_left_out(
    ann_client: SeedClient, stranger: SeedClient
) -> None:
    name = booked(ann_client.book("11:00"))["strong_id"]
    own = ann_client.availability(exclude_appointment_id=name).json()
    assert "11:00" not in own["unavailable"]
    assert own["booking_details"] == {}
    foreign = stranger.availability(exclude_appointment_id=name).json()
    assert "11:00" in foreign["unavailable"]


def test_what_a_browser_keeps_is_kept_from_scripts_and_other_sites(
    ann_client: SeedClient,
) -> None:
    answer = ann_client.book("10:00")
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 3
    for cookie in cookies:
        assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.lower().split("; "))


# --- … any nonce will do, and proves nothing


@pytest.mark.parametrize("nonce", ["deadbeef00", "x", "96bf044326" * 50])
def test_differs_any_nonce_will_do(ann_client: SeedClient, nonce: str) -> None:
    assert ann_client.book("15:00", nonce=nonce).status_code == 200


# --- … the same rules as the native API


@pytest.mark.scenario(26)
def test_differs_off_the_grid(ann_client: SeedClient) -> None:
    assert refused(ann_client.book("15:07")) == (409, "slot_closed")
    assert refused(ann_client.book("16:45")) == (400, "outside_hours")


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        ({"employee_id": 777}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": "x"}, "invalid_employee", "Invalid employee ID"),
        ({"service_id": 999}, "invalid_service", "Invalid service ID"),
        ({"service_id": [1]}, "invalid_service", "Invalid service ID"),
        ({"date": "2026-02-30 10:00:00"}, "invalid_date", "Invalid date"),
        ({"date": "2099-11-26 99:99:00"}, "invalid_time", "Invalid time"),
    ],
)
def test_differs_nonsense_is_refused(
    ann_client: SeedClient, more: dict[str, Any], code: str, message: str
) -> None:
    assert answered(ann_client.book("10:00", **more)) == (400, wordpress_error(code, message, 400))


@pytest.mark.scenario(8)
def test_differs_an_overlap_is_refused(ann_client: SeedClient, stranger: SeedClient) -> None:
    booked(ann_client.book("10:00", service_id=2))
    for time, service in (("10:30", 1), ("09:30", 2)):
        answer = stranger.book(time, service_id=service, email="b@example.com")
        assert refused(answer) == (409, "slot_taken")


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("2020-01-01 10:00:00", "invalid_date"),
        ("tomorrow 10am", "invalid_date"),
        ("2026-02-30 10:00:00", "invalid_date"),
        (7, "invalid_date"),
        ("{sunday} 10:00:00", "non_working_day"),
        ("{day} 03:00:00", "outside_hours"),
        ("{day} 14:07:00", "slot_closed"),
    ],
)
def test_differs_moving_keeps_the_rules(
    ann_client: SeedClient, when: Any, code: str, day: date
) -> None:
    name = booked(ann_client.book("10:00"))["strong_id"]
    if isinstance(when, str):
        when = when.format(day=day, sunday=day + timedelta(days=4))
    assert refused(ann_client.move(name, when))[1] == code
    assert ann_client.appointment(name).json()["appointment_date"] == f"{day} 10:00:00"


@pytest.mark.scenario(9)
def test_differs_of_twenty_at_once_one_wins_and_none_is_an_error(
    shared: Server, seed_client: NewClient
) -> None:
    clients = [seed_client(shared, f"rival {n}") for n in range(20)]

    def book(client: SeedClient) -> httpx2.Response:
        return client.book("10:00", email=f"{client.name.replace(' ', '')}@example.com")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(book, clients))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19


def test_differs_what_was_cancelled_is_not_moved(ann_client: SeedClient) -> None:
    name = booked(ann_client.book("10:00"))["strong_id"]
    ann_client.cancel(name)
    answer = ann_client.move(name, f"{ann_client.day} 14:00:00")
    assert answered(answer) == (
        409,
        wordpress_error("booking_closed", "This booking can no longer be changed.", 409),
    )
    assert ann_client.appointment(name).json()["status"] == "cancelled"


def test_differs_what_is_over_is_neither_moved_nor_cancelled(
    shared: Server, ann_client: SeedClient
) -> None:
    number = booked(ann_client.book("10:00"))["appointment_id"]
    long_ago = at("10:00", date(2020, 1, 1))
    for table, name in (("bookings", "id"), ("allocations", "booking_id")):
        shared.sql(
            f"UPDATE {table} SET starts_at = ?, ends_at = ? WHERE {name} = ?",
            long_ago,
            long_ago + timedelta(minutes=30),
            number,
        )
    for answer in (
        ann_client.move(number, f"{ann_client.day} 14:00:00"),
        ann_client.cancel(number),
    ):
        assert refused(answer) == (409, "booking_closed")


def test_differs_a_service_longer_than_its_slot_may_be_refused_after_the_form(
    ann_client: SeedClient, stranger: SeedClient
) -> None:
    booked(stranger.book("10:30"))
    for time, code in (("10:00", (409, "slot_taken")), ("16:30", (400, "outside_hours"))):
        assert ann_client.select(time).status_code == 200
        assert refused(ann_client.book(time, service_id=2, email="b@example.com")) == code


def test_differs_nothing_moves_further_ahead_than_can_be_booked(
    server: Server, seed_client: NewClient
) -> None:
    client = seed_client(server, "c1", day=working_day())
    name = booked(client.book("10:00"))["strong_id"]
    assert answered(client.move(name, f"{working_day(9)} 10:00:00")) == (
        400,
        wordpress_error("too_far_advance", "Cannot book more than 30 days in advance", 400),
    )


def test_differs_an_idempotency_key_is_shown_to_nobody(ann_client: SeedClient) -> None:
    made = booked(ann_client.book("10:00", key=f"a secret {ann_client.day}"))
    assert ann_client.appointment(made["appointment_id"]).json()["idempotency_key"] == ""


# --- … a selection is its visitor's, and books


@pytest.mark.scenario(5)
def test_differs_a_selected_slot_is_booked_by_its_visitor_alone(
    ann_client: SeedClient, stranger: SeedClient
) -> None:
    ann_client.select("10:00")
    assert refused(stranger.book("10:00", email="b@example.com")) == (409, "slot_taken")
    booked(ann_client.book("10:00"))
    poll = stranger.poll()
    assert (poll["booked_slots"], poll["active_selections"]) == (["10:00"], [])
