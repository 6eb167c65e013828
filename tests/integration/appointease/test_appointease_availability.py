"""Which times of an employee's day can't be booked: availability, the same when moving, one
slot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import API, NewClient, PluginClient, wordpress_error
from tests.support.catalog_files import DEMO
from tests.support.commands import make_data_folder
from tests.support.days import at, working_day
from tests.support.json_shapes import same_shape
from tests.support.server import Server
from tests.support.visitor import Visitor

DETAILS = """{"customer_name":"User u2@example.com","customer_email":"u2@example.com",
"status":"confirmed","booking_id":"APT-2026-000002","booked_at":"14:00"}"""
MOVING_DETAILS = """{"customer_name":"User u2@example.com","customer_email":"u2@example.com",
"status":"confirmed","booking_id":"APT-2026-000002"}"""
ACTIVE = """{"customer_name":"Viewing by other user","customer_email":"","status":"processing",
"booking_id":"ACTIVE-c1","is_active":true}"""
AFTERNOON = ["13:30", "14:00", "14:30", "15:00", "15:30", "16:00", "16:30", "17:00"]
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Every service must be booked at least twenty hours ahead.
ALL_DAY = """
[business]
name = "Night and Day"
time_zone = "UTC"
slot_interval = 30

[[services]]
id = 1
name = "Call"
duration = 30
minimum_notice = 1200
resources = [1]

[[resources]]
id = 1
name = "Ann"
[resources.hours]
"""


def reschedule_availability(client: PluginClient, **more: Any) -> httpx2.Response:
    body = {
        "date": str(client.day),
        "employee_id": client.employee,
        "exclude_appointment_id": "APT-2026-999999",
    }
    return client.http.post(f"{API}/reschedule-availability", json=body | more)


def check_slot(client: PluginClient, time: str, **more: Any) -> httpx2.Response:
    return client.http.post(f"{API}/check-slot", json=client.slot_request(time) | more)


def within_hours(times: list[str]) -> list[str]:
    """Leave out the times that only other employees offer."""
    return [time for time in times if "09:00" <= time < "17:00"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a business where all have the same hours. It is closed on one of the days."""
    only = DEMO.partition("[[services]]\nid = 3")[0].replace("[1, 2]", "[1]")
    sarah = DEMO[DEMO.index("[[resources]]\nid = 1") : DEMO.index("[[resources]]\nid = 2")]
    day = working_day(1)
    closed = f'\n[[closures]]\nfrom = {day}\nto = {day}\nreason = "stocktaking"\n'
    data = make_data_folder(tmp_path_factory.mktemp("alone"), only + sarah + closed)
    server = Server.start(data, command="serve")
    yield server
    server.stop()


# --- the captured pairs


def test_a_free_day(alone: Server, plugin_client: NewClient) -> None:
    answer = plugin_client(alone, "c1", day=working_day()).availability()
    assert answer.status_code == 200
    assert answer.content == b'{"unavailable":[],"booking_details":{}}'


def test_a_day_with_bookings(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.book(at("14:00", day))
    ann.book(at("11:00", day))
    answer = plugin_client(shared, "c1").availability().json()
    assert list(answer) == ["unavailable", "booking_details"]
    assert within_hours(answer["unavailable"]) == ["11:00", "14:00"]
    assert list(answer["booking_details"]) == ["11:00", "14:00"]
    assert same_shape(answer["booking_details"]["14:00"], DETAILS)
    assert answer["booking_details"]["14:00"]["status"] == "confirmed"
    assert answer["booking_details"]["14:00"]["booked_at"] == "14:00"


def test_a_selection_is_not_in_it(shared: Server, plugin_client: NewClient) -> None:
    plugin_client(shared, "c1").select("10:00")
    answer = plugin_client(shared, "c2").availability().json()
    assert within_hours(answer["unavailable"]) == []
    assert answer["booking_details"] == {}


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (datetime.now(UTC).date() - timedelta(days=2), "past_date"),
        (working_day() + timedelta(days=4), "non_working_day"),
        (working_day(8), "too_far_advance"),
        (working_day(1), "blackout_date"),
    ],
)
def test_days_on_which_nothing_is_to_be_had(
    alone: Server, plugin_client: NewClient, day: date, reason: str
) -> None:
    client = plugin_client(alone, "c1", day=day)
    wanted = {"unavailable": "all", "reason": reason}
    assert client.availability().json() == wanted
    assert reschedule_availability(client).json() == wanted


@pytest.mark.parametrize("missing", ["date", "employee_id"])
@pytest.mark.parametrize("empty", [None, ""])
def test_without_what_it_needs(
    shared: Server, plugin_client: NewClient, missing: str, empty: str | None
) -> None:
    answer = plugin_client(shared, "c1").availability(**{missing: empty})
    assert (answer.status_code, answer.json()) == (
        400,
        wordpress_error("missing_params", "Date and employee ID are required", 400),
    )


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        ({"date": "25/11/2026"}, "invalid_date", "Invalid date format"),
        ({"date": 20261125}, "invalid_date", "Invalid date format"),
        ({"date": "*"}, "invalid_date", "Invalid date format"),
        ({"date": "2026-02-30"}, "invalid_date", "Invalid date"),
        ({"employee_id": 0}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": "abc"}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": 10**30}, "invalid_employee", "Invalid employee ID"),
        ({"employee_id": 999}, "invalid_employee", "Invalid employee ID"),
    ],
)
def test_what_can_not_be_looked_at(
    shared: Server, plugin_client: NewClient, more: dict[str, Any], code: str, message: str
) -> None:
    client = plugin_client(shared, "c1")
    for answer in (client.availability(**more), reschedule_availability(client, **more)):
        assert (answer.status_code, answer.json()) == (400, wordpress_error(code, message, 400))


def test_moving_sees_selections_as_well(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.book(at("14:00", day))
    plugin_client(shared, "c1").select("10:00")
    answer = reschedule_availability(plugin_client(shared, "c2"), exclude_appointment_id=7)
    assert answer.status_code == 200
    found = answer.json()
    assert list(found) == ["unavailable", "booking_details", "excluded_appointment"]
    assert within_hours(found["unavailable"]) == ["10:00", "14:00"]
    assert same_shape(found["booking_details"]["10:00"], ACTIVE)
    assert same_shape(found["booking_details"]["14:00"], MOVING_DETAILS)
    assert found["excluded_appointment"] == "7"


@pytest.mark.parametrize("missing", ["date", "employee_id", "exclude_appointment_id"])
def test_moving_lacks_a_field(shared: Server, plugin_client: NewClient, missing: str) -> None:
    answer = reschedule_availability(plugin_client(shared, "c1"), **{missing: None})
    assert (answer.status_code, answer.json()) == (
        400,
        wordpress_error(
            "missing_params", "Date, employee ID, and exclude appointment ID are required", 400
        ),
    )


def test_one_slot(shared: Server, plugin_client: NewClient, ann: Visitor, day: date) -> None:
    ann.book(at("11:00", day))
    owner, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    seen = {time: check_slot(other, time).json() for time in ("09:00", "10:00", "11:00", "18:00")}
    assert seen == {
        "09:00": {
            "is_booked": False,
            "available": True,
            "message": "Time slot is available",
        },
        "10:00": {
            "is_booked": False,
            "available": False,
            "message": "Time slot is not available",
        },
        "11:00": {
            "is_booked": True,
            "available": False,
            "message": "Time slot is not available",
        },
        "18:00": {
            "is_booked": False,
            "available": False,
            "message": "Time slot is not available",
        },
    }
    assert check_slot(owner, "10:00").json()["available"] is True
    assert refusal_of(check_slot(other, "99:99")) == (400, "invalid_time")
    assert refusal_of(check_slot(other, "")) == (400, "missing_params")
    assert refusal_of(check_slot(other, "10:00", employee_id=999)) == (400, "invalid_employee")


# --- what differs on purpose


@pytest.mark.scenario(21)
def test_differs_nobody_learns_who_booked(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.book(at("11:00", day))
    ann.check_out(at("13:00", day))
    client = plugin_client(shared, "c1")
    booked = {"customer_name": "Booked", "customer_email": "", "status": "confirmed"}
    processing = {"customer_name": "Processing", "customer_email": "", "status": "processing"}
    nameless = {"booking_id": ""}
    assert client.availability().json()["booking_details"] == {
        "11:00": booked | nameless | {"booked_at": "11:00"},
        "13:00": processing | nameless | {"booked_at": "13:00"},
    }
    assert reschedule_availability(client).json()["booking_details"] == {
        "11:00": booked | nameless,
        "13:00": processing | nameless,
    }


def test_differs_every_slot_that_is_overlapped_is_unavailable(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.book(at("13:30", day), service=2)
    found = plugin_client(shared, "c1").availability().json()
    assert within_hours(found["unavailable"]) == ["13:30", "14:00"]


@pytest.mark.scenario(26)
def test_differs_times_at_which_an_employee_does_not_work_are_drawn_as_booked(
    server: Server, plugin_client: NewClient
) -> None:
    """The settings list all times at which anybody works; a client shows them for each."""
    client = plugin_client(server, "c1", day=working_day())
    assert drawn_as_busy(client) == [time for time in list_offered(client) if time >= "17:00"]
    assert client.availability().json() == {"unavailable": [], "booking_details": {}}
    assert refusal_of(client.select("17:00")) == (400, "outside_hours")


def list_offered(client: PluginClient) -> list[str]:
    times: list[str] = client.http.get(f"{API}/time-slots").json()["time_slots"]
    return times


def drawn_as_busy(client: PluginClient) -> list[str]:
    """Return the times that a client's grid greys out: it reads only the lists of the poll."""
    client.hours = ("00:00", "24:00")
    poll = client.poll()
    return sorted(time for name in poll if name != "timestamp" for time in poll[name])


def places(client: PluginClient) -> int:
    """Return the places that a client's calendar shows for a day: it assumes twelve at first."""
    unavailable = client.availability().json()["unavailable"]
    return 0 if unavailable == "all" else max(0, 12 - len(unavailable))


def free_times(client: PluginClient) -> dict[str, list[str]]:
    """Return the times that are free in each of the client's views, and those it can select."""
    times, drawn = list_offered(client), drawn_as_busy(client)
    moving = reschedule_availability(client).json()["unavailable"]
    return {
        "drawn": [time for time in times if time not in drawn],
        "moving": [time for time in times if time not in moving],
        "check": [time for time in times if check_slot(client, time).json()["available"]],
        "select": [time for time in times if client.select(time).status_code == 200],
    }


HOURS = [f"{hour:02}:00" for hour in range(9, 17)]


@pytest.mark.scenario(26)
def test_a_day_is_full_when_nothing_is_left_and_not_before(
    alone: Server, plugin_client: NewClient, visitors: Callable[[Server, int], list[Visitor]]
) -> None:
    """An hour's service on a grid of half hours: sixteen times, of which a client counts twelve."""
    day = working_day(2)
    client = plugin_client(alone, "c1", day=day)
    (ann,) = visitors(alone, 1)
    for number, time in enumerate(HOURS):
        assert places(client) > 0, time
        assert len(drawn_as_busy(client)) == 2 * number
        assert ann.book(at(time, day), service=2).status_code == 201
    assert places(client) == 0
    assert client.availability().json() == {"unavailable": "all", "reason": "fully_booked"}
    assert drawn_as_busy(client) == list_offered(client)


@pytest.mark.scenario(26)
@pytest.mark.parametrize(("weekday", "starts"), [(1, ["17:00", "19:00"]), (5, ["10:00", "12:00"])])
def test_who_works_few_hours_has_places_as_long_as_something_is_free(
    server: Server,
    plugin_client: NewClient,
    visitors: Callable[[Server, int], list[Visitor]],
    weekday: int,
    starts: list[str],
) -> None:
    """A class of ten, twice a day: while a seat is free, its start is not drawn as booked."""
    employee, day = 4, working_day() + timedelta(days=weekday - 2)
    client = plugin_client(server, "c1", employee=employee, day=day)
    assert places(client) == 12
    for seat in range(10):
        drawn = drawn_as_busy(client)
        assert [time for time in list_offered(client) if time not in drawn] == starts, seat
        assert places(client) > 0
        (student,) = visitors(server, 1)
        booked = student.book(at(starts[0], day), resource=employee, service=4)
        assert booked.status_code == 201
    drawn = drawn_as_busy(client)
    assert [time for time in list_offered(client) if time not in drawn] == starts[1:]
    assert places(client) > 0


@pytest.mark.scenario(26)
@pytest.mark.parametrize(
    ("employee", "weekday", "starts"),
    [
        (3, 2, ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30", *AFTERNOON]),
        (4, 1, ["17:00", "19:00"]),
    ],
)
def test_differs_times_at_which_nothing_can_begin_are_drawn_as_booked(
    server: Server, plugin_client: NewClient, employee: int, weekday: int, starts: list[str]
) -> None:
    day = working_day() + timedelta(days=weekday - 2)
    seen = free_times(plugin_client(server, "c1", employee=employee, day=day))
    assert seen == dict.fromkeys(seen, starts)


@pytest.mark.scenario(26)
def test_differs_times_of_today_that_are_too_soon_are_drawn_as_booked(
    start_server: Callable[..., Server], tmp_path: Path, plugin_client: NewClient
) -> None:
    hours = "\n".join(f'{day} = ["00:00-24:00"]' for day in WEEK)
    make_data_folder(tmp_path, ALL_DAY + hours)
    today = datetime.now(UTC).date()
    client = plugin_client(start_server(command="serve"), "c1", day=today)
    seen = free_times(client)
    assert seen == dict.fromkeys(seen, seen["select"])
    assert "00:00" not in seen["select"]
    client.day += timedelta(days=1)
    seen = free_times(client)
    assert seen == dict.fromkeys(seen, seen["select"])
    assert "23:30" in seen["select"]


def test_differs_ones_own_selection_does_not_bar_moving_to_it(
    shared: Server, plugin_client: NewClient
) -> None:
    owner, other = plugin_client(shared, "c1"), plugin_client(shared, "c2")
    owner.select("10:00")
    assert within_hours(reschedule_availability(owner).json()["unavailable"]) == []
    assert within_hours(reschedule_availability(other).json()["unavailable"]) == ["10:00"]


# --- a habit: one request per shown day, five at a time


def test_a_month_of_days_five_at_a_time(
    shared: Server, plugin_client: NewClient, ann: Visitor, day: date
) -> None:
    ann.book(at("11:00", day))
    client = plugin_client(shared, "c1")

    def look(offset: int) -> tuple[int, Any]:
        answer = client.availability(date=str(day + timedelta(days=offset)), employee_id="1")
        return answer.status_code, answer.json()["unavailable"]

    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(look, range(31)))
    assert {status for status, _ in found} == {200}
    assert within_hours(found[0][1]) == ["11:00"]
    assert found[3][1] == found[4][1] == "all", "the weekend"
