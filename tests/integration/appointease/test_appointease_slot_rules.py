"""Which slots AppointEase clients see and may select, where Dibs differs from the captured plugin.

Each difference is deliberate and has a test that names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from tests.support.answers import refusal_of, states
from tests.support.appointease import (
    API,
    EMPTY_LISTS,
    NewClient,
    PluginClient,
    lists,
    wordpress_error,
)
from tests.support.catalog_files import DEMO
from tests.support.commands import make_data_folder
from tests.support.days import at, working_day
from tests.support.server import Server
from tests.support.visitor import Visitor

# --- locked_slots, and lists that say all that is busy


@pytest.mark.scenario(3)
def test_differs_slots_at_checkout_are_locked(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.check_out(at("10:00", day), service=2)
    poll = plugin_client(shared, "c1").poll()
    assert lists(poll) == EMPTY_LISTS | {"locked_slots": ["10:00", "10:30"]}


def test_differs_lists_have_every_slot_that_is_overlapped_in_order_and_once(
    shared: Server, plugin_client: NewClient, ann: Visitor, bob: Visitor, day: date
) -> None:
    ann.book(at("13:30", day), service=2)
    ann.book(at("11:00", day))
    bob.hold(at("15:00", day), service=2)
    plugin_client(shared, "c1").select("09:30")
    poll = plugin_client(shared, "c2").poll()
    assert lists(poll) == {
        "active_selections": ["09:30", "15:00", "15:30"],
        "booked_slots": ["11:00", "13:30", "14:00"],
        "locked_slots": [],
    }


def test_the_native_api_and_the_plugins_see_each_others_holds(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date
) -> None:
    plugin_client(shared, "c1").select("10:00")
    assert states(ann.board(1, day)) == ["held"]
    assert refusal_of(ann.hold(at("10:00", day))) == (409, "slot_held")
    assert refusal_of(ann.book(at("09:30", day), service=2)) == (409, "slot_held")
    assert ann.hold(at("12:00", day)).status_code == 201
    assert refusal_of(plugin_client(shared, "c2").select("12:00")) == (409, "slot_locked")


def test_a_time_that_crosses_midnight_is_in_the_lists_of_both_days(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.book(at("23:00", day), service=6, resource=6)
    booth = plugin_client(shared, "c1", employee=6)
    booth.hours = ("22:00", "24:00")
    assert booth.poll()["booked_slots"] == ["23:00", "23:30"]
    booth.hours = ("00:00", "01:00")
    assert booth.poll(date=str(day + timedelta(days=1)))["booked_slots"] == ["00:00"]


# --- the same rules as the native API, and no nonsense


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        ({"date": "garbage"}, "invalid_date", "Invalid date"),
        ({"date": "2026-02-30"}, "invalid_date", "Invalid date"),
        ({"date": "1999-13-99", "time": "xx"}, "invalid_date", "Invalid date"),
        ({"date": "*"}, "invalid_date", "Invalid date"),
        ({"date": 20261125}, "invalid_date", "Invalid date"),
        ({"time": "99:99"}, "invalid_time", "Invalid time"),
        ({"time": "24:00"}, "invalid_time", "Invalid time"),
        ({"time": "10:00zzz"}, "invalid_time", "Invalid time"),
        ({"time": ["10:00"]}, "invalid_time", "Invalid time"),
        ({"employee_id": 999}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": "abc"}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": True}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": -1}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": 10**30}, "invalid_employee", "Invalid employee ID"),
    ],
)
def test_differs_nonsense_is_refused_on_write(
    shared: Server, plugin_client: NewClient, more: dict[str, Any], code: str, message: str
) -> None:
    answer = plugin_client(shared, "c1").select("10:00", **more)
    assert answer.status_code == 400
    assert answer.json() == wordpress_error(code, message, 400)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("date=garbage&employee_id=1", "invalid_date"),
        ("date=2026-02-30&employee_id=1", "invalid_date"),
        ("date=*&employee_id=1", "invalid_date"),
        ("date={day}&employee_id=1&client_id=c9&selected_time=99:99zzz", "invalid_time"),
        ("date={day}&employee_id=1&client_id=c9&selected_time=10", "invalid_time"),
    ],
)
def test_differs_nonsense_is_refused_in_a_poll_and_shown_to_nobody(
    shared: Server, plugin_client: NewClient, day: date, query: str, code: str
) -> None:
    answer = shared.http.get(f"{API}/slots/poll?{query.format(day=day)}")
    assert refusal_of(answer) == (400, code)
    assert lists(plugin_client(shared, "c2").poll()) == EMPTY_LISTS


@pytest.mark.parametrize("time", ["08:30", "17:00", "20:00"])
def test_differs_a_select_outside_hours_is_refused(
    shared: Server, plugin_client: NewClient, time: str
) -> None:
    answer = plugin_client(shared, "c1").select(time)
    message = "Appointment must be within business hours"
    assert answer.status_code == 400
    assert answer.json() == wordpress_error("outside_hours", message, 400)


def test_differs_a_select_off_the_grid_is_refused(shared: Server, plugin_client: NewClient) -> None:
    assert refusal_of(plugin_client(shared, "c1").select("10:15")) == (409, "slot_closed")


def test_differs_a_select_on_a_day_off_is_refused(
    shared: Server, plugin_client: NewClient, day: date
) -> None:
    answer = plugin_client(shared, "c1", day=day + timedelta(days=4)).select("10:00")
    message = "Appointment must be on a working day"
    assert answer.status_code == 400
    assert answer.json() == wordpress_error("non_working_day", message, 400)


def test_differs_a_select_in_the_past_is_refused(shared: Server, plugin_client: NewClient) -> None:
    answer = plugin_client(shared, "c1", day=date(2020, 1, 1)).select("10:00")
    assert answer.status_code == 400
    assert answer.json() == wordpress_error(
        "past_date", "Cannot book appointments in the past", 400
    )


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server that takes bookings from two weeks to thirty days ahead."""
    window = "booking_window_days = 30"
    two_weeks = DEMO.replace(window, f"{window}\nminimum_notice = 20160")
    folder = tmp_path_factory.mktemp("strict")
    server = Server.start(make_data_folder(folder, two_weeks), command="serve")
    yield server
    server.stop()


def test_differs_a_slot_too_far_ahead_is_not_selected(
    strict: Server, plugin_client: NewClient
) -> None:
    late = plugin_client(strict, "c1", day=working_day(9))
    answer = late.select("10:00")
    message = "Cannot book more than 30 days in advance"
    assert answer.status_code == 400
    assert answer.json() == wordpress_error("too_far_advance", message, 400)
    late.poll(selected_time="10:00")
    assert plugin_client(strict, "c2", day=late.day).poll()["active_selections"] == []


def test_differs_a_slot_that_can_not_be_booked_so_soon_is_not_selected(
    strict: Server, plugin_client: NewClient
) -> None:
    soon, later = (plugin_client(strict, "c1", day=working_day(week)) for week in (0, 2))
    assert refusal_of(soon.select("10:00")) == (409, "slot_closed")
    soon.poll(selected_time="10:00")
    assert plugin_client(strict, "c2", day=soon.day).poll()["active_selections"] == []
    assert later.select("10:00").status_code == 200


def test_differs_a_slot_at_which_no_service_starts_is_not_selected(
    shared: Server, plugin_client: NewClient, day: date
) -> None:
    """The class starts every two hours."""
    room = plugin_client(shared, "c1", employee=4, day=day + timedelta(days=3))
    assert refusal_of(room.select("10:30")) == (409, "slot_closed")
    assert room.select("12:00").status_code == 200


# --- where selections are kept


def test_differs_without_redis_they_are_kept_in_memory(
    shared: Server, plugin_client: NewClient
) -> None:
    kept_in = "redis" if "redis_url" in shared.settings else "memory"
    client = plugin_client(shared, "c1")
    assert client.select("10:00").json()["storage"] == kept_in
    form = {"action": "heartbeat"} | {
        f"data[appointease_poll][{name}]": str(value)
        for name, value in client.slot_request("10:00").items()
    }
    heartbeat = client.http.post("/wp-admin/admin-ajax.php", data=form).json()
    assert heartbeat["storage_mode"] == heartbeat["cache_info"]["storage_mode"] == kept_in
    assert heartbeat["cache_info"]["redis_enabled"] is (kept_in == "redis")


# --- nonces, limits, origins


@pytest.mark.parametrize("nonce", ["deadbeef00", "", "x" * 1000])
def test_differs_a_wrong_nonce_is_no_hindrance(shared: Server, day: date, nonce: str) -> None:
    query = {"date": str(day), "employee_id": "1"}
    answer = shared.http.get(f"{API}/slots/poll", params=query, headers={"X-WP-Nonce": nonce})
    assert answer.status_code == 200


@pytest.mark.scenario(18)
def test_a_guest_needs_nothing_to_look_and_select(shared: Server, plugin_client: NewClient) -> None:
    guest = plugin_client(shared, "c1")
    assert guest.http.headers.get("X-WP-Nonce") is None
    assert guest.select("10:00").status_code == 200


@pytest.mark.scenario(16)
def test_differs_polling_is_never_limited(shared: Server, plugin_client: NewClient) -> None:
    client = plugin_client(shared, "c1")
    for _ in range(150):
        client.poll()


def test_differs_no_origin_is_let_in_that_was_not_named(shared: Server, day: date) -> None:
    asked = {"Origin": "http://other.example", "Access-Control-Request-Method": "GET"}
    path = f"{API}/slots/poll?date={day}&employee_id=1"
    for answer in (shared.http.options(path, headers=asked), shared.http.get(path, headers=asked)):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_many_clients_poll_at_once_and_all_see_the_same(
    shared: Server, plugin_client: NewClient
) -> None:
    plugin_client(shared, "holder").select("10:00")
    clients = [plugin_client(shared, f"viewer {n}") for n in range(20)]

    def poll(client: PluginClient) -> dict[str, Any]:
        return lists(client.poll())

    with ThreadPoolExecutor(20) as pool:
        seen = list(pool.map(poll, clients * 5))
    assert all(each == EMPTY_LISTS | {"active_selections": ["10:00"]} for each in seen)


def test_differs_a_class_is_to_be_had_while_it_has_seats(
    shared: Server, plugin_client: NewClient, day: date
) -> None:
    """Visitors book its seats one after the other. It is drawn as booked only when the last seat is
    gone; the next class, at 19:00, is not."""
    tuesday = day - timedelta(days=1)
    for number in range(10):
        client = plugin_client(shared, f"c{number}", employee=4, day=tuesday)
        assert "17:00" not in client.poll()["booked_slots"]
        assert "17:00" not in client.availability().json()["unavailable"]
        assert client.select("17:00").status_code == 200
        booked = client.book("17:00", service_id=4, email=f"{number}@example.com")
        assert booked.status_code == 200, booked.text
    late = plugin_client(shared, "late", employee=4, day=tuesday)
    late.hours = ("17:00", "21:00")
    assert [time for time in ("17:00", "19:00") if time in late.poll()["booked_slots"]] == ["17:00"]
    assert "17:00" in late.availability().json()["unavailable"]
    assert refusal_of(late.select("17:00")) == (409, "slot_taken")
    assert refusal_of(late.book("17:00", service_id=4)) == (409, "slot_taken")
