"""Calendar files: that of a customer's booking, and feeds that calendar programs of staff read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date
from typing import Any

import httpx2
import pytest
from icalendar import Calendar

from tests.support.answers import refusal_of
from tests.support.commands import dibs
from tests.support.days import at
from tests.support.server import Server
from tests.support.visitor import Visitor

TYPE = "text/calendar; charset=utf-8"


def new_feed(server: Server, *arguments: object, **settings: Any) -> str:
    """Make a new feed and return its path."""
    outcome = dibs(
        *("feed", "new", *arguments, "--data", server.data), **(server.settings | settings)
    )
    assert outcome.code == 0, outcome.complained
    (url,) = outcome.said
    return url[url.index("/feeds/") :]


def feeds(server: Server) -> list[dict[str, Any]]:
    outcome = dibs("feed", "list", "--json", "--data", server.data, **server.settings)
    assert outcome.code == 0, outcome.complained
    listed: list[dict[str, Any]] = json.loads("\n".join(outcome.said))
    return listed


def entries(answer: httpx2.Response) -> dict[str, Any]:
    """Return the entries of a file by the reference of their booking."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, TYPE), answer.text
    calendar = Calendar.from_ical(answer.content)
    assert (str(calendar["version"]), str(calendar["method"])) == ("2.0", "PUBLISH")
    return {str(event["uid"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}


def bearer(booking: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {booking['manage_token']}"}


def file_of(server: Server, booking: dict[str, Any]) -> httpx2.Response:
    path = f"/api/v1/bookings/{booking['reference']}/calendar.ics"
    return server.http.post(path, headers=bearer(booking))


# --- one booking


def test_a_booking_is_a_calendar_file_for_its_customer(
    shared: Server, ann: Visitor, bob: Visitor, day: date
) -> None:
    booking = ann.book(at("10:00", day)).json()
    bob.book(at("11:00", day), name="Bob Ray", email="bob@example.com")
    answer = file_of(shared, booking)
    (event,) = entries(answer).values()
    assert event.start == at("10:00", day)
    assert event.end == at("10:30", day)
    assert event["dtstart"].to_ical().endswith(b"Z")
    assert (str(event["status"]), event["sequence"]) == ("CONFIRMED", 0)
    assert str(event["uid"]) == f"{booking['reference']}@127.0.0.1"
    assert "Consultation" in event["summary"]
    assert "Sarah Johnson" in answer.text
    assert "Bob" not in answer.text
    assert answer.headers["Content-Disposition"] == 'attachment; filename="booking.ics"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_entry_of_a_booking_stays_the_same_one_when_it_is_moved_and_cancelled(
    shared: Server, ann: Visitor, day: date
) -> None:
    booking = ann.book(at("10:00", day)).json()
    (first,) = entries(file_of(shared, booking)).values()
    ann.reschedule(booking, at("11:00", day))
    (moved,) = entries(file_of(shared, booking)).values()
    ann.cancel(booking)
    (cancelled,) = entries(file_of(shared, booking)).values()
    assert first["uid"] == moved["uid"] == cancelled["uid"]
    assert (moved.start, moved["sequence"]) == (at("11:00", day), 1)
    assert (str(cancelled["status"]), cancelled["sequence"]) == ("CANCELLED", 2)
    assert first["dtstamp"].dt <= moved["dtstamp"].dt <= cancelled["dtstamp"].dt


def test_a_service_says_where_it_takes_place(shared: Server, ann: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day), service=3, resource=3).json()
    (event,) = entries(file_of(shared, booking)).values()
    assert str(event["location"]) == "Daylight Studio, 2 Example Street"


def test_without_the_manage_token_there_is_no_file(shared: Server, ann: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day)).json()
    path = f"/api/v1/bookings/{booking['reference']}/calendar.ics"
    wrong = {"Authorization": "Bearer a-token-that-opens-nothing"}
    none = "/api/v1/bookings/AAAAA-AAAAA/calendar.ics"
    for asked, headers in ((path, {}), (path, wrong), (none, wrong), (none, bearer(booking))):
        assert refusal_of(shared.http.post(asked, headers=headers)) == (404, "not_found")
    assert refusal_of(shared.http.get(path, headers=bearer(booking)))[0] == 405


# --- feeds


def test_a_feed_has_the_bookings_of_one_person(
    shared: Server, ann: Visitor, bob: Visitor, day: date
) -> None:
    sarahs, everybodys = new_feed(shared, "--resource", 1), new_feed(shared)
    hers = ann.book(at("10:00", day), name="Ann Lee").json()
    mikes = bob.book(at("10:00", day), resource=2, name="Bob Ray").json()
    checkout = bob.check_out(at("12:00", day))
    assert checkout.status_code == 201
    found = entries(shared.http.get(sarahs))
    assert hers["reference"] in found
    assert mikes["reference"] not in found
    assert at("12:00", day) not in {event.start for event in found.values()}
    event = found[hers["reference"]]
    assert "Consultation" in event["summary"]
    assert "Ann Lee" in event["summary"]
    assert {hers["reference"], mikes["reference"]} <= set(entries(shared.http.get(everybodys)))


def test_a_feed_follows_what_becomes_of_a_booking(shared: Server, ann: Visitor, day: date) -> None:
    path = new_feed(shared, "--resource", 1)
    booking = ann.book(at("10:00", day)).json()
    reference = booking["reference"]
    ann.reschedule(booking, at("11:00", day))
    moved = entries(shared.http.get(path))[reference]
    assert (moved.start.astimezone(UTC), moved["sequence"]) == (at("11:00", day), 1)
    ann.cancel(booking)
    assert reference not in entries(shared.http.get(path))


@pytest.mark.scenario(28)
def test_a_feed_that_has_not_changed_is_not_sent_again(
    shared: Server, ann: Visitor, day: date
) -> None:
    path = new_feed(shared, "--resource", 2)
    first = shared.http.get(path)
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    for asked in (etag, f"W/{etag}", f'"other", {etag}'):
        again = shared.http.get(path, headers={"If-None-Match": asked})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert shared.http.get(path).content == first.content
    ann.book(at("10:00", day), resource=2)
    changed = shared.http.get(path, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


@pytest.mark.scenario(55)
def test_an_address_that_is_wrong_or_revoked_opens_nothing(
    shared: Server, ann: Visitor, day: date
) -> None:
    ann.book(at("10:00", day))
    path = new_feed(shared, "--resource", 1)
    assert shared.http.get(path).status_code == 200
    number = feeds(shared)[-1]["id"]
    revoked = dibs("feed", "revoke", number, "--data", shared.data, **shared.settings)
    assert (revoked.code, revoked.said) == (0, [f"feed {number} is revoked"])
    again = dibs("feed", "revoke", number, "--data", shared.data, **shared.settings)
    assert again.code == 1
    assert f"dibs: There is no feed {number}, or it is revoked already." in again.complained
    wrong = "/feeds/" + "x" * len(path.split("/")[-1].removesuffix(".ics")) + ".ics"
    answers = [shared.http.get(each) for each in (path, wrong, "/feeds/x.ics", "/feeds/%00.ics")]
    assert {refusal_of(answer) for answer in answers} == {(404, "not_found")}
    assert len({answer.text for answer in answers}) == 1
    assert shared.http.get("/feeds/").status_code == 404


@pytest.mark.scenario(55)
def test_feeds_are_listed_without_their_addresses(shared: Server) -> None:
    path = new_feed(shared, "--resource", 2)
    new_feed(shared)
    one, all_of_them = feeds(shared)[-2:]
    assert (one["resource_id"], one["resource"], one["revoked_at"]) == (2, "Mike Wilson", None)
    assert (all_of_them["resource_id"], all_of_them["resource"]) == (None, None)
    listed = dibs("feed", "list", "--data", shared.data, **shared.settings)
    assert listed.said[-2].startswith(f"{one['id']}  Mike Wilson  ")
    assert listed.said[-1].startswith(f"{all_of_them['id']}  everybody  ")
    token = path.split("/")[-1].removesuffix(".ics")
    assert token not in "\n".join(listed.said)
    assert shared.sql("SELECT count(*) FROM feeds WHERE token = ?", token) == [(0,)]


def test_there_is_no_feed_of_nobody(shared: Server) -> None:
    count = len(feeds(shared))
    outcome = dibs("feed", "new", "--resource", 99, "--data", shared.data, **shared.settings)
    assert (outcome.code, outcome.said) == (1, [])
    assert "dibs: There is no resource 99." in outcome.complained
    assert len(feeds(shared)) == count


def test_the_address_of_a_feed_is_that_of_visitors(shared: Server) -> None:
    settings = shared.settings | {"public_url": "https://studio.example/book/"}
    outcome = dibs("feed", "new", "--data", shared.data, **settings)
    assert outcome.said[0].startswith("https://studio.example/book/feeds/")


@pytest.mark.scenario(55)
def test_readers_of_feeds_are_counted_and_the_log_names_no_feed(
    start_server: Callable[..., Server],
) -> None:
    server = start_server(limits="on", max_lookup_rate_per_ip="3/hour", log_level="debug")
    path = new_feed(server)
    for _ in range(2):
        assert server.http.get(path).status_code == 200
    assert server.http.get("/feeds/x.ics").status_code == 404
    answer = server.http.get(path)
    assert refusal_of(answer) == (429, "rate_limited")
    assert answer.json()["limit"]["setting"] == "DIBS_MAX_LOOKUP_RATE_PER_IP"
    said = server.log.read_text()
    assert path.split("/")[-1].removesuffix(".ics") not in said
    assert '"/feeds/*"' in said
