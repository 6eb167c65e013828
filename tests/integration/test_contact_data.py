"""Names, addresses and phone numbers of real people: stored exactly, found again, printed
safely."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.support.appointease import PluginClient
from tests.support.catalog_files import DEMO
from tests.support.commands import dibs
from tests.support.days import at, working_day
from tests.support.server import Server
from tests.support.visitor import Visitor

StartServer = Callable[..., Server]

NAMES = [
    "O'Brien",
    "A: B: C",
    "Doe, Jane <x@y>",
    '"Q"',
    "R&D",
    "<b>x</b>",
    "Zoë 🦊",
    "👩\u200d👩\u200d👧",
    "e\u0301",
    "مريم",
    "x" * 200,
    "界" * 200,
]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:10])
def test_a_name_comes_back_as_it_was_typed(
    shared: Server, ann: Visitor, day: date, name: str
) -> None:
    booking = ann.book(at("10:00", day), name=name).json()
    assert ann.read(booking).json()["customer"]["name"] == name
    listed = dibs("bookings", "--day", day, "--json", "--data", shared.data, **shared.settings)
    assert [row["name"] for row in json.loads("\n".join(listed.said))] == [name]


@pytest.mark.parametrize(
    ("typed", "phone", "e164"),
    [
        ("+61 493 812 345", "+61 493 812 345", "+61493812345"),
        ("\u202a+49\u00a030 123456\u202c", "+49 30 123456", "+4930123456"),
        ("0493812345", "0493812345", None),
        ("", None, None),
        ("  ", None, None),
        (None, None, None),
    ],
)
def test_a_phone_number_is_kept_in_both_forms(
    ann: Visitor, day: date, typed: str | None, phone: str | None, e164: str | None
) -> None:
    booking = ann.book(at("10:00", day), phone=typed).json()
    customer = ann.read(booking).json()["customer"]
    assert (customer["phone"], customer["phone_e164"]) == (phone, e164)


def test_numbers_without_a_plus_are_of_the_country_of_the_business(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server()
    (file := tmp_path / "catalog.toml").write_text(
        DEMO.replace("[business]", '[business]\ncountry = "AU"')
    )
    assert dibs("catalog", "apply", file, "--data", server.data).said == ["business: changed"]
    assert 'country = "AU"' in dibs("catalog", "export", "--data", server.data).said
    visitor = server.visitor()
    answer = visitor.book("10:00", phone="0493 812 345")
    customer = visitor.read(answer.json()).json()["customer"]
    assert (customer["phone"], customer["phone_e164"]) == ("0493 812 345", "+61493812345")
    refused = visitor.book("11:00", phone="12345678901234")
    assert refused.json()["errors"] == [{"field": "customer.phone", "code": "invalid_phone"}]
    assert "no phone number" in refused.json()["detail"]
    assert visitor.http.get("/api/v1/business").json()["country"] == "AU"


def test_an_appointease_client_is_told_of_a_phone_number_that_is_none(
    shared: Server, plugin_client: Callable[..., PluginClient]
) -> None:
    client = plugin_client(shared, "c1")
    answer = client.book("10:00", phone="abc")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_data")
    assert answer.json()["message"] == "Phone is not a phone number"
    made = client.book("10:00", phone="+49 30 123456", email="Ann@MÜNCHEN.example")
    assert made.status_code == 200
    found = client.appointment(made.json()["appointment_id"]).json()
    assert (found["email"], found["phone"]) == ("Ann@xn--mnchen-3ya.example", "+49 30 123456")


@pytest.mark.parametrize(
    "email",
    [
        "john.o'shean@example.com",
        "a+b@example.com",
        "a" * 64 + "@example.com",
        "x" * 64 + "@" + ".".join(["b" * 61] * 3) + ".com",
    ],
)
def test_an_address_as_people_have_them_is_taken(ann: Visitor, day: date, email: str) -> None:
    booking = ann.book(at("10:00", day), email=f" {email} ").json()
    assert ann.read(booking).json()["customer"]["email"] == email


COMMANDS = ["\x1b[2J", "\x9b31m", "a\nb", "\u2028", "\u202e", "\x85"]


def test_what_was_stored_before_can_write_nothing_to_a_terminal(start_server: StartServer) -> None:
    server = start_server()
    visitor = server.visitor()
    for hour, _ in enumerate(COMMANDS, 10):
        assert visitor.book(f"{hour}:00", resource=1).status_code == 201
    server.stop()
    with closing(sqlite3.connect(server.data / "dibs.db")) as database, database:
        for number, text in enumerate(COMMANDS, 1):
            change = "UPDATE bookings SET customer_name = ?, customer_phone = ? WHERE id = ?"
            database.execute(change, (text, text, number))
        database.execute("UPDATE services SET name = ? WHERE id = 1", ("Cut\x9b\nshort",))
        database.execute("UPDATE resources SET name = ? WHERE id = 1", ("Sa\u202erah",))
    for command in (
        ["bookings"],
        ["bookings", "--json"],
        ["bookings", "--day", str(working_day())],
        ["catalog", "export"],
    ):
        outcome = dibs(*command, "--data", server.data)
        assert outcome.code == 0
        printed = "".join(outcome.said)
        assert printed.isprintable(), ascii(printed)
    zone, *lines = dibs("bookings", "--data", server.data).said
    assert zone == "Times are in UTC."
    assert len(lines) == len(COMMANDS)
    rows = json.loads("\n".join(dibs("bookings", "--json", "--data", server.data).said))
    assert {row["name"] for row in rows} == set(COMMANDS)
