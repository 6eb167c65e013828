"""Busy times of other calendars: a real Dibs server reads them from another real server."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.integration.conftest import MODES
from tests.support.answers import fields, refusal_of
from tests.support.calendar_host import CalendarHost, calendar_host, calendar_of, hour
from tests.support.days import at, wire, working_day
from tests.support.follower import Follower
from tests.support.office import OWNER, OfficeBrowser, owner_token
from tests.support.server import Server
from tests.support.waiting import until

PATH = "/calendar-subscriptions"
SARAH, MIKE = 1, 2
_users = itertools.count()
_weeks = itertools.count(2)


@pytest.fixture(scope="module")
def host() -> Iterator[CalendarHost]:
    with calendar_host() as found:
        yield found


@pytest.fixture
def day() -> date:
    """Return a Wednesday that no other test here uses.

    It is soon, because calendars are read only a year ahead, and the usual days of tests go on for
    many years.
    """
    return working_day(next(_weeks))


@pytest.fixture(scope="module", params=MODES)
def server(request: pytest.FixtureRequest, _servers: Any, host: CalendarHost) -> Server:
    name = f"calendars-{host.port}"
    found: Server = _servers.get(name, request.param, calendar_hosts=f"localhost:{host.port}")
    with OfficeThere(found) as browser:
        assert browser.use_link(owner_token(found), **OWNER).status_code == 201
    return found


class OfficeThere(OfficeBrowser):
    def __init__(self, server: Server) -> None:
        super().__init__(server.url)

    def __enter__(self) -> OfficeThere:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@pytest.fixture
def owner(server: Server) -> Iterator[OfficeBrowser]:
    """Yield the owner, signed in. Subscriptions that the test adds are removed in the end."""
    with OfficeThere(server) as browser:
        assert browser.sign_in(OWNER["email"]).status_code == 201
        yield browser
        for each in browser.get(PATH).json()["subscriptions"]:
            browser.delete(f"{PATH}/{each['id']}")


def subscribe(
    owner: OfficeBrowser, host: CalendarHost, path: str = "/private-key/basic.ics", who: int = SARAH
) -> dict[str, Any]:
    said = {"resource_id": who, "name": "Private", "address": host.url + path}
    answer = owner.post(PATH, said)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def state_of(owner: OfficeBrowser, subscription: dict[str, Any]) -> dict[str, Any]:
    found = owner.get(PATH).json()["subscriptions"]
    state: dict[str, Any] = next(each for each in found if each["id"] == subscription["id"])
    return state


def until_read(
    owner: OfficeBrowser, subscription: dict[str, Any], after: str | None = None
) -> dict[str, Any]:
    """Wait until the calendar has been read again, and return its state."""

    def look() -> dict[str, Any] | None:
        state = state_of(owner, subscription)
        return state if state["read_at"] not in (None, after) else None

    return until(look, "the calendar is read", within=60)


def read_again(owner: OfficeBrowser, subscription: dict[str, Any]) -> dict[str, Any]:
    before = state_of(owner, subscription)["read_at"]
    assert owner.post(f"{PATH}/{subscription['id']}/read").status_code == 204
    return until_read(owner, subscription, before)


def test_busy_times_are_taken_at_once_and_free_again(
    server: Server, owner: OfficeBrowser, host: CalendarHost, day: date
) -> None:
    path = f"/a-{day}.ics"
    host.files[path] = calendar_of(hour(at("10:00", day)))
    follower = Follower(server.url, f"/api/v1/services/1/days/{day}/stream?resource={SARAH}")
    try:
        until(lambda: follower.states, "the day is shown")
        made = subscribe(owner, host, path)
        until(
            lambda: follower.shown_states().get("10:00") == "taken", "the time is taken", within=60
        )
        state = until_read(owner, made)
        assert state["fault"] is None
        assert state["succeeded_at"] == state["read_at"]
        board = server.visitor().board(SARAH, day)
        assert [each["state"] for each in board["busy"]] == ["taken"]
        refusal = server.visitor().hold(at("10:00", day), resource=SARAH)
        assert refusal_of(refusal) == (409, "slot_taken")

        host.files[path] = calendar_of(hour(at("14:00", day)))
        read_again(owner, made)
        until(lambda: follower.shown_states().get("14:00") == "taken", "the new time is taken")
        assert "10:00" not in follower.shown_states()

        assert owner.delete(f"{PATH}/{made['id']}").status_code == 204
        until(lambda: follower.shown_states() == {}, "all is free again")
        assert owner.get(PATH).json()["subscriptions"] == []
    finally:
        follower.close()


def test_a_booking_in_the_way_stays_and_is_shown_as_a_conflict(
    server: Server, owner: OfficeBrowser, host: CalendarHost, day: date
) -> None:
    visitor = server.visitor()
    booking = visitor.book(at("10:00", day), resource=SARAH).json()
    host.files["/c.ics"] = calendar_of((at("09:00", day), at("12:00", day), "Dentist, far away"))
    made = subscribe(owner, host, "/c.ics")
    until_read(owner, made)
    [conflict] = owner.get(PATH).json()["conflicts"]
    assert (conflict["reference"], conflict["title"]) == (booking["reference"], "Dentist, far away")
    assert (conflict["busy_from"], conflict["busy_until"]) == (
        wire(at("09:00", day)),
        wire(at("12:00", day)),
    )
    assert visitor.read(booking).json()["status"] == "confirmed"
    assert visitor.cancel(booking).status_code == 200
    read_again(owner, made)
    assert owner.get(PATH).json()["conflicts"] == []
    assert refusal_of(server.visitor().hold(at("10:00", day), resource=SARAH)) == (
        409,
        "slot_taken",
    )


def test_a_calendar_that_cannot_be_read_keeps_its_busy_times(
    server: Server, owner: OfficeBrowser, host: CalendarHost, day: date
) -> None:
    host.files["/k.ics"] = calendar_of(hour(at("10:00", day)))
    made = subscribe(owner, host, "/k.ics")
    first = until_read(owner, made)
    for file, fault, detail in (
        (None, "refused", "404"),
        (b"<html>Please sign in</html>", "no_calendar", ""),
    ):
        if file is None:
            del host.files["/k.ics"]
        else:
            host.files["/k.ics"] = file
        state = read_again(owner, made)
        assert (state["fault"], state["fault_detail"]) == (fault, detail)
        assert state["succeeded_at"] == first["succeeded_at"] < state["read_at"]
        assert refusal_of(server.visitor().hold(at("10:00", day), resource=SARAH)) == (
            409,
            "slot_taken",
        )
    host.files["/k.ics"] = calendar_of()
    assert read_again(owner, made)["fault"] is None
    assert server.visitor().hold(at("10:00", day), resource=SARAH).status_code == 201


def test_the_address_is_a_secret(server: Server, owner: OfficeBrowser, host: CalendarHost) -> None:
    made = subscribe(owner, host, "/private-5ecret/basic.ics")
    assert made["address"] == f"{host.url}/…"
    until_read(owner, made)
    assert owner.patch(f"{PATH}/{made['id']}", {"name": "Other"}).json()["name"] == "Other"
    assert "5ecret" not in owner.get(PATH).text
    assert "5ecret" not in owner.get("/audit").text
    assert "5ecret" not in server.log.read_text()
    actions = [each["action"] for each in owner.get("/audit?limit=2").json()["entries"]]
    assert actions == ["calendar.renamed", "calendar.added"]


def test_addresses_inside_the_network_are_not_read(
    owner: OfficeBrowser, host: CalendarHost
) -> None:
    """The settings allow only the name `localhost`."""
    before = len(host.asked)
    said = {"resource_id": SARAH, "name": "x", "address": f"http://127.0.0.1:{host.port}/a.ics"}
    made = owner.post(PATH, said).json()
    assert until_read(owner, made)["fault"] == "forbidden"
    assert len(host.asked) == before


@pytest.mark.parametrize(
    "address", ["", "x", "ftp://host/x", "https://ann:secret@host/x", "http://2130706433/"]
)
def test_what_is_no_address(owner: OfficeBrowser, address: str) -> None:
    answer = owner.post(PATH, {"resource_id": SARAH, "name": "x", "address": address})
    assert fields(answer) == {"address": "invalid_address"}


def test_what_there_is_not(owner: OfficeBrowser, host: CalendarHost) -> None:
    said = {"resource_id": 777, "name": "x", "address": host.url}
    assert refusal_of(owner.post(PATH, said)) == (404, "not_found")
    assert refusal_of(owner.delete(f"{PATH}/777")) == (404, "not_found")
    assert refusal_of(owner.post(f"{PATH}/777/read")) == (404, "not_found")
    assert refusal_of(owner.patch(f"{PATH}/777", {"name": "x"})) == (404, "not_found")


def test_staff_have_calendars_of_their_own_alone(
    server: Server, owner: OfficeBrowser, host: CalendarHost
) -> None:
    of_other = subscribe(owner, host, "/m.ics", MIKE)
    number = next(_users)
    said = {"name": "Sarah", "email": f"sarah{number}@example.com", "role": "staff"}
    made = owner.post("/users", said | {"resource_id": SARAH}).json()
    with OfficeThere(server) as staff:
        assert staff.use_link(made["link"].partition("#")[2]).status_code == 201
        own = subscribe(staff, host, "/s.ics")
        assert [each["id"] for each in staff.get(PATH).json()["subscriptions"]] == [own["id"]]
        address = {"name": "x", "address": host.url}
        assert refusal_of(staff.post(PATH, {"resource_id": MIKE, **address})) == (404, "not_found")
        for answer in (
            staff.delete(f"{PATH}/{of_other['id']}"),
            staff.post(f"{PATH}/{of_other['id']}/read"),
            staff.patch(f"{PATH}/{of_other['id']}", {"name": "x"}),
        ):
            assert refusal_of(answer) == (404, "not_found")
        assert staff.delete(f"{PATH}/{own['id']}").status_code == 204


def test_a_calendar_of_somebody_who_has_left_can_be_removed(
    owner: OfficeBrowser, host: CalendarHost, server: Server, day: date
) -> None:
    host.files["/left.ics"] = calendar_of(hour(at("10:00", day)))
    table = {"name": "Temp", "kind": "staff", "hours": {"mon": ["09:00-17:00"]}}
    resource = owner.post("/catalog/resources", {"table": table}).json()["id"]
    made = subscribe(owner, host, "/left.ics", resource)
    until_read(owner, made)
    [part] = [
        each
        for each in owner.get("/catalog").json()["resources"]
        if each["table"]["id"] == resource
    ]
    leaving = f"/catalog/resources/{resource}/retire"
    assert owner.post(leaving, {"version": part["version"]}).status_code == 200
    state = state_of(owner, made)
    assert (state["resource"], state["fault"]) == ("Temp", "not_offered")
    assert owner.delete(f"{PATH}/{made['id']}").status_code == 204
    assert owner.get(PATH).json()["subscriptions"] == []
    of_temp = f"FROM imported_busy_times WHERE resource_id = {resource}"
    assert server.sql(f"SELECT count(*) {of_temp}") == [(0,)]


def test_the_office_sees_busy_times_with_their_titles(
    server: Server, owner: OfficeBrowser, host: CalendarHost, day: date
) -> None:
    host.files["/t.ics"] = calendar_of(hour(at("10:00", day), "Dentist"))
    until_read(owner, subscribe(owner, host, "/t.ics"))
    calendar = owner.get(f"/calendar?from={day}&resource={SARAH}").json()
    [column] = calendar["columns"]
    [busy] = column["busy_times"]
    assert (busy["title"], busy["calendar"]) == ("Dentist", "Private")
    assert (busy["starts_at"], busy["ends_at"]) == (wire(at("10:00", day)), wire(at("11:00", day)))
    assert column["entries"] == []


def test_a_file_that_has_not_changed_is_not_sent_again(
    owner: OfficeBrowser, server: Server, host: CalendarHost, day: date
) -> None:
    host.files["/e.ics"], host.marks["/e.ics"] = calendar_of(hour(at("10:00", day))), '"one"'
    made = subscribe(owner, host, "/e.ics")
    before = until_read(owner, made)["read_at"]
    server.sql("UPDATE calendar_subscriptions SET due_at = created_at")
    state = until_read(owner, made, before)
    assert state["succeeded_at"] == state["read_at"]
    asked = [headers for path, headers in host.asked if path == "/e.ics"]
    assert asked[-1]["if-none-match"] == '"one"'
    assert refusal_of(server.visitor().hold(at("10:00", day), resource=SARAH)) == (
        409,
        "slot_taken",
    )


def test_the_month_counts_busy_times(
    server: Server, owner: OfficeBrowser, host: CalendarHost, day: date
) -> None:
    host.files["/w.ics"] = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:w@x\r\n"
        b"DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:"
        + f"{day:%Y%m%d}\r\nDTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}".encode()
        + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    until_read(owner, subscribe(owner, host, "/w.ics"))
    query = {"from": day.isoformat(), "to": day.isoformat(), "resource": str(SARAH)}
    answer = server.http.get("/api/v1/services/1/availability", params=query)
    shown = answer.json()["days"][day.isoformat()]
    assert (shown["free"], shown["full"]) == (0, True)


def test_an_entry_with_a_fault_hides_no_other_one_and_is_named(
    server: Server, owner: OfficeBrowser, host: CalendarHost, day: date
) -> None:
    good = calendar_of(hour(at("10:00", day))).decode()
    start = f"{at('14:00', day):%Y%m%dT%H%M%SZ}"
    bad = (
        "BEGIN:VEVENT\r\nUID:no-start\r\nSUMMARY:Somewhen\r\nEND:VEVENT\r\n"
        f"BEGIN:VEVENT\r\nUID:no-end\r\nDTSTART:{start}\r\nDURATION:P9999999999999W\r\n"
        "SUMMARY:Very long\r\nEND:VEVENT\r\n"
    )
    host.files["/faulty.ics"] = good.replace("END:VCALENDAR", f"{bad}END:VCALENDAR").encode()
    host.marks["/faulty.ics"] = '"1"'
    made = subscribe(owner, host, "/faulty.ics")
    for _ in range(2):
        state = until_read(owner, made) if made["read_at"] is None else read_again(owner, made)
        assert state["fault"] is None
        assert state["unread"] == [
            {"title": "Very long", "reason": "no_end", "starts_at": wire(at("14:00", day))},
            {"title": "Somewhen", "reason": "no_start", "starts_at": None},
        ]
        made = state
    for taken in ("10:00", "14:00", "16:00"):
        refusal = server.visitor().hold(at(taken, day), resource=SARAH)
        assert refusal_of(refusal) == (409, "slot_taken"), taken
    host.files["/faulty.ics"] = good.encode()
    host.marks["/faulty.ics"] = '"2"'
    assert read_again(owner, made)["unread"] == []
    assert server.visitor().hold(at("14:00", day), resource=SARAH).status_code == 201
