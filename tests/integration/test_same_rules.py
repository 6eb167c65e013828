"""The listed times and the times that any request can book follow the same rules, to the minute."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from http.client import HTTPConnection
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.commands import dibs
from tests.support.days import wire, working_day
from tests.support.server import Server
from tests.support.visitor import CUSTOMER

ZONE = ZoneInfo("Europe/Berlin")
DAY = working_day()
MORROW = DAY + timedelta(days=1)
NOTICE_ENDS = "11:33"

CATALOG = """
[business]
name = "Rules"
time_zone = "Europe/Berlin"
slot_interval = 30

[[services]]
id = 1
name = "Every rule of the calendar"
duration = 45
buffer_before = 10
buffer_after = 15
slot_interval = 20
resources = [1, 2]

[[services]]
id = 2
name = "And the rules of now"
duration = 45
buffer_before = 10
buffer_after = 15
slot_interval = 20
minimum_notice = {notice}
booking_window_days = {booking_window_days}
resources = [1, 2]

[[resources]]
id = 1
name = "With breaks"
[resources.hours]
wed = ["08:30-12:10", "13:00-17:45"]
thu = ["08:30-12:10", "13:00-17:45"]

[[resources]]
id = 2
name = "With an override"
[resources.hours]
wed = ["06:00-22:00"]
thu = ["06:00-22:00"]
[resources.overrides]
"{day}" = ["10:05-14:00", "15:30-20:20"]

[[closures]]
from = {day}T15:00:00
to = {day}T15:50:00

[[closures]]
from = {day}T09:00:00
to = {day}T09:25:00
resource = 1
"""


def local(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)


def every_minute() -> list[datetime]:
    return [local("00:00") + n * timedelta(minutes=1) for n in range(24 * 60)]


def every_fifth_minute(day: date) -> list[datetime]:
    """Return the times at which a service might start: all grids are multiples of five minutes, and
    all hours lie within these."""
    return [local("05:00", day) + n * timedelta(minutes=5) for n in range(18 * 12)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server whose rules each remove a part of the day. Both resources have bookings."""
    folder = tmp_path_factory.mktemp("rules")
    now = datetime.now(UTC)
    text = CATALOG.format(
        day=DAY,
        # The current minute counts in full, so the notice ends between 11:32 and 11:33.
        notice=(local(NOTICE_ENDS) - now) // timedelta(minutes=1),
        booking_window_days=(DAY - now.astimezone(ZONE).date()).days,
    )
    (file := folder / "catalog.toml").write_text(text, encoding="utf-8")
    assert dibs("catalog", "apply", file, "--data", folder / "data").code == 0
    server = Server.start(folder / "data", command="serve")
    visitor = server.visitor()
    for clock, resource in (("09:45", 1), ("13:40", 1), ("12:05", 2)):
        booked = visitor.book(local(clock), resource=resource)
        assert booked.status_code == 201, booked.text
    yield server
    server.stop()


def slot_request(start: datetime, service: int, resource: int | None) -> dict[str, Any]:
    body: dict[str, Any] = {"service_id": service, "starts_at": wire(start)}
    return body if resource is None else body | {"resource_id": resource}


class Hand:
    """Sends thousands of hand-made requests over one plain connection."""

    def __init__(self, server: Server) -> None:
        self._connection = HTTPConnection(server.url.removeprefix("http://"), timeout=15)

    def __enter__(self) -> Hand:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers["Content-Type"] = "application/json"
        self._connection.request(method, f"/api/v1/{path}", json.dumps(body), headers)
        answer = self._connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None


def bookable(
    server: Server, service: int, resource: int | None, starts: list[datetime]
) -> set[str]:
    """Return the starts at which a hand-made booking succeeds. Each booking is cancelled again."""
    won = set()
    with Hand(server) as hand:
        for start in starts:
            body = slot_request(start, service, resource) | {"customer": CUSTOMER}
            status, made = hand.ask("POST", "bookings", body)
            assert status in (201, 409), made
            if status == 201:
                won.add(wire(start))
                path = f"bookings/{made['reference']}"
                assert hand.ask("DELETE", path, token=made["manage_token"])[0] == 200
    return won


def holdable(server: Server, service: int, resource: int | None, day: date = DAY) -> set[str]:
    """Return the starts of a day at which a hand-made hold succeeds. Each hold is released
    again."""
    won = set()
    with Hand(server) as hand:
        for start in every_fifth_minute(day):
            status, made = hand.ask("POST", "holds", slot_request(start, service, resource))
            assert status in (201, 409), made
            if status == 201:
                won.add(wire(start))
                path = f"holds/{made['id']}"
                assert hand.ask("DELETE", path, token=made["visitor"])[0] == 204
    return won


def available(server: Server, service: int, resource: int | None, day: date = DAY) -> set[str]:
    query = {"from": str(day), "to": str(day), "slots": "true"}
    query |= {} if resource is None else {"resource": str(resource)}
    answer = server.http.get(f"/api/v1/services/{service}/availability", params=query)
    found = answer.json()["days"][str(day)]
    starts = [slot["starts_at"] for slot in found["slots"]]
    assert found["free"] == len(starts) == len(set(starts))
    return set(starts)


def shown_free(server: Server, service: int, resource: int | None, day: date = DAY) -> set[str]:
    query = {} if resource is None else {"resource": resource}
    answer = server.http.get(f"/api/v1/services/{service}/days/{day}", params=query)
    return {slot["starts_at"] for slot in answer.json()["slots"] if slot["state"] == "free"}


@pytest.mark.scenario(26)
def test_the_rules_cut_out_what_they_should(server: Server) -> None:
    """Otherwise the comparisons below might be between two empty sets."""

    def clocks(starts: set[str]) -> list[str]:
        instants = (datetime.fromisoformat(start) for start in sorted(starts))
        return [f"{instant.astimezone(ZONE):%H:%M}" for instant in instants]

    # From 08:30 to 09:00 there is too little time. A grid starts at 09:25, but until 10:45 all is
    # booked. Then comes the break, and until 14:40 all is booked. A grid starts at the end of the
    # closure, 15:50.
    assert clocks(available(server, 1, 1)) == [
        *("11:05", "11:25"),
        *("15:50", "16:10", "16:30", "16:50"),
    ]
    assert clocks(available(server, 1, 2)) == [
        *("10:05", "10:25", "10:45"),
        *("15:50", "16:10", "16:30", "16:50"),
        *("17:10", "17:30", "17:50", "18:10", "18:30", "18:50", "19:10", "19:30"),
    ]
    assert clocks(available(server, 2, 1)) == ["15:50", "16:10", "16:30", "16:50"]


@pytest.mark.scenario(26)
@pytest.mark.parametrize("resource", [1, 2, None])
def test_exactly_what_is_listed_can_be_booked(server: Server, resource: int | None) -> None:
    listed = available(server, 1, resource)
    assert shown_free(server, 1, resource) == listed
    assert holdable(server, 1, resource) == listed


@pytest.mark.scenario(26)
def test_at_no_minute_of_the_day_anything_else_can_be_booked(server: Server) -> None:
    assert bookable(server, 1, None, every_minute()) == available(server, 1, None)


@pytest.mark.scenario(26)
def test_notice_and_horizon_hold_for_lists_and_for_bookings(server: Server) -> None:
    listed = available(server, 2, 1)
    assert listed == available(server, 1, 1) - {wire(local("11:05")), wire(local("11:25"))}
    assert bookable(server, 2, 1, every_fifth_minute(DAY)) == listed
    # A board shows the same at any time, so it ignores the minimum notice and the booking window.
    assert shown_free(server, 2, 1) == available(server, 1, 1)


@pytest.mark.scenario(26)
def test_beyond_the_horizon_nothing_is_listed_and_nothing_can_be_booked(server: Server) -> None:
    assert available(server, 2, None, MORROW) == set()
    assert available(server, 1, None, MORROW) != set()
    assert holdable(server, 2, None, MORROW) == set()


@pytest.mark.scenario(26)
def test_a_fraction_of_a_minute_is_no_start(server: Server) -> None:
    start = local("16:10")
    with Hand(server) as hand:
        for beside in (timedelta(seconds=30), timedelta(microseconds=1), -timedelta(seconds=1)):
            for path in ("holds", "checkouts", "bookings"):
                body = slot_request(start + beside, 1, 1)
                body |= {"customer": CUSTOMER} if path == "bookings" else {}
                status, answer = hand.ask("POST", path, body)
                assert (status, answer["code"]) == (409, "slot_closed")


@pytest.mark.scenario(26)
def test_a_resource_that_does_not_serve_it_cannot_be_booked_for_it(
    shared: Server, day: date
) -> None:
    visitor = shared.visitor()
    start = datetime.combine(day, time(10), UTC)
    answer = visitor.book(start, service=1, resource=3)
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_closed")
    assert visitor.book(start, service=1, resource=999).status_code == 404
    assert visitor.book(start, service=999, resource=1).status_code == 404
