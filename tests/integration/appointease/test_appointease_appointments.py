"""An unmodified AppointEase client books as before: the captured pairs of POST and its answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import (
    FORBIDDEN,
    NOT_FOUND,
    NewClient,
    PluginClient,
    read_answer,
    read_booking,
    wordpress_error,
)
from tests.support.days import at, working_day
from tests.support.server import Server
from tests.support.visitor import Visitor

DUPLICATE = wordpress_error("duplicate_submission", "Duplicate booking attempt detected", 409)


def test_booking_without_nonce_or_session(ann_client: PluginClient) -> None:
    assert read_answer(ann_client.book("10:00", nonce=None)) == (401, FORBIDDEN)
    assert read_answer(ann_client.book("10:00", nonce="")) == (401, FORBIDDEN)


def test_booking(ann_client: PluginClient, stranger: PluginClient) -> None:
    found = read_booking(ann_client.book("10:00"))
    assert list(found) == ["success", "appointment_id", "strong_id", "message"]
    assert (found["success"], found["message"]) == (True, "Appointment booked successfully")
    assert isinstance(found["appointment_id"], int)
    year = datetime.now(UTC).year
    assert found["strong_id"] == f"APT-{year}-{found['appointment_id']:06}"
    assert stranger.poll()["booked_slots"] == ["10:00"]


def test_a_time_that_is_taken(ann_client: PluginClient, stranger: PluginClient) -> None:
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


def test_the_same_person_again_within_a_minute(ann_client: PluginClient) -> None:
    """Also if the second request comes in the next minute of the clock."""
    ann_client.book("10:00")
    assert read_answer(ann_client.book("10:00")) == (409, DUPLICATE)


def test_the_same_person_again_after_they_cancelled(ann_client: PluginClient) -> None:
    first = read_booking(ann_client.book("10:00"))["appointment_id"]
    assert ann_client.cancel(first).status_code == 200
    assert read_booking(ann_client.book("10:00"))["appointment_id"] != first


@pytest.mark.scenario(13)
@pytest.mark.parametrize("more", [{}, {"name": "Somebody Else"}])
def test_an_idempotency_key_that_comes_again(
    ann_client: PluginClient, stranger: PluginClient, more: dict[str, str]
) -> None:
    key = f"key {ann_client.day}"
    read_booking(ann_client.book("13:00", key=key))
    assert read_answer(ann_client.book("13:00", key=key, **more)) == (409, DUPLICATE)
    ann_client.http.cookies.clear()
    assert read_answer(ann_client.book("13:00", key=key, **more)) == (409, DUPLICATE)
    assert stranger.poll()["booked_slots"] == ["13:00"]


@pytest.mark.scenario(13)
@pytest.mark.parametrize("key", [None, "key of a double click "])
def test_a_double_click_books_once_and_says_so(
    shared: Server, plugin_client: NewClient, key: str | None
) -> None:
    """Both requests come at once, from a browser that has no cookie yet."""
    outcomes = []
    for time in ("09:00", "10:00", "11:00", "12:00"):
        clicks = [plugin_client(shared, "c1") for _ in range(2)]
        more = {"key": f"{key}{clicks[0].day} {time}"} if key else {}
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda click: click.book(time, **more), clicks))  # noqa: B023
        outcomes.append(sorted(map(refusal_of, answers)))
    assert outcomes == [[(200, "no code"), (409, "duplicate_submission")]] * 4


def test_a_repeated_booking_gives_nobody_the_first_ones_secrets(
    ann_client: PluginClient, stranger: PluginClient
) -> None:
    key = f"guessable {ann_client.day}"
    made = read_booking(ann_client.book("10:00", key=key))
    for answer in (stranger.book("10:00", key=key), stranger.book("10:00")):
        assert answer.status_code == 409
        assert "Set-Cookie" not in answer.headers
    assert read_answer(stranger.appointment(made["appointment_id"])) == (404, NOT_FOUND)


@pytest.mark.parametrize("missing", ["name", "email", "date", "service_id"])
def test_missing_fields(ann_client: PluginClient, missing: str) -> None:
    assert read_answer(ann_client.book("10:00", **{missing: None})) == (
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
def test_data_that_nobody_could_be_reached_by(
    ann_client: PluginClient, more: dict[str, Any]
) -> None:
    assert read_answer(ann_client.book("10:00", **more)) == (
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
    ann_client: PluginClient, more: dict[str, Any], message: str
) -> None:
    refusal = wordpress_error("invalid_data", message, 400)
    assert read_answer(ann_client.book("10:00", **more)) == (400, refusal)


def test_blanks_around_what_was_typed_are_nothing(ann_client: PluginClient) -> None:
    made = read_booking(ann_client.book("10:00", name=" Ann Lee" + " " * 200, phone=" "))
    found = ann_client.appointment(made["appointment_id"]).json()
    assert (found["name"], found["phone"]) == ("Ann Lee", "")


@pytest.mark.parametrize("employee", [None, ""])
def test_no_employee(ann_client: PluginClient, employee: str | None) -> None:
    assert read_answer(ann_client.book("10:00", employee_id=employee)) == (
        400,
        wordpress_error("invalid_data", "Employee selection is required", 400),
    )


@pytest.mark.parametrize("when", ["2020-01-01 10:00:00", "garbage", "tomorrow 10am", 20, ["x"], {}])
def test_in_the_past_or_no_date_at_all(ann_client: PluginClient, when: Any) -> None:
    assert read_answer(ann_client.book("10:00", date=when)) == (
        400,
        wordpress_error("past_date", "Cannot book appointments in the past", 400),
    )


def test_too_far_ahead(server: Server, plugin_client: NewClient) -> None:
    late = plugin_client(server, "c1", day=working_day(9))
    assert read_answer(late.book("10:00")) == (
        400,
        wordpress_error("too_far_advance", "Cannot book more than 30 days in advance", 400),
    )


def test_outside_hours(ann_client: PluginClient) -> None:
    for time in ("20:00", "08:30"):
        assert read_answer(ann_client.book(time)) == (
            400,
            wordpress_error("outside_hours", "Appointment must be within business hours", 400),
        )


def test_on_a_day_off(shared: Server, plugin_client: NewClient, day: date) -> None:
    sunday = plugin_client(shared, "c1", day=day + timedelta(days=4))
    assert read_answer(sunday.book("10:00")) == (
        400,
        wordpress_error("non_working_day", "Appointment must be on a working day", 400),
    )


@pytest.mark.parametrize("form", ["{day}T09:00", "{day}T09:00:00", "{day} 09:00"])
def test_other_forms_of_a_date(ann_client: PluginClient, stranger: PluginClient, form: str) -> None:
    read_booking(ann_client.book("09:00", date=form.format(day=ann_client.day)))
    assert stranger.poll()["booked_slots"] == ["09:00"]


def test_differs_seconds_of_a_date_count(ann_client: PluginClient) -> None:
    made = read_booking(ann_client.book("09:00"))
    assert refusal_of(ann_client.book("10:00", date=f"{ann_client.day} 10:00:30")) == (
        409,
        "slot_closed",
    )
    moved = ann_client.move(made["strong_id"], f"{ann_client.day} 10:00:30")
    assert refusal_of(moved) == (409, "slot_closed")


@pytest.mark.parametrize(("time", "said"), [("09:30", "9:30 AM"), ("13:00", "1:00 PM")])
def test_a_lost_time_is_named_as_php_names_it(
    stranger: PluginClient, ann: Visitor, day: date, time: str, said: str
) -> None:
    ann.book(at(time, day))
    lost = stranger.book(time).json()
    assert lost["data"]["data"]["conflict_time_formatted"] == said
    assert f"The {said} slot" in lost["message"]


@pytest.mark.parametrize("more", [".000Z", "Z", "+01:00", " AM", ".5"])
def test_differs_a_date_of_another_zone_is_refused_as_such(
    ann_client: PluginClient, more: str
) -> None:
    """A date is the local time of the business. The offset of a browser moves no booking."""
    made = read_booking(ann_client.book("09:00"))
    wanted = wordpress_error("invalid_date", "Dates are local, like 2026-11-25 10:00:00", 400)
    date = f"{ann_client.day}T10:00:00{more}"
    assert read_answer(ann_client.book("10:00", date=date)) == (400, wanted)
    assert read_answer(ann_client.move(made["strong_id"], date)) == (400, wanted)


def test_ids_may_be_texts_and_a_phone_may_be_a_number_or_none(
    shared: Server, ann_client: PluginClient
) -> None:
    read_booking(ann_client.book("09:00", service_id="1", employee_id="1", phone=5550001))
    found = read_booking(ann_client.book("10:00", phone=None, email="a@example.com"))
    assert ann_client.appointment(found["appointment_id"]).json()["phone"] == ""
