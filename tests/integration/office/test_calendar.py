"""The calendar of the office over HTTP: its content, its changes, and who may see it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.office.conftest import NewBrowser
from tests.support.answers import fields, refusal_of
from tests.support.catalog_files import DEMO
from tests.support.commands import apply_catalog, dibs
from tests.support.days import at, wire, working_day
from tests.support.follower import Follower
from tests.support.office import OWNER, PREFIX, OfficeBrowser, owner_token
from tests.support.server import Server
from tests.support.visitor import Visitor
from tests.support.waiting import until

CALENDAR = "/calendar"
CUSTOMER = {"name": "Ann Lee", "email": "ann@example.com", "phone": ""}


@pytest.fixture
def day() -> date:
    return working_day()


@pytest.fixture
def visitor(office: Server) -> Iterator[Visitor]:
    made = Visitor(office.url)
    yield made
    made.http.close()


@pytest.fixture
def follow(office: Server) -> Iterator[Callable[..., Follower]]:
    """Yield a function that follows the calendar as a browser of the office does."""
    opened: list[Follower] = []

    def open_stream(browser: OfficeBrowser, query: str) -> Follower:
        cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
        path = f"{PREFIX}{CALENDAR}/stream?{query}"
        follower = Follower(office.url, path, Cookie=cookies)
        opened.append(follower)
        if follower.status == 200:
            until(lambda: follower.events, "the first event comes", every=0.005)
        return follower

    yield open_stream
    for each in opened:
        each.close()


def column_of(calendar: dict[str, Any], resource: int) -> dict[str, Any]:
    (found,) = [each for each in calendar["columns"] if each["resource_id"] == resource]
    return dict(found)


def kinds(column: dict[str, Any]) -> dict[str, str]:
    return {each["starts_at"][11:16]: each["kind"] for each in column["entries"]}


def book(browser: OfficeBrowser, clock: str, **more: Any) -> dict[str, Any]:
    wanted = {"service_id": 1, "resource_id": 1, "starts_at": wire(at(clock))}
    answer = browser.post("/bookings", wanted | {"customer": CUSTOMER} | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def cancel(browser: OfficeBrowser, booking: dict[str, Any]) -> None:
    assert browser.post(f"/bookings/{booking['reference']}/cancel").status_code == 200


def staff_of(server: Server, browser: OfficeBrowser, resource: int) -> OfficeBrowser:
    """Add a staff user with this column and sign them in with this browser."""
    email = f"staff{secrets.token_hex(4)}@example.com"
    said = dibs(
        *("user", "add", email, "--role", "staff", "--resource", resource),
        *("--data", server.data),
        **server.settings,
    )
    (link,) = [line for line in said.said if "#" in line]
    assert browser.use_link(link.partition("#")[2]).status_code == 201
    return browser


def test_a_visitor_s_hold_and_a_booking_appear_at_once(
    owner: OfficeBrowser, visitor: Visitor, follow: Callable[..., Follower], day: date
) -> None:
    stream = follow(owner, f"from={day}")
    first = stream.events[0]
    assert first.name == "calendar"
    assert first.data["days"] == 1
    assert len(first.data["columns"]) == len(first.data["resources"])
    hold = visitor.hold("10:00").json()
    held = stream.until_said(lambda each: "10:00" in kinds_in(each.data, 1))
    assert held.name == "column"
    (entry,) = entries_at(held.data, "10:00")
    assert (entry["kind"], entry["customer"], entry["reference"]) == ("hold", None, None)
    checkout = visitor.check_out(hold=hold).json()
    stream.until_said(lambda each: kinds_in(each.data, 1).get("10:00") == "checkout")
    confirmed = visitor.confirm(checkout, phone="+49 30 1234567").json()
    booked = stream.until_said(lambda each: kinds_in(each.data, 1).get("10:00") == "booking")
    (entry,) = entries_at(booked.data, "10:00")
    assert entry["customer"] == CUSTOMER | {"phone": "+49 30 1234567"}
    assert entry["reference"] == confirmed["reference"]
    assert all(each.data["resource_id"] == 1 for each in stream.events if each.name == "column")
    cancel(owner, entry)
    stream.until_said(
        lambda each: each.at > booked.at and each.name == "column" and not each.data["entries"]
    )


def kinds_in(data: dict[str, Any], resource: int) -> dict[str, str]:
    """Return the kind of each entry by its start, if the event is about this resource's column."""
    return kinds(data) if data.get("resource_id") == resource else {}


def entries_at(column: dict[str, Any], clock: str) -> list[dict[str, Any]]:
    return [each for each in column["entries"] if each["starts_at"][11:16] == clock]


def test_a_whole_week_of_one_person_is_followed(
    owner: OfficeBrowser, follow: Callable[..., Follower], day: date
) -> None:
    monday = day - timedelta(days=2)
    stream = follow(owner, f"from={monday}&days=7&resource=2")
    shown = [(each["resource_id"], each["day"]) for each in stream.events[0].data["columns"]]
    assert shown == [(2, str(monday + timedelta(days=n))) for n in range(7)]
    booking = book(owner, "11:00", resource_id=2, customer={"name": "Bo"})
    event = stream.until_said(lambda each: "11:00" in kinds_in(each.data, 2))
    assert event.data["day"] == str(day)
    assert entries_at(event.data, "11:00")[0]["customer"] == {
        "name": "Bo",
        "email": "",
        "phone": "",
    }
    cancel(owner, booking)


def test_new_bookings_of_any_day_are_told(
    owner: OfficeBrowser,
    browser: NewBrowser,
    office: Server,
    visitor: Visitor,
    follow: Callable[..., Follower],
    day: date,
) -> None:
    """Staff are told only of their own bookings."""
    before = visitor.book("10:30", resource=2).json()
    stream = follow(owner, f"from={day - timedelta(days=70)}")
    mike = follow(staff_of(office, browser(), 2), f"from={day}")
    first = visitor.book("11:30", resource=1).json()
    second = visitor.book("12:30", resource=2).json()

    def list_news(follower: Follower) -> list[str]:
        events = [each.data["bookings"] for each in follower.events if each.name == "news"]
        return [booking["reference"] for one in events for booking in one]

    until(lambda: len(list_news(stream)) == 2, "both are told")
    assert list_news(stream) == [first["reference"], second["reference"]]
    until(lambda: list_news(mike), "his own is told")
    assert list_news(mike) == [second["reference"]]
    for each in (before, first, second):
        cancel(owner, each)


def test_nothing_of_customers_is_public(
    owner: OfficeBrowser, visitor: Visitor, office: Server, day: date
) -> None:
    secret = "Xanthippe"
    booking = book(owner, "15:00", customer=CUSTOMER | {"name": secret}, notes=secret)
    public = [
        visitor.http.get(f"/api/v1/boards/1/{day}").text,
        visitor.http.get(f"/api/v1/services/1/days/{day}").text,
        visitor.http.get(f"/api/v1/services/1/availability?from={day}&to={day}").text,
    ]
    assert all(secret not in each and booking["reference"] not in each for each in public)
    assert [each["state"] for each in visitor.board(day=day)["busy"]] == ["taken"]
    cancel(owner, booking)


def test_who_is_not_signed_in_sees_nothing(
    browser: NewBrowser, follow: Callable[..., Follower], day: date
) -> None:
    nobody = browser()
    assert refusal_of(nobody.get(f"{CALENDAR}?from={day}")) == (401, "not_signed_in")
    assert follow(nobody, f"from={day}").status == 401
    for method, path in (
        ("POST", "/bookings"),
        ("PATCH", "/bookings/X"),
        ("POST", "/bookings/X/cancel"),
        ("POST", "/bookings/X/complete"),
        ("POST", "/bookings/X/no-show"),
        ("DELETE", "/closures/1"),
    ):
        answer = nobody.http.request(method, path, json=BODIES.get(path, {}))
        assert answer.status_code == 401, (method, path, answer.text)


BODIES = {
    "/bookings": {
        "service_id": 1,
        "resource_id": 1,
        "starts_at": "2027-01-01T10:00:00Z",
        "customer": {"name": "x"},
    }
}


def test_a_page_of_another_site_can_change_nothing(
    owner: OfficeBrowser, browser: NewBrowser, day: date
) -> None:
    booking = book(owner, "16:00")
    path = f"/bookings/{booking['reference']}/cancel"
    answer = owner.post(path, headers={"Origin": "https://evil.example"})
    assert refusal_of(answer) == (403, "cross_site")
    (entry,) = entries_at(column_of(owner.get(f"{CALENDAR}?from={day}").json(), 1), "16:00")
    assert entry["status"] == "confirmed"
    cancel(owner, booking)


def test_staff_see_and_change_only_their_own_column(
    owner: OfficeBrowser,
    browser: NewBrowser,
    office: Server,
    follow: Callable[..., Follower],
    day: date,
) -> None:
    mike = staff_of(office, browser(), 2)
    theirs = book(owner, "13:00")
    own = book(owner, "13:00", resource_id=2)
    calendar = mike.get(f"{CALENDAR}?from={day}").json()
    assert [each["resource_id"] for each in calendar["columns"]] == [2]
    stream = follow(mike, f"from={day}&days=7")
    assert {each["resource_id"] for each in stream.events[0].data["columns"]} == {2}
    assert refusal_of(mike.get(f"{CALENDAR}?from={day}&resource=1")) == (404, "not_found")
    assert follow(mike, f"from={day}&resource=1").status == 404
    for answer in (
        mike.post(f"/bookings/{theirs['reference']}/cancel"),
        mike.patch(f"/bookings/{theirs['reference']}", {"notes": "x"}),
        mike.patch(f"/bookings/{own['reference']}", {"resource_id": 1}),
        mike.post(
            "/bookings",
            {
                "service_id": 1,
                "resource_id": 1,
                "starts_at": wire(at("14:00")),
                "customer": {"name": "x"},
            },
        ),
    ):
        assert refusal_of(answer) == (404, "not_found")
    span = {"starts_at": wire(at("14:00")), "ends_at": wire(at("15:00"))}
    assert refusal_of(mike.post("/closures", span | {"resource_id": 1})) == (404, "not_found")
    assert refusal_of(mike.post("/closures", span)) == (403, "forbidden")
    closed = mike.post("/closures", span | {"resource_id": 2, "reason": "Dentist"})
    assert closed.status_code == 201
    stream.until_said(
        lambda each: any(one["reason"] == "Dentist" for one in each.data.get("closures", []))
    )
    assert mike.delete(f"/closures/{closed.json()['id']}").status_code == 204
    moved = mike.patch(f"/bookings/{own['reference']}", {"starts_at": wire(at("15:30"))})
    assert moved.status_code == 200
    cancel(mike, own)
    cancel(owner, theirs)


def test_the_stream_ends_with_its_session(start_server: Callable[..., Server], day: date) -> None:
    server = start_server(stream_heartbeat_interval=0.2)
    browser = OfficeBrowser(server.url)
    assert browser.use_link(owner_token(server), **OWNER).status_code == 201
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    stream = Follower(server.url, f"{PREFIX}{CALENDAR}/stream?from={day}", Cookie=cookies)
    until(lambda: "heartbeat" in stream.names, "the stream goes on")
    other = OfficeBrowser(server.url)
    assert other.sign_in(OWNER["email"]).status_code == 201
    assert other.delete("/session?everywhere=true").status_code == 204
    stream.until_ended()
    assert stream.names[-1] == "signed_out"
    server.visitor().hold("10:00")
    assert "column" not in stream.names
    for each in (browser, other):
        each.close()
    stream.close()


def test_a_stream_is_told_goodbye_when_the_server_stops(
    start_server: Callable[..., Server], day: date
) -> None:
    server = start_server()
    browser = OfficeBrowser(server.url)
    assert browser.use_link(owner_token(server), **OWNER).status_code == 201
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    stream = Follower(server.url, f"{PREFIX}{CALENDAR}/stream?from={day}", Cookie=cookies)
    until(lambda: stream.events, "the first event comes")
    browser.close()
    assert server.stop() == 0
    stream.until_ended()
    assert stream.names[-1] == "goodbye"
    stream.close()


def test_a_new_service_and_a_new_name_are_shown(
    start_server: Callable[..., Server], tmp_path: Path, day: date
) -> None:
    server = start_server()
    browser = OfficeBrowser(server.url)
    assert browser.use_link(owner_token(server), **OWNER).status_code == 201
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    stream = Follower(server.url, f"{PREFIX}{CALENDAR}/stream?from={day}", Cookie=cookies)
    until(lambda: stream.events, "the first event comes")
    (file := tmp_path / "changed.toml").write_text(DEMO.replace("Mike Wilson", "Michael Wilson"))
    assert apply_catalog(server, file, "--yes").code == 0
    stream.until_said(
        lambda each: (
            each.name == "calendar"
            and "Michael Wilson" in [one["name"] for one in each.data["resources"]]
        )
    )
    browser.close()
    stream.close()


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("", {"from": "required"}),
        ("from=tomorrow", {"from": "invalid_date"}),
        ("from=2026-11-30&days=0", {"days": "out_of_range"}),
        ("from=2026-11-30&days=8", {"days": "out_of_range"}),
        ("from=2026-11-30&resource=x", {"resource": "wrong_type"}),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(
    owner: OfficeBrowser, query: str, faults: dict[str, str]
) -> None:
    for path in (CALENDAR, f"{CALENDAR}/stream"):
        answer = owner.get(f"{path}?{query}")
        assert (answer.status_code, fields(answer)) == (422, faults)


def test_an_unknown_resource_is_not_found(owner: OfficeBrowser, day: date) -> None:
    assert refusal_of(owner.get(f"{CALENDAR}?from={day}&resource=99")) == (404, "not_found")
