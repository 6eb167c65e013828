"""The language and the time zone of the page are stored with a booking, for its letters."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of
from tests.support.appointease import PluginClient, read_booking
from tests.support.days import at, wire
from tests.support.plain_sql import PlainSql
from tests.support.server import Server
from tests.support.visitor import CUSTOMER, Visitor

AUSTRIA = {"language": "de-AT", "time_zone": "Europe/Vienna"}
NEPAL = {"language": "ne", "time_zone": "Asia/Kathmandu"}


def read_kept(sql: PlainSql, reference: str) -> tuple[Any, ...]:
    (row,) = sql("SELECT language, time_zone FROM bookings WHERE reference = ?", reference)
    return tuple(row)


def book(visitor: Visitor, what: dict[str, Any], key: str | None = None) -> httpx2.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return visitor.http.post(
        "/api/v1/bookings", json={"customer": CUSTOMER} | what, headers=headers
    )


def a_time(day: date, clock: str = "10:00", service: int = 1, resource: int = 1) -> dict[str, Any]:
    return {
        "service_id": service,
        "resource_id": resource,
        "starts_at": wire(at(clock, day)),
    }


def test_they_are_kept_when_a_time_is_booked_moved_and_cancelled(
    ann: Visitor, shared_sql: PlainSql, day: date
) -> None:
    booking = book(ann, a_time(day) | AUSTRIA).json()
    assert read_kept(shared_sql, booking["reference"]) == ("de-AT", "Europe/Vienna")
    assert ann.reschedule(booking, at("11:00", day)).status_code == 200
    assert ann.cancel(booking).status_code == 200
    assert read_kept(shared_sql, booking["reference"]) == ("de-AT", "Europe/Vienna")


def test_they_are_kept_when_a_checkout_is_confirmed(
    ann: Visitor, shared_sql: PlainSql, day: date
) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    booking = book(ann, {"checkout_id": checkout["id"]} | NEPAL).json()
    assert read_kept(shared_sql, booking["reference"]) == ("ne", "Asia/Kathmandu")


def test_nobody_has_to_send_them(ann: Visitor, shared_sql: PlainSql, day: date) -> None:
    without = book(ann, a_time(day)).json()
    nulls = book(ann, a_time(day, "11:00") | {"language": None, "time_zone": None}).json()
    for booking in (without, nulls):
        assert read_kept(shared_sql, booking["reference"]) == (None, None)


def test_appointease_clients_send_none(
    shared: Server,
    shared_sql: PlainSql,
    plugin_client: Callable[..., PluginClient],
) -> None:
    made = read_booking(plugin_client(shared, "c1").book("10:00"))
    (row,) = shared_sql(
        "SELECT language, time_zone FROM bookings WHERE id = ?", int(made["appointment_id"])
    )
    assert tuple(row) == (None, None)


@pytest.mark.scenario(13)
@pytest.mark.parametrize("has_key", [True, False])
def test_in_another_language_it_is_the_same_request(
    ann: Visitor, shared_sql: PlainSql, day: date, *, has_key: bool
) -> None:
    """A visitor who changes the language of the page and sends the form again books once.

    The letters stay in the first language, in which the stored answer was given.
    """
    key = secrets.token_hex(16) if has_key else None
    first = book(ann, a_time(day) | AUSTRIA, key)
    again = book(ann, a_time(day) | NEPAL, key)
    without = book(ann, a_time(day), key)
    assert (first.status_code, again.status_code, without.status_code) == (201, 201, 201)
    assert again.json() == without.json() == first.json()
    assert read_kept(shared_sql, first.json()["reference"]) == ("de-AT", "Europe/Vienna")
    if has_key:
        other = book(ann, a_time(day, "11:00") | AUSTRIA, key)
        assert refusal_of(other) == (422, "idempotency_mismatch")


@pytest.mark.scenario(13)
def test_a_checkout_that_is_confirmed_again_in_another_language_is_the_same(
    ann: Visitor, shared_sql: PlainSql, day: date
) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    first = book(ann, {"checkout_id": checkout["id"]} | AUSTRIA)
    again = book(ann, {"checkout_id": checkout["id"]} | NEPAL)
    assert (again.status_code, again.json()) == (201, first.json())
    assert read_kept(shared_sql, first.json()["reference"]) == ("de-AT", "Europe/Vienna")
