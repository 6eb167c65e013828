"""The owner's commands beside a running server: bookings, settings and the version."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dibs import __version__
from dibs.plain_text import escape_unprintable
from dibs.settings import Settings
from tests.support.answers import refusal_of, states
from tests.support.commands import dibs
from tests.support.days import at
from tests.support.plain_sql import connect
from tests.support.server import Server
from tests.support.waiting import until

Ask = Callable[..., list[tuple[Any, ...]]]


# --- bookings, cancel


def list_bookings(server: Server, *arguments: str) -> list[dict[str, Any]]:
    outcome = dibs("bookings", "--json", "--data", server.data, *arguments, **server.settings)
    assert outcome.code == 0
    rows: list[dict[str, Any]] = json.loads("\n".join(outcome.said))
    return rows


def test_the_bookings_of_a_day_are_listed_with_who_booked(shared: Server, day: date) -> None:
    visitor = shared.visitor()
    booking = visitor.book(at("10:00", day), service=2, phone="+1 555 0001").json()
    visitor.book(at("09:00", day - timedelta(days=1)))
    cancelled = visitor.book(at("15:00", day)).json()
    visitor.cancel(cancelled)
    assert list_bookings(shared, "--day", str(day)) == [
        {
            "starts_at": f"{day}T10:00+00:00",
            "ends_at": f"{day}T11:00+00:00",
            "time_zone": "UTC",
            "reference": booking["reference"],
            "status": "confirmed",
            "service": "Premium Service",
            "resource": "Sarah Johnson",
            "name": "Ann Lee",
            "email": "ann@example.com",
            "phone": "+1 555 0001",
            "phone_e164": None,
        }
    ]
    assert booking["reference"] in {row["reference"] for row in list_bookings(shared)}
    plain = dibs("bookings", "--day", day, "--data", shared.data, **shared.settings)
    zone, line = plain.said
    assert zone == "Times are in UTC."
    assert booking["reference"] in line


def test_a_day_without_bookings_is_an_empty_list(shared: Server) -> None:
    assert list_bookings(shared, "--day", "2001-01-01") == []
    plain = dibs("bookings", "--day", "2001-01-01", "--data", shared.data, **shared.settings)
    assert plain.said == ["Times are in UTC."]


@pytest.mark.parametrize("day", ["2026-02-30", "garbage", "*", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_refused(shared: Server, day: str) -> None:
    assert dibs("bookings", "--day", day, "--data", shared.data, **shared.settings).code == 2


@pytest.mark.parametrize("number", ["0", "garbage", str(2**31), str(10**20)])
def test_the_number_of_a_conflict_that_can_be_none_is_refused(shared: Server, number: str) -> None:
    outcome = dibs("conflicts", "resolve", number, "--data", shared.data, **shared.settings)
    assert outcome.code == 2


def test_the_owner_can_end_a_checkout_that_is_listed(shared: Server, day: date) -> None:
    ann = shared.visitor()
    ann.check_out(at("10:00", day))
    outcome = dibs("bookings", "--day", day, "--json", "--data", shared.data, **shared.settings)
    (listed,) = json.loads("\n".join(outcome.said))
    assert listed["status"] == "pending"
    assert dibs("cancel", listed["reference"], "--data", shared.data, **shared.settings).code == 0
    until(lambda: ann.slots(day=day, resource=1)["10:00"]["state"] == "free", "the time is free")


def test_a_booking_cancelled_by_the_owner_is_free_on_the_running_server(
    shared: Server, day: date, select: Ask
) -> None:
    ann, bob = shared.visitor(), shared.visitor()
    booking = ann.book(at("10:00", day)).json()
    assert states(bob.board(1, day)) == ["taken"]
    outcome = dibs("cancel", booking["reference"].lower(), "--data", shared.data, **shared.settings)
    assert (outcome.code, outcome.said) == (0, [f"{booking['reference']} is cancelled"])
    until(lambda: bob.board(1, day)["busy"] == [], "the board follows")
    assert bob.book(at("10:00", day)).status_code == 201
    assert ann.read(booking).json()["status"] == "cancelled"
    told = "SELECT actor FROM audit WHERE action = 'booking.cancelled' ORDER BY id DESC LIMIT 1"
    assert select(shared, told) == [("owner",)]


def test_cancelling_again_by_the_owner_changes_nothing(shared: Server, day: date) -> None:
    ann, bob = shared.visitor(), shared.visitor()
    booking = ann.book(at("12:00", day)).json()
    assert dibs("cancel", booking["reference"], "--data", shared.data, **shared.settings).code == 0
    until(lambda: bob.book(at("12:00", day)).status_code == 201, "it can be booked")
    assert dibs("cancel", booking["reference"], "--data", shared.data, **shared.settings).code == 0
    assert refusal_of(ann.book(at("12:00", day))) == (409, "slot_taken")


@pytest.mark.parametrize("reference", ["AAAAA-AAAAA", "", "'; DROP TABLE bookings", "\x7f"])
def test_a_booking_that_is_none_cannot_be_cancelled(shared: Server, reference: str) -> None:
    outcome = dibs("cancel", reference, "--data", shared.data, **shared.settings)
    assert (outcome.code, outcome.said) == (1, [])
    said = escape_unprintable(reference.upper())
    # On a machine that pauses, the command may first say that the database was slow, but nothing
    # else.
    *before, refusal = outcome.complained
    assert refusal == f"dibs: There is no booking {said}."
    assert all("the database can't be read" in line for line in before), before


def test_what_is_long_past_is_removed_by_a_command(server: Server) -> None:
    """A dry run counts the rows and leaves them."""
    with connect(server.data / "dibs.db") as sql:
        sql("INSERT INTO outbox (topic, payload, created_at) VALUES ('old', '{}', 0)")
        planned = dibs("retention", "--dry-run", "--data", server.data)
        assert planned.code == 0, planned.complained
        assert "        1  old rows of the outbox removed" in planned.said
        assert sql("SELECT count(*) FROM outbox WHERE topic = 'old'") == [(1,)]
        done = dibs("retention", "--data", server.data)
        assert done.said == planned.said[1:]
        assert sql("SELECT count(*) FROM outbox WHERE topic = 'old'") == [(0,)]


# --- settings, version


def test_the_version_is_said() -> None:
    assert dibs("--version").said == [f"dibs {__version__}"]


def test_settings_take_the_folder_as_all_commands_do(tmp_path: Path) -> None:
    assert f"DIBS_DATA={tmp_path}" in dibs("settings", "--data", tmp_path).said


def test_every_setting_is_shown_with_its_value_and_meaning() -> None:
    outcome = dibs("settings", hold_lifetime=77, secret_key="not-to-be-shown" * 3)
    text = "\n".join(outcome.said)
    for name, field in Settings.model_fields.items():
        assert f"DIBS_{name.upper()}=" in text
        assert field.description
        assert field.description in text
    assert "DIBS_HOLD_LIFETIME=77" in text
    assert "not-to-be-shown" not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "abc"),
        ("port", "70000"),
        ("hold_lifetime", "0"),
        ("hold_lifetime", "-1"),
        ("hold_lifetime", "inf"),
        ("hold_lifetime", "nan"),
        ("checkout_lifetime", "soon"),
        ("log_level", "loud"),
        ("database_url", "mysql://x"),
        ("secret_key", "a" * 31),
        ("previous_secret_key", "a"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_by_name(name: str, value: str) -> None:
    outcome = dibs("settings", **{name: value})
    assert (outcome.code, outcome.said) == (1, [])
    (line,) = outcome.complained
    assert f"DIBS_{name.upper()}" in line
