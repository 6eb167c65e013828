"""All data of a customer is exported and erased, and nothing of anybody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import text

from dibs.app import Dibs, create_app
from dibs.desk import administration
from dibs.desk.context import lock_boards_of
from dibs.desk.offers import SlotRequest
from dibs.errors import BookingClosed, HasUpcomingBookings, TooLateToCancel
from dibs.ledger import bookings
from dibs.ledger.bookings import Booking, Customer
from dibs.ledger.database import Transaction
from dibs.ledger.tables import metadata
from dibs.settings import Settings
from tests.support.days import at, wire
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock
from tests.support.old_rows import insert
from tests.support.plain_sql import PlainSql, connect

pytestmark = pytest.mark.anyio

#: A Wednesday, three days after the clock starts.
DAY = date(2026, 11, 25)
SOON = "2026-12-02"
EMAIL = "Zaphod.Q@hidden.example"
ZAPHOD = {"name": "Zaphod Quillfeather", "email": EMAIL, "phone": "+49 555 0987654"}
PAGE = {"language": "de-LI", "time_zone": "Asia/Kathmandu"}
BOB = {"name": "Bob Ray", "email": "bob@example.com", "phone": "+49 30 111222"}
SECRET = "a-secret-of-zaphods-browser"
#: After the customer is erased, the database must contain none of these words.
WORDS = ("zaphod", "quillfeather", "hidden.example", "0987654", "de-li", "kathmandu")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def dibs(settings: Settings, clock: HandClock) -> AsyncIterator[Dibs]:
    built = build(settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:1"}), clock)
    yield built
    await built.close()


@pytest.fixture
async def sql(settings: Settings, dibs: Dibs) -> AsyncIterator[PlainSql]:
    with connect(settings.database) as sql:
        yield sql


@pytest.fixture
async def http(dibs: Dibs) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=create_app(dibs))
    async with httpx2.AsyncClient(transport=transport, base_url="http://dibs") as http:
        yield http


async def book(
    http: httpx2.AsyncClient,
    clock: str,
    customer: dict[str, str],
    *,
    day: str = str(DAY),
    **headers: str,
) -> dict[str, Any]:
    body = {
        "service_id": 1,
        "resource_id": 1,
        "starts_at": wire(at(clock, date.fromisoformat(day))),
        "customer": customer,
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if customer["name"] == ZAPHOD["name"]:
        body |= PAGE
    made = await http.post("/api/v1/bookings", json=body, headers=named)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def live(dibs: Dibs, http: httpx2.AsyncClient, clock: HandClock) -> dict[str, Any]:
    """Let Zaphod do everything that a customer can do, and Bob as well."""
    bearer = {"authorization": f"Bearer {SECRET}"}
    first = await book(http, "10:00", ZAPHOD, **bearer, idempotency_key="k1")
    await book(http, "11:00", ZAPHOD, **bearer)
    await book(http, "12:00", ZAPHOD | {"email": EMAIL.upper()}, idempotency_key="x" * 24)
    later = await book(http, "10:00", ZAPHOD, day=SOON, **bearer)
    manage = {"Authorization": f"Bearer {first['manage_token']}", "Idempotency-Key": "k2"}
    path = f"/api/v1/bookings/{first['reference']}"
    moved = await http.patch(path, json={"starts_at": wire(at("10:30", DAY))}, headers=manage)
    assert moved.status_code == 200, moved.text
    checkout = await dibs.desk.booking.check_out("z", SlotRequest(1, at("13:00", DAY), 1))
    customer = Customer(ZAPHOD["name"], EMAIL, ZAPHOD["phone"], None, *PAGE.values())
    called_off = await dibs.desk.booking.confirm("z", checkout.token, customer)
    for key in ("k3", "k4"):
        token = dibs.desk.context.tokens.token_of(called_off.reference)
        answer = await http.delete(
            f"/api/v1/bookings/{called_off.reference}",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
        )
        assert answer.status_code == 200, answer.text
        clock.advance(1)
    await dibs.desk.sign_in.send_code(EMAIL)
    await dibs.desk.sign_in.send_code(BOB["email"])
    await book(http, "14:00", BOB, authorization="Bearer bobs-secret-is-long", idempotency_key="b")
    return later


def write_more(sql: PlainSql, clock: HandClock) -> None:
    """Insert the rows that other parts of Dibs write about Zaphod and Bob."""
    now = clock.now()
    for who, email in (("zaphod", EMAIL.lower()), ("bob", BOB["email"])):
        insert(
            sql,
            "sessions",
            token=f"session of {who}",
            email=email,
            created_at=now,
            expires_at=now + timedelta(days=9),
        )
        code = {"email": email, "browser": "", "code": f"hash for {who}", "tries": 0}
        insert(sql, "sign_in_codes", **code, expires_at=now + timedelta(days=1))
        row = orjson.dumps({"id": "7", "name": who, "email": f" {email} ", "notes": who}).decode()
        conflict = {
            "source": "site",
            "kind": "appointment",
            "source_id": str(len(who)),
            "reason": "taken",
        }
        insert(sql, "import_conflicts", **conflict, row=row, at=now)
    states = iter(["waiting", "sent", "refused", "given_up", "dropped", "sent"])
    events = sql(
        "SELECT o.id, o.booking_id, b.customer_email FROM outbox o JOIN bookings b"
        " ON b.id = o.booking_id WHERE o.topic = 'booking.confirmed' ORDER BY o.id"
    )
    for event, booking, email in events:
        state = next(states)
        about = {"event_id": event, "booking_id": booking, "letter": "confirmed"}
        due = now if state == "waiting" else None
        done = {"state": state, "due_at": due, "created_at": now}
        reason = f"550 no such user {email}"
        insert(
            sql, "deliveries", **about, recipient="customer", address=email, **done, reason=reason
        )
        staff = {"recipient": "staff", "address": "sarah@example.com"}
        insert(sql, "deliveries", **about, **staff, **done)


def content(sql: PlainSql) -> dict[str, str]:
    """Return all rows of the database by table, as lower-case text."""
    return {
        table.name: repr(sorted(map(repr, sql(f'SELECT * FROM "{table.name}"')))).lower()
        for table in metadata.sorted_tables
    }


def still_named(sql: PlainSql) -> list[tuple[str, str]]:
    found = content(sql)
    return [(table, word) for table in found for word in WORDS if word in found[table]]


async def test_all_that_is_stored_about_a_customer_is_erased(
    dibs: Dibs, http: httpx2.AsyncClient, clock: HandClock, sql: PlainSql
) -> None:
    later = await live(dibs, http, clock)
    write_more(sql, clock)
    of_bob = await dibs.desk.customers.export_customer(BOB["email"])
    clock.advance(timedelta(days=4).total_seconds())
    before = content(sql)
    assert {word for word in WORDS if any(word in text for text in before.values())} == set(WORDS)

    with pytest.raises(HasUpcomingBookings) as refusal:
        await dibs.desk.customers.erase_customer(EMAIL)
    assert refusal.value.references == (later["reference"],)
    assert content(sql) == before

    erased = await dibs.desk.customers.erase_customer(
        f"{EMAIL[:3].upper()}{EMAIL[3:]}", cancel=True
    )
    assert (erased.bookings, erased.cancelled) == (5, (later["reference"],))
    assert still_named(sql) == []
    assert sql(
        "SELECT count(*) FROM bookings WHERE customer_email IS NULL AND visitor IS NULL"
    ) == [(5,)]
    assert sql("SELECT count(*) FROM idempotency") == [(1,)]
    assert sql("SELECT count(*) FROM outbox WHERE booking_id IS NULL") == [(1,)]
    letters = "SELECT address, recipient, state FROM deliveries WHERE address <> 'bob@example.com'"
    assert {row for row in sql(letters) if row[1] == "customer"} == {
        ("", "customer", "sent"),
        ("", "customer", "dropped"),
    }
    assert {row[0] for row in sql(letters) if row[1] == "staff"} == {"sarah@example.com"}
    assert _without_time(await dibs.desk.customers.export_customer(BOB["email"])) == _without_time(
        of_bob
    )
    nothing = await dibs.desk.customers.export_customer(EMAIL)
    assert not any(nothing[name] for name in nothing if isinstance(nothing[name], list))


def _without_time(export: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in export.items() if name != "exported_at"}


async def test_what_was_booked_and_moved_is_still_known_and_the_cancelled_time_is_free(
    dibs: Dibs, http: httpx2.AsyncClient, clock: HandClock, sql: PlainSql
) -> None:
    later = await live(dibs, http, clock)
    clock.advance(timedelta(days=4).total_seconds())
    await dibs.desk.customers.erase_customer(EMAIL, cancel=True)
    assert sql("SELECT status, count(*) FROM bookings GROUP BY status ORDER BY status") == [
        ("cancelled", 2),
        ("confirmed", 4),
    ]
    path = f"/api/v1/bookings/{later['reference']}"
    bearer = {"Authorization": f"Bearer {later['manage_token']}"}
    shown = (await http.get(path, headers=bearer)).json()
    assert (shown["status"], shown["customer"]) == ("cancelled", None)
    assert (await book(http, "10:00", BOB, day=SOON))["status"] == "confirmed"
    clock.advance(timedelta(days=30).total_seconds())
    await dibs.desk.retention.apply()
    assert sql("SELECT count(*) FROM bookings WHERE customer_email IS NULL") == [(5,)]


async def test_all_that_is_stored_is_given_out_without_secrets(
    dibs: Dibs, http: httpx2.AsyncClient, clock: HandClock, sql: PlainSql
) -> None:
    await live(dibs, http, clock)
    write_more(sql, clock)
    export = await dibs.desk.customers.export_customer(EMAIL)
    assert orjson.loads(orjson.dumps(export)) == export
    assert len(export["bookings"]) == 5
    moved = export["bookings"][0]
    assert moved["customer"] == {
        **ZAPHOD,
        "phone_e164": "+495550987654",
        "notes": "",
        **PAGE,
    }
    assert [moved["service"], moved["resource"], moved["price"], moved["currency"]] == [
        *("Consultation", "Sarah Johnson", "75.00", "EUR")
    ]
    assert datetime.fromisoformat(moved["starts_at"]) == at("10:30", DAY).astimezone(UTC)
    assert [event["action"] for event in moved["events"]] == [
        *("booking.confirmed", "booking.rescheduled")
    ]
    assert [each["body"]["reference"] for each in moved["answers"]] == [moved["reference"]] * 2
    assert [len(each["answers"]) for each in export["bookings"]] == [2, 1, 1, 2, 1]
    assert {len(each["deliveries"]) for each in export["bookings"]} == {1}
    assert {
        each["address"].lower() for row in export["bookings"] for each in row["deliveries"]
    } == {EMAIL.lower()}
    assert [len(export[name]) for name in ("sessions", "sign_in_codes", "import_conflicts")] == [
        *(1, 1, 1)
    ]
    given_out = orjson.dumps(export).decode()
    secrets = [SECRET, "session of", "hash for", "manage_token", "bob"]
    secrets += [row[0] for row in sql("SELECT token FROM bookings")]
    secrets += [row[0] for row in sql("SELECT visitor FROM bookings") if len(row[0]) > 1]
    secrets += [row[0] for row in sql("SELECT request FROM idempotency")]
    assert [secret for secret in secrets if secret in given_out] == []


@pytest.mark.scenario(54)
async def test_a_move_at_the_same_moment_brings_nothing_back(
    dibs: Dibs, http: httpx2.AsyncClient, clock: HandClock, sql: PlainSql
) -> None:
    for number in range(8):
        booking = await book(http, "09:00", ZAPHOD, authorization=f"Bearer {SECRET}{number}")
        reference, token = booking["reference"], booking["manage_token"]
        move = dibs.desk.changing.reschedule(reference, token, "z", at("15:00", DAY))
        erase = dibs.desk.customers.erase_customer(EMAIL, cancel=True)
        steps = (move, erase) if number % 2 else (erase, move)
        found = await asyncio.gather(*steps, return_exceptions=True)
        wrong = [each for each in found if isinstance(each, Exception)]
        assert all(isinstance(each, BookingClosed) for each in wrong), wrong
        assert still_named(sql) == []
    assert sql("SELECT count(*) FROM allocations") == [(0,)]


@pytest.mark.scenario(54)
async def test_who_completes_a_past_booking_at_that_moment_brings_nothing_back(
    dibs: Dibs, http: httpx2.AsyncClient, clock: HandClock, sql: PlainSql
) -> None:
    booking = await book(http, "09:00", ZAPHOD)
    clock.advance(timedelta(days=4).total_seconds())
    catalog = await dibs.ledger.catalog()
    has_read = asyncio.Event()
    loop = asyncio.get_running_loop()

    def complete(tx: Transaction) -> None:
        def find() -> list[Booking]:
            found = bookings.find_by_reference(tx.connection, booking["reference"])
            return [found] if found else []

        (found,) = lock_boards_of(dibs.ledger, tx, catalog, find)
        loop.call_soon_threadsafe(has_read.set)
        if not dibs.settings.is_embedded:
            wait_for_another(tx)
        bookings.end(tx, found, "completed", "clock")

    completing = asyncio.create_task(dibs.database.write(complete))
    await has_read.wait()
    await dibs.desk.customers.erase_customer(EMAIL)
    await completing
    assert sql("SELECT status, customer_email FROM bookings") == [("completed", None)]


def wait_for_another(tx: Transaction) -> None:
    """Wait until another transaction waits for a lock, or has erased the customer without
    waiting."""
    is_there = text(
        "SELECT pg_sleep(0.01), EXISTS (SELECT FROM pg_locks l JOIN pg_database d"
        " ON d.oid = l.database WHERE NOT l.granted AND d.datname = current_database())"
        " OR EXISTS (SELECT FROM pg_locks l"
        " WHERE NOT l.granted AND l.transactionid = pg_current_xact_id()::xid)"
        " OR EXISTS (SELECT FROM bookings WHERE customer_email IS NULL)"
    )
    deadline = time.monotonic() + 30
    while not tx.connection.execute(is_there).one()[1]:
        assert time.monotonic() < deadline


async def test_a_customer_cancels_no_booking_by_it_that_they_may_not_cancel(
    dibs: Dibs, http: httpx2.AsyncClient, clock: HandClock, sql: PlainSql
) -> None:
    catalog = await dibs.ledger.catalog()
    firm = replace(catalog.services[1], cancel_notice=7 * 24 * 60)
    await administration.apply(
        dibs.database, replace(catalog, services={**catalog.services, 1: firm})
    )
    await book(http, "09:00", ZAPHOD)
    before = content(sql)
    with pytest.raises(TooLateToCancel):
        await dibs.desk.customers.erase_customer(EMAIL, by="customer", cancel=True)
    assert content(sql) == before
    assert (await dibs.desk.customers.erase_customer(EMAIL, cancel=True)).bookings == 1


async def test_who_has_no_bookings_is_erased_as_well(
    dibs: Dibs, clock: HandClock, sql: PlainSql
) -> None:
    await dibs.desk.sign_in.send_code(EMAIL)
    write_more(sql, clock)
    assert (await dibs.desk.customers.erase_customer(EMAIL)).bookings == 0
    assert still_named(sql) == []
