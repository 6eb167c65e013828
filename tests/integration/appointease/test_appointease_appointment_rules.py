"""Who may do what with an appointment, and by which rules, where Dibs differs from the captured
plugin.

Each difference is deliberate and has a test that names it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import (
    API,
    BOOKING_API,
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

# --- what differs on purpose: who may


@pytest.mark.scenario(22)
def test_differs_a_number_opens_nothing(ann_client: PluginClient, stranger: PluginClient) -> None:
    made = read_booking(ann_client.book("10:00"))
    for name in (made["strong_id"], made["appointment_id"], f"APT-1111-{made['appointment_id']}"):
        assert read_answer(stranger.appointment(name)) == (404, NOT_FOUND)
        assert read_answer(stranger.move(name, f"{stranger.day} 14:00:00")) == (404, NOT_FOUND)
        assert read_answer(stranger.cancel(name)) == (404, NOT_FOUND)
    assert ann_client.appointment(made["appointment_id"]).json()["status"] == "confirmed"
    assert stranger.poll()["booked_slots"] == ["10:00"]


@pytest.mark.scenario(23)
def test_differs_the_cookie_of_one_booking_opens_no_other(
    ann_client: PluginClient, stranger: PluginClient
) -> None:
    made = read_booking(ann_client.book("10:00"))["appointment_id"]
    own = read_booking(stranger.book("11:00", email="b@example.com"))["appointment_id"]
    token = stranger.http.cookies[f"dibs_booking_{own}"]
    stranger.http.cookies.set(f"dibs_booking_{made}", token)
    stranger.http.cookies.set("dibs_client", ann_client.http.cookies["dibs_client"])
    assert read_answer(stranger.appointment(made)) == (404, NOT_FOUND)
    bearer = {"Authorization": f"Bearer {token}"}
    assert read_answer(stranger.cancel(made, **bearer)) == (404, NOT_FOUND)
    assert read_answer(stranger.cancel(made, nonce=None, **bearer)) == (401, FORBIDDEN)


def test_differs_the_manage_token_opens_a_booking_without_a_nonce(
    shared: Server, stranger: PluginClient, ann: Visitor, select: Any, day: date
) -> None:
    made = ann.book(at("10:00", day)).json()
    found = select(shared, "SELECT id FROM bookings WHERE reference = ?", made["reference"])
    number = found[0][0]
    bearer = {"Authorization": f"Bearer {made['manage_token']}"}
    assert stranger.appointment(number, **bearer).json()["name"] == "Ann Lee"
    assert stranger.move(number, f"{day} 14:00:00", nonce=None, **bearer).status_code == 200
    assert stranger.cancel(number, nonce=None, **bearer).json() == {"success": True}


def test_differs_a_checkout_is_no_appointment_yet(
    shared: Server, stranger: PluginClient, ann: Visitor, select: Any, day: date
) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    number = select(shared, "SELECT id FROM bookings WHERE token = ?", checkout["id"])[0][0]
    assert read_answer(stranger.appointment(number)) == (404, NOT_FOUND)


@pytest.mark.scenario(21)
def test_differs_a_customer_is_told_of_to_nobody(
    ann_client: PluginClient, stranger: PluginClient
) -> None:
    read_booking(ann_client.book("10:00"))
    for client in (ann_client, stranger):
        for address in ("ann@example.com", "e@x.co"):
            answer = client.http.post(f"{API}/user-appointments", json={"email": address})
            assert (answer.status_code, answer.content) == (200, b"[]")
        answer = client.http.get(f"{BOOKING_API}/check-customer/ann@example.com")
        assert (answer.status_code, answer.json()) == (200, {"exists": False})


def test_differs_only_ones_own_appointment_can_be_left_out(
    ann_client: PluginClient, stranger: PluginClient
) -> None:
    name = read_booking(ann_client.book("11:00"))["strong_id"]
    own = ann_client.availability(exclude_appointment_id=name).json()
    assert "11:00" not in own["unavailable"]
    assert own["booking_details"] == {}
    foreign = stranger.availability(exclude_appointment_id=name).json()
    assert "11:00" in foreign["unavailable"]


def test_what_a_browser_keeps_is_kept_from_scripts_and_other_sites(
    ann_client: PluginClient,
) -> None:
    answer = ann_client.book("10:00")
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 3
    for cookie in cookies:
        assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.lower().split("; "))


# --- any nonce will do, and proves nothing


@pytest.mark.parametrize("nonce", ["deadbeef00", "x", "96bf044326" * 50])
def test_differs_any_nonce_will_do(ann_client: PluginClient, nonce: str) -> None:
    assert ann_client.book("15:00", nonce=nonce).status_code == 200


# --- the same rules as the native API


@pytest.mark.scenario(26)
def test_differs_off_the_grid(ann_client: PluginClient) -> None:
    assert refusal_of(ann_client.book("15:07")) == (409, "slot_closed")
    assert refusal_of(ann_client.book("16:45")) == (400, "outside_hours")


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
    ann_client: PluginClient, more: dict[str, Any], code: str, message: str
) -> None:
    assert read_answer(ann_client.book("10:00", **more)) == (
        400,
        wordpress_error(code, message, 400),
    )


@pytest.mark.scenario(8)
def test_differs_an_overlap_is_refused(ann_client: PluginClient, stranger: PluginClient) -> None:
    read_booking(ann_client.book("10:00", service_id=2))
    for time, service in (("10:30", 1), ("09:30", 2)):
        answer = stranger.book(time, service_id=service, email="b@example.com")
        assert refusal_of(answer) == (409, "slot_taken")


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
    ann_client: PluginClient, when: Any, code: str, day: date
) -> None:
    name = read_booking(ann_client.book("10:00"))["strong_id"]
    if isinstance(when, str):
        when = when.format(day=day, sunday=day + timedelta(days=4))
    assert refusal_of(ann_client.move(name, when))[1] == code
    assert ann_client.appointment(name).json()["appointment_date"] == f"{day} 10:00:00"


@pytest.mark.scenario(9)
def test_differs_of_twenty_at_once_one_wins_and_none_is_an_error(
    shared: Server, plugin_client: NewClient
) -> None:
    clients = [plugin_client(shared, f"rival {n}") for n in range(20)]

    def book(client: PluginClient) -> httpx2.Response:
        return client.book("10:00", email=f"{client.name.replace(' ', '')}@example.com")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(book, clients))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 19


def test_differs_what_was_cancelled_is_not_moved(ann_client: PluginClient) -> None:
    name = read_booking(ann_client.book("10:00"))["strong_id"]
    ann_client.cancel(name)
    answer = ann_client.move(name, f"{ann_client.day} 14:00:00")
    assert read_answer(answer) == (
        409,
        wordpress_error("booking_closed", "This booking can no longer be changed.", 409),
    )
    assert ann_client.appointment(name).json()["status"] == "cancelled"


def test_differs_what_is_over_is_neither_moved_nor_cancelled(
    shared: Server, ann_client: PluginClient
) -> None:
    number = read_booking(ann_client.book("10:00"))["appointment_id"]
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
        assert refusal_of(answer) == (409, "booking_closed")


def test_differs_a_service_longer_than_its_slot_may_be_refused_after_the_form(
    ann_client: PluginClient, stranger: PluginClient
) -> None:
    read_booking(stranger.book("10:30"))
    for time, code in (("10:00", (409, "slot_taken")), ("16:30", (400, "outside_hours"))):
        assert ann_client.select(time).status_code == 200
        assert refusal_of(ann_client.book(time, service_id=2, email="b@example.com")) == code


def test_differs_nothing_moves_further_ahead_than_can_be_booked(
    server: Server, plugin_client: NewClient
) -> None:
    client = plugin_client(server, "c1", day=working_day())
    name = read_booking(client.book("10:00"))["strong_id"]
    assert read_answer(client.move(name, f"{working_day(9)} 10:00:00")) == (
        400,
        wordpress_error("too_far_advance", "Cannot book more than 30 days in advance", 400),
    )


def test_differs_an_idempotency_key_is_shown_to_nobody(ann_client: PluginClient) -> None:
    made = read_booking(ann_client.book("10:00", key=f"a secret {ann_client.day}"))
    assert ann_client.appointment(made["appointment_id"]).json()["idempotency_key"] == ""


# --- a selection is its visitor's, and books


@pytest.mark.scenario(5)
def test_differs_a_selected_slot_is_booked_by_its_visitor_alone(
    ann_client: PluginClient, stranger: PluginClient
) -> None:
    ann_client.select("10:00")
    assert refusal_of(stranger.book("10:00", email="b@example.com")) == (409, "slot_taken")
    read_booking(ann_client.book("10:00"))
    poll = stranger.poll()
    assert (poll["booked_slots"], poll["active_selections"]) == (["10:00"], [])
