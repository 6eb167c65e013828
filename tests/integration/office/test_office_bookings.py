"""Bookings that the office makes over HTTP: their fields, their rules, and their history."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date

import pytest

from tests.integration.office.test_calendar import CALENDAR, book, cancel, column_of, entries_at
from tests.support.answers import fields, refusal_of
from tests.support.days import at, wire, working_day
from tests.support.office import OfficeBrowser
from tests.support.server import Server
from tests.support.visitor import Visitor


@pytest.fixture
def day() -> date:
    return working_day()


@pytest.fixture
def visitor(office: Server) -> Iterator[Visitor]:
    made = Visitor(office.url)
    yield made
    made.http.close()


def test_bad_bookings_are_refused_with_their_fields(owner: OfficeBrowser) -> None:
    good = {
        "service_id": 1,
        "resource_id": 1,
        "starts_at": wire(at("10:00")),
        "customer": {"name": "Ann"},
    }
    for changes, faults in (
        ({"customer": {"name": " "}}, {"customer.name": "required"}),
        ({"customer": {"name": "a", "email": "x"}}, {"customer.email": "invalid_email"}),
        ({"customer": {"name": "a", "phone": "12"}}, {"customer.phone": "invalid_phone"}),
        ({"duration": 0}, {"duration": "out_of_range"}),
        ({"duration": 1441}, {"duration": "out_of_range"}),
        ({"notes": "x" * 10_001}, {"notes": "too_long"}),
        ({"notes": "a\0b"}, {"notes": "malformed"}),
        ({"override": ["overlap"]}, {"override": "malformed"}),
        ({"status": "completed"}, {"status": "unknown_field"}),
    ):
        answer = owner.post("/bookings", good | changes)
        assert answer.status_code == 422, (changes, answer.text)
        assert fields(answer).items() >= faults.items(), (changes, answer.text)


def test_texts_come_back_exactly_as_they_were_typed(owner: OfficeBrowser, day: date) -> None:
    """Markup, right-to-left marks, formulas and ten thousand letters are stored as plain text."""
    for index, name in enumerate(
        (
            "<b>Ann</b><script>alert(1)</script>",
            "\u202eevil\u202c",
            "=1+1",
            "مريم العلي",
            "👩‍🎨" * 20,
        )
    ):
        notes = f"{name}\nline two\n" + "x" * 9_000
        clock = f"{10 + index}:00"
        answer = owner.post(
            "/bookings",
            {
                "service_id": 2,
                "resource_id": 2,
                "starts_at": wire(at(clock)),
                "customer": {"name": name},
                "notes": notes,
            },
        )
        if answer.status_code == 422:
            assert fields(answer) == {"customer.name": "malformed", "notes": "malformed"}
            continue
        (entry,) = entries_at(column_of(owner.get(f"{CALENDAR}?from={day}").json(), 2), clock)
        assert (entry["customer"]["name"], entry["notes"]) == (name, notes)
        cancel(owner, entry)


def test_rules_are_broken_only_by_name(owner: OfficeBrowser, visitor: Visitor) -> None:
    body = {
        "service_id": 1,
        "resource_id": 1,
        "starts_at": wire(at("18:00")),
        "customer": {"name": "Ann"},
    }
    answer = owner.post("/bookings", body)
    assert refusal_of(answer) == (409, "override_needed")
    assert answer.json()["overrides"] == ["hours"]
    hold = visitor.hold("12:00").json()
    body["starts_at"] = wire(at("12:00"))
    answer = owner.post("/bookings", body)
    assert answer.json()["overrides"] == ["hold"]
    booking = owner.post("/bookings", body | {"override": ["hold"]})
    assert booking.status_code == 201
    assert visitor.prolong(hold, 60).status_code == 404
    again = owner.post("/bookings", body | {"override": ["hold", "hours", "past", "resource"]})
    assert refusal_of(again) == (409, "slot_taken")
    cancel(owner, booking.json())


def test_a_request_sent_twice_books_once(owner: OfficeBrowser) -> None:
    body = {
        "service_id": 1,
        "resource_id": 2,
        "starts_at": wire(at("16:30")),
        "customer": {"name": "Ann"},
    }
    key = {"Idempotency-Key": secrets.token_hex(16)}
    answers = [owner.post("/bookings", body, headers=key) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    other = owner.post("/bookings", body | {"notes": "x"}, headers=key)
    assert refusal_of(other) == (422, "idempotency_mismatch")
    cancel(owner, answers[0].json())


def test_the_audit_says_who_it_was_and_from_where(owner: OfficeBrowser, office: Server) -> None:
    booking = book(owner, "09:30")
    cancel(owner, booking)
    user = owner.user()
    assert user is not None
    rows = office.sql(
        "SELECT a.actor, a.user_id, a.address, a.action FROM audit a"
        " JOIN bookings b ON b.id = a.booking_id"
        f" WHERE b.reference = '{booking['reference']}' ORDER BY a.id"
    )
    assert [tuple(row) for row in rows] == [
        ("user", user["id"], "127.0.0.1", "booking.confirmed"),
        ("user", user["id"], "127.0.0.1", "booking.cancelled"),
    ]
