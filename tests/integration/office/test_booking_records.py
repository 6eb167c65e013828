"""Bookings as the office looks them up: lists, files, one booking with its history, and many at
once."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.integration.office.conftest import NewBrowser
from tests.integration.office.test_calendar import book, cancel, staff_of
from tests.support.answers import fields, refusal_of
from tests.support.days import at, wire, working_day
from tests.support.office import OWNER, OfficeBrowser
from tests.support.server import Server
from tests.support.visitor import Visitor

DAY = working_day(1)


@pytest.fixture
def visitor(office: Server) -> Iterator[Visitor]:
    made = Visitor(office.url)
    yield made
    made.http.close()


def book_at(owner: OfficeBrowser, clock: str, name: str, **more: Any) -> dict[str, Any]:
    customer = {"name": name, **more.pop("customer", {})}
    return book(owner, clock, starts_at=wire(at(clock, DAY)), customer=customer, **more)


def list_bookings(browser: OfficeBrowser, **query: Any) -> list[dict[str, Any]]:
    answer = browser.get("/bookings", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["bookings"]
    return found


def references(browser: OfficeBrowser, **query: Any) -> list[str]:
    return [each["reference"] for each in list_bookings(browser, **query)]


def word() -> str:
    """Return a name that no other customer has."""
    return "zz" + secrets.token_hex(5)


def test_bookings_are_found_as_one_types(owner: OfficeBrowser) -> None:
    mark = word()
    contact = {"email": f"{mark}@Example.com", "phone": "+49 (30) 555-01 23"}
    made = book_at(owner, "09:00", f"Zoë Łukasz-Ødegård {mark}", customer=contact)
    other = book_at(owner, "09:30", f"50%_off {mark}")
    for query in (
        f"zoe {mark}",
        f"ZOË {mark.upper()}",
        f"lukasz-odegard {mark}",
        f"{mark[3:]} łuk",
        f"{mark}@example",
    ):
        assert references(owner, q=query) == [made["reference"]], query
    for phone in ("+49 30 5550123", "30/555 01", "4930555"):
        assert made["reference"] in references(owner, q=phone, limit=200), phone
    for query in (made["reference"].lower(), made["reference"].replace("-", "")[:8]):
        assert made["reference"] in references(owner, q=query), query
    assert references(owner, q=f"50%_ {mark}") == [other["reference"]]
    assert references(owner, q=f"_0% {mark}") == []
    assert references(owner, q=mark) == [made["reference"], other["reference"]]
    cancel(owner, made)
    cancel(owner, other)


def test_filters_say_which_bookings_are_listed(owner: OfficeBrowser, visitor: Visitor) -> None:
    mark = word()
    early = book_at(owner, "10:00", mark)
    late = book_at(owner, "10:30", mark, resource_id=2, service_id=2)
    gone = book_at(owner, "11:30", mark)
    cancel(owner, gone)
    checkout = visitor.check_out(hold=visitor.hold("12:00").json()).json()
    online = visitor.confirm(checkout, name=mark).json()
    all_of_them = [early, late, gone, online]
    for query, expected in (
        ({}, all_of_them),
        ({"from": DAY, "until": DAY}, [early, late, gone]),
        ({"until": working_day()}, [online]),
        ({"from": DAY + timedelta(days=1)}, []),
        ({"status": "cancelled"}, [gone]),
        ({"status": ["confirmed", "cancelled"], "resource": 2}, [late]),
        ({"service": 2}, [late]),
        ({"source": "page"}, [online]),
        ({"source": "office", "resource": [1, 2]}, [early, late, gone]),
    ):
        found = references(owner, q=mark, **query)
        assert sorted(found) == sorted(each["reference"] for each in expected), query
    by_start = references(owner, q=mark)
    assert by_start == references(owner, q=mark, sort="-start")[::-1]
    made = [each["reference"] for each in all_of_them]
    assert references(owner, q=mark, sort="made") == made
    assert references(owner, q=mark, sort="-made") == made[::-1]
    for each in (early, late, online):
        cancel(owner, each)


@pytest.mark.parametrize("sort", ["start", "-start", "made", "-made"])
def test_a_list_is_read_page_by_page(owner: OfficeBrowser, sort: str) -> None:
    mark = word()
    made = []
    for _ in range(5):
        made.append(book_at(owner, "16:00", mark, resource_id=2))
        cancel(owner, made[-1])
    read: list[str] = []
    after = None
    while True:
        query = {"q": mark, "limit": 2, "sort": sort} | ({"after": after} if after else {})
        answer = owner.get("/bookings", params=query).json()
        read += [each["reference"] for each in answer["bookings"]]
        after = answer["next"]
        if after is None:
            break
        assert len(answer["bookings"]) == 2
    expected = [each["reference"] for each in made]
    assert read == (expected[::-1] if sort.startswith("-") else expected)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"status": "pending"}, "status.0"),
        ({"sort": "name"}, "sort"),
        ({"after": "%%%"}, "after"),
        ({"after": "W10"}, "after"),
        ({"limit": "1000"}, "limit"),
        ({"q": "x" * 201}, "q"),
        ({"q": "a\0"}, "q"),
        ({"customer": "a\0"}, "customer"),
        ({"resource": "x"}, "resource.0"),
        ({"mine": "yes"}, "mine"),
    ],
)
def test_bad_filters_are_refused(owner: OfficeBrowser, query: dict[str, str], field: str) -> None:
    answer = owner.get("/bookings", params=query)
    assert answer.status_code == 422, answer.text
    assert field.split(".")[0] in {name.split(".")[0] for name in fields(answer)}
    assert owner.get("/bookings/export", params=query).status_code == 422


def test_a_booking_tells_its_whole_history(owner: OfficeBrowser, visitor: Visitor) -> None:
    rival = visitor.check_out(hold=visitor.hold("13:00").json()).json()
    assert visitor.http.delete(f"/api/v1/checkouts/{rival['id']}").status_code < 300
    booking = book(owner, "13:00", customer={"name": "Ann Lee"}, notes="Window seat")
    owner.patch(f"/bookings/{booking['reference']}", {"starts_at": wire(at("13:30"))})
    cancel(owner, booking)
    found = owner.get(f"/bookings/{booking['reference']}").json()
    assert [each["action"] for each in found["events"]] == [
        "booking.confirmed",
        "booking.rescheduled",
        "booking.cancelled",
    ]
    assert {each["by"] for each in found["events"]} == {OWNER["name"]}
    assert found["events"][1]["details"]["from"].startswith(str(at("13:00").date()))
    assert found["booking"]["notes"] == "Window seat"
    assert found["booking"]["service_name"]
    assert found["booking"]["source"] == "office"
    at_first = book(owner, "13:00")
    (first, *_) = owner.get(f"/bookings/{at_first['reference']}").json()["rivals"]
    assert first["status"] == "cancelled"
    assert first["ended_at"] is not None
    cancel(owner, at_first)


def test_staff_see_only_bookings_of_their_resource(
    office: Server, browser: NewBrowser, owner: OfficeBrowser
) -> None:
    mark = word()
    mine = book_at(owner, "14:00", mark)
    other = book_at(owner, "14:00", mark, resource_id=2, service_id=2)
    staff = staff_of(office, browser(), 1)
    assert references(staff, q=mark) == [mine["reference"]]
    assert refusal_of(staff.get("/bookings", params={"resource": 2})) == (404, "not_found")
    exported = staff.get("/bookings/export", params={"q": mark, "format": "json"}).json()
    assert [each["reference"] for each in exported] == [mine["reference"]]
    of_other = f"/bookings/{other['reference']}"
    assert refusal_of(staff.get(of_other)) == (404, "not_found")
    assert refusal_of(staff.post(f"{of_other}/letters")) == (404, "not_found")
    answer = staff.post(
        "/bookings/end-many",
        {"action": "cancel", "references": [other["reference"], mine["reference"]]},
    )
    assert [(each["is_done"], each["code"]) for each in answer.json()["outcomes"]] == [
        (False, "not_found"),
        (True, None),
    ]
    # Only users who may read the audit see IP addresses.
    events = staff.get(f"/bookings/{mine['reference']}").json()["events"]
    assert {each["address"] for each in events} == {None}
    assert owner.get(of_other).json()["events"][0]["address"] == "127.0.0.1"
    cancel(owner, other)


def test_many_bookings_are_ended_each_with_its_outcome(owner: OfficeBrowser) -> None:
    mark = word()
    past = {"override": ["past", "hours", "notice", "window"]}
    before = wire(at("10:00", working_day() - timedelta(days=14)))
    over = book(owner, "10:00", starts_at=before, customer={"name": mark}, **past)
    later = book_at(owner, "15:00", mark)
    references = [over["reference"], later["reference"], "AAAAA-AAAAA"]
    body = {"action": "complete", "references": references}
    outcomes = owner.post("/bookings/end-many", body).json()["outcomes"]
    assert [(each["is_done"], each["code"]) for each in outcomes] == [
        (True, None),
        (False, "not_begun"),
        (False, "not_found"),
    ]
    assert [each["status"] for each in list_bookings(owner, q=mark)] == ["completed", "confirmed"]
    faults: list[dict[str, Any]] = [
        {"references": []},
        {"references": ["A"] * 101},
        {"action": "erase"},
    ]
    for bad in faults:
        assert owner.post("/bookings/end-many", body | bad).status_code == 422
    cancel(owner, later)


def test_a_file_of_bookings_runs_no_formula(owner: OfficeBrowser) -> None:
    mark = word()
    name = f'=cmd|"/C calc"!A0 {mark}'
    booking = book_at(owner, "15:30", name, notes=f'+1 "two"\n{mark}; three')
    answer = owner.get("/bookings/export", params={"q": mark})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    assert row["name"] == f"'{name}"
    assert row["notes"] == f'\'+1 "two"\n{mark}; three'
    assert (row["reference"], row["day"]) == (booking["reference"], str(DAY))
    (shown,) = owner.get("/bookings/export", params={"q": mark, "format": "json"}).json()
    assert shown["customer"]["name"] == name
    cancel(owner, booking)


def send_again(owner: OfficeBrowser, booking: dict[str, Any]) -> httpx2.Response:
    return owner.post(f"/bookings/{booking['reference']}/letters")


def test_a_letter_is_sent_again_only_where_there_is_one(owner: OfficeBrowser) -> None:
    nameless = book_at(owner, "11:00", word())
    assert refusal_of(send_again(owner, nameless)) == (409, "no_address")
    cancel(owner, nameless)
    past = {"override": ["past", "hours", "notice", "window"]}
    before = wire(at("11:00", working_day() - timedelta(days=14)))
    over = book(owner, "11:00", starts_at=before, **past)
    assert refusal_of(send_again(owner, over)) == (409, "booking_closed")
    cancel(owner, over)
