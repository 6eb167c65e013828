"""The catalog, the opening hours and the clock as AppointEase clients read them; and OPTIONS
requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.appointease import API, BOOKING_API, wordpress_error
from tests.support.catalog_files import DEMO
from tests.support.commands import make_data_folder
from tests.support.days import working_day
from tests.support.json_shapes import same_shape
from tests.support.server import Server

SERVICES = """[{"id":"1","name":"Consultation","description":"Initial consultation session",
"duration":"30","price":"75.00","category_id":"1","capacity":"1","advance_booking_days":"30",
"created_at":"2026-11-22 09:20:38"}]"""
STAFF = """[{"id":"2","name":"Mike Wilson","email":"mike@appointease.com","phone":"555-0124",
"working_hours":"{}","created_at":"2026-11-22 09:20:38"}]"""
SETTINGS = """{"business_hours":{"start":"09:00","end":"17:00"},"working_days":["1"],
"time_slots":["09:00"],"slot_duration":60}"""
TIME_SLOTS = """{"time_slots":["09:00"],"slot_duration":60}"""
BUSINESS_HOURS = """{"working_days":["1"],"start_time":"09:00","end_time":"17:00",
"lunch_start":"12:00","lunch_end":"14:00"}"""
SERVER_DATE = """{"server_date":"2026-11-22","server_time":"2026-11-22 09:23:03",
"server_timestamp":1795339383,"timezone":"UTC","utc_offset":"+00:00"}"""
CAPTURED = {
    f"{BOOKING_API}/services": SERVICES,
    f"{BOOKING_API}/staff": STAFF,
    f"{API}/settings": SETTINGS,
    f"{API}/time-slots": TIME_SLOTS,
    f"{API}/business-hours": BUSINESS_HOURS,
    f"{API}/server-date": SERVER_DATE,
}


def ask(server: Server, path: str) -> Any:
    answer = server.http.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    return answer.json()


@pytest.mark.parametrize("path", CAPTURED)
def test_reference_data_has_the_captured_shape(shared: Server, path: str) -> None:
    assert same_shape(ask(shared, path), CAPTURED[path])


@pytest.mark.parametrize("path", CAPTURED)
def test_reference_data_answers_under_index_php_as_well(shared: Server, path: str) -> None:
    route = path.removeprefix("/wp-json")
    answer = shared.http.get("/index.php", params={"rest_route": route})
    assert (answer.status_code, same_shape(answer.json(), CAPTURED[path])) == (200, True)


def test_services_are_database_rows_by_name(server: Server) -> None:
    services = ask(server, f"{BOOKING_API}/services")
    assert [each["name"] for each in services] == [
        "Consultation",
        "Drawing Class",
        "Photo Session",
        "Premium Service",
    ]
    wanted = json.loads(SERVICES)[0] | {"created_at": services[0]["created_at"]}
    assert services[0] == wanted


@pytest.mark.scenario(21)
def test_differs_staff_have_no_addresses(server: Server) -> None:
    staff = {each["id"]: each for each in ask(server, f"{BOOKING_API}/staff")}
    assert list(staff) == ["3", "2", "4", "1"]
    assert {(each["email"], each["phone"]) for each in staff.values()} == {("", "")}
    hours = json.loads(staff["2"]["working_hours"])
    assert list(hours) == ["mon", "tue", "wed", "thu", "fri"]
    assert all(each == ["10:00", "18:00"] for each in hours.values())
    assert json.loads(staff["3"]["working_hours"])["tue"] == ["09:00", "18:00"]


def test_settings_are_those_of_all_who_can_be_booked(server: Server) -> None:
    settings = ask(server, f"{API}/settings")
    assert settings["business_hours"] == {"start": "09:00", "end": "21:00"}
    assert settings["working_days"] == ["1", "2", "3", "4", "5", "6"]
    assert settings["slot_duration"] == 30
    assert settings["time_slots"][:3] == ["09:00", "09:30", "10:00"]
    assert ask(server, f"{API}/time-slots")["time_slots"] == settings["time_slots"]
    hours = ask(server, f"{API}/business-hours")
    assert (hours["start_time"], hours["end_time"]) == ("09:00", "21:00")


def test_differs_there_is_no_lunch_in_common(server: Server) -> None:
    hours = ask(server, f"{API}/business-hours")
    assert hours["lunch_start"] == hours["lunch_end"], "nobody's break is everybody's"


def test_differs_all_services_are_of_one_category(server: Server) -> None:
    services = ask(server, f"{BOOKING_API}/services")
    assert {each["category_id"] for each in services} == {"1"}


@pytest.mark.parametrize("rows", ["services", "staff"])
def test_differs_nobody_knows_when_a_row_was_made(server: Server, rows: str) -> None:
    found = ask(server, f"{BOOKING_API}/{rows}")
    assert {each["created_at"] for each in found} == {"1970-01-01 00:00:00"}


def test_differs_days_that_are_opened_by_themselves_are_working_days(
    start_server: Callable[..., Server], tmp_path: Path
) -> None:
    """Weekdays on which an override that can still be booked opens the business must be in the
    list: clients show no other weekdays."""
    sunday = working_day() + timedelta(days=4)
    late, gone = sunday + timedelta(days=41), sunday - timedelta(days=15)
    hours = {sunday: "19:00-20:30", late: "06:00-07:00", gone: "06:00-07:00"}
    overrides = "".join(f'"{day}" = ["{text}"]\n' for day, text in hours.items())
    make_data_folder(
        tmp_path,
        DEMO.partition("[[services]]\nid = 3")[0].replace("[1, 2]", "[1]")
        + f"""
[[resources]]
id = 1
name = "Sarah Johnson"
[resources.hours]
mon = ["09:00-10:00"]
[resources.overrides]
{overrides}""",
    )
    server = start_server(command="serve")
    assert ask(server, f"{API}/settings") == {
        "business_hours": {"start": "09:00", "end": "20:30"},
        "working_days": ["0", "1"],
        "time_slots": ["09:00", "09:30", "19:00", "19:30", "20:00"],
        "slot_duration": 30,
    }


def test_server_date_is_now_in_the_business_zone(shared: Server) -> None:
    asked = datetime.now(UTC).timestamp()
    told = ask(shared, f"{API}/server-date")
    assert abs(told["server_timestamp"] - asked) < 15
    moment = datetime.fromtimestamp(told["server_timestamp"], UTC)
    assert told["server_time"] == f"{moment:%Y-%m-%d %H:%M:%S}"
    assert told["server_date"] == f"{moment:%Y-%m-%d}"
    assert (told["timezone"], told["utc_offset"]) == ("UTC", "+00:00")


@pytest.mark.scenario(25)
def test_redis_stats_are_nobodys_business(shared: Server) -> None:
    answer = shared.http.get(f"{API}/redis/stats")
    assert (answer.status_code, answer.json()) == (
        401,
        wordpress_error("rest_forbidden", "Sorry, you are not allowed to do that.", 401),
    )


@pytest.mark.scenario(25)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "debug/appointments"),
        ("GET", "debug/selections"),
        ("GET", "debug/locks"),
        ("POST", "debug/availability-raw"),
        ("POST", "clear-locks"),
        ("POST", "log"),
    ],
)
def test_the_plugins_debug_routes_do_not_exist(shared: Server, method: str, path: str) -> None:
    answer = shared.http.request(method, f"{API}/{path}", json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == (404, "rest_no_route")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{BOOKING_API}/services"),
        ("GET", f"{BOOKING_API}/availability"),
        ("GET", f"{API}/reschedule-availability"),
        ("POST", f"{API}/settings"),
        ("GET", f"{API}/services"),
    ],
)
def test_a_wrong_method_or_namespace_is_no_route(shared: Server, method: str, path: str) -> None:
    answer = shared.http.request(method, path, json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == (404, "rest_no_route")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (f"{API}/slots/poll", ["GET"]),
        (f"{API}/slots/select", ["POST"]),
        (f"{BOOKING_API}/availability", ["POST"]),
    ],
)
def test_options_describes_a_route(shared: Server, path: str, methods: list[str]) -> None:
    asked = {"Origin": "http://other.example", "Access-Control-Request-Method": methods[0]}
    answer = shared.http.options(path, headers=asked)
    assert answer.status_code == 200
    assert answer.json() == {
        "namespace": "/".join(path.split("/")[2:4]),
        "methods": methods,
        "endpoints": [{"methods": methods, "args": []}],
        "_links": {"self": [{"href": shared.url + path}]},
    }


def test_options_of_an_unknown_path_is_no_route(shared: Server) -> None:
    answer: Callable[[str], httpx2.Response] = shared.http.options
    assert answer(f"{API}/nope").json()["code"] == "rest_no_route"
