"""The owner exports and erases what is stored about a customer, beside a running server."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.support.commands import dibs
from tests.support.days import at
from tests.support.plain_sql import PlainSql
from tests.support.server import DIBS, Server, environment
from tests.support.visitor import Visitor
from tests.support.waiting import until

EMAIL = "Zaphod@hidden.example"


@pytest.fixture
def zaphod(ann: Visitor, day: date) -> dict[str, Any]:
    """Book a future appointment for a customer that no other test uses."""
    booking: dict[str, Any] = ann.book(at("10:00", day), name="Zaphod", email=EMAIL).json()
    return booking


@pytest.fixture(autouse=True)
def _nobody_is_left(shared: Server) -> Iterator[None]:
    yield
    customer(shared, "erase", EMAIL, "--yes", "--cancel")


def customer(server: Server, *arguments: str) -> Any:
    return dibs("customer", *arguments, "--data", server.data, **server.settings)


def test_what_is_stored_is_printed_as_json(shared: Server, zaphod: dict[str, Any]) -> None:
    outcome = customer(shared, "export", f" {EMAIL.lower()}")
    assert outcome.code == 0
    export = json.loads("\n".join(outcome.said))
    (booking,) = export["bookings"]
    assert (booking["reference"], booking["customer"]["email"]) == (zaphod["reference"], EMAIL)
    assert zaphod["manage_token"] not in "\n".join(outcome.said)


def test_with_an_upcoming_booking_nothing_is_erased(
    shared: Server, shared_sql: PlainSql, zaphod: dict[str, Any]
) -> None:
    for more in ((), ("--yes",)):
        outcome = customer(shared, "erase", EMAIL, *more)
        assert (outcome.code, outcome.said) == (1, [])
        (line,) = outcome.complained
        assert line == (
            f"dibs: This customer has upcoming bookings ({zaphod['reference']}); cancel them first."
        )
    assert read_name(shared_sql, zaphod) == "Zaphod"


def test_without_a_terminal_nobody_has_agreed(
    shared: Server, shared_sql: PlainSql, zaphod: dict[str, Any]
) -> None:
    outcome = customer(shared, "erase", EMAIL, "--cancel")
    assert outcome.code == 3
    assert outcome.said == [
        "This erases the customer of 1 booking, and cancels 1 of them. It can't be undone."
    ]
    assert outcome.complained == ["dibs: Nothing was erased: if it is right, do it with --yes."]
    assert read_name(shared_sql, zaphod) == "Zaphod"


def test_who_is_erased_has_no_booking_and_everyone_sees_its_time_as_free(
    shared: Server,
    shared_sql: PlainSql,
    ann: Visitor,
    bob: Visitor,
    day: date,
    zaphod: dict[str, Any],
) -> None:
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "taken"
    outcome = customer(shared, "erase", EMAIL.upper(), "--cancel", "--yes")
    assert outcome.code == 0
    assert outcome.said == [
        f"{zaphod['reference']} is cancelled",
        f"{EMAIL.upper()} is erased from 1 booking",
    ]
    until(
        lambda: bob.slots(day=day, resource=1)["10:00"]["state"] == "free",
        "the running server shows the time as free",
    )
    assert read_name(shared_sql, zaphod) is None
    shown = ann.read(zaphod).json()
    assert (shown["status"], shown["customer"]) == ("cancelled", None)


def test_at_a_terminal_the_owner_is_asked(
    shared: Server, shared_sql: PlainSql, zaphod: dict[str, Any]
) -> None:
    settings = shared.settings | {"data": shared.data}
    command = [*DIBS, "customer", "erase", EMAIL, "--cancel"]
    for answer, code, name in ((b"n\n", 3, "Zaphod"), (b"y\n", 0, None)):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            command,
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.DEVNULL,
            env=environment(**settings),
        )
        os.write(ours, answer)
        assert process.wait(timeout=60) == code
        os.close(theirs)
        os.close(ours)
        assert read_name(shared_sql, zaphod) == name


def test_nobody_is_erased_from_no_booking(shared: Server) -> None:
    outcome = customer(shared, "erase", "nobody@hidden.example", "--yes")
    assert (outcome.code, outcome.said) == (0, ["nobody@hidden.example is erased from 0 bookings"])


def read_name(sql: PlainSql, booking: dict[str, Any]) -> Any:
    ((name,),) = sql("SELECT customer_name FROM bookings WHERE reference = ?", booking["reference"])
    return name
