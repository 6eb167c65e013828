"""Every statement finds its rows by an index, in either database, so it stays fast with years of
data."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import orjson
import pytest
from sqlalchemy import Table
from starlette.routing import Match, Route

from dibs import app
from dibs.app import Dibs
from dibs.appointease import api as appointease
from dibs.appointease.desk import AppointEaseDesk
from dibs.desk import administration, feeds
from dibs.ledger.booking_list import BookingFilter
from dibs.ledger.customer_keys import find_key
from dibs.ledger.journal import Author
from dibs.ledger.tables import metadata
from dibs.settings import Settings
from dibs.web import bookings, calendars, catalog, checkouts, health, holds, metrics, owner
from dibs.web.middleware.rate_limit import Throttle
from tests.support.appointease import API, BOOKING_API
from tests.support.days import at, wire, working_day
from tests.support.dibs_in_process import build, demo_catalog
from tests.support.mail import MailSink
from tests.support.plain_sql import connect
from tests.support.recorded_statements import Statement, statements_with_values

pytestmark = pytest.mark.anyio

DAY = working_day()
ANN = {"name": "Ann Lee", "email": "ann@example.com", "phone": "5550001"}
NONCE = {"X-WP-Nonce": "96bf044326"}
#: Tables that grow only with the number of services, people, users and hours. The table of rows
#: that an import could not bring in is included: it is read as a whole to find a customer in it.
SMALL = frozenset(
    {
        "business",
        "services",
        "resources",
        "categories",
        "service_resources",
        "schedules",
        "overrides",
        "closures",
        "letter_words",
        "calendar_subscriptions",
        "trial_write",
        "import_conflicts",
        "users",
        "user_sessions",
        "user_links",
        "recovery_codes",
        "api_keys",
    }
)
GROWING = frozenset(metadata.tables) - SMALL
#: This sum has to read all boards. The daily job deletes old boards, so there are only as many as
#: can be booked.
SUM_OF_BOARDS = "sum(boards.version)"
#: Indexes with few rows, which may be read as a whole.
SMALL_INDEXES = frozenset({"outbox_by_due"})


@pytest.fixture
def mail() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.stop()


@dataclass
class Scene:
    dibs: Dibs
    http: httpx2.AsyncClient
    mail: MailSink
    asked: list[tuple[str, str]]

    async def call(self, method: str, path: str, **more: Any) -> Any:
        answer = await self.http.request(method, path, **more)
        assert answer.status_code < 300, (method, path, answer.text)
        return answer.json() if answer.content else None

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        return await self.call("POST", path, json=body, headers=headers)

    def sql(self, statement: str, *values: Any) -> None:
        with connect(self.dibs.settings.database) as sql:
            sql(statement, *values)


@pytest.fixture
async def scene(settings: Settings, mail: MailSink) -> AsyncIterator[Scene]:
    settings = settings.model_copy(update={"smtp_url": mail.url})
    async with serving(settings) as (dibs, http, asked):
        yield Scene(dibs, http, mail, asked)


@asynccontextmanager
async def serving(
    settings: Settings,
) -> AsyncIterator[tuple[Dibs, httpx2.AsyncClient, list[tuple[str, str]]]]:
    dibs = build(settings)
    asked: list[tuple[str, str]] = []

    async def note(request: httpx2.Request) -> None:
        asked.append((request.method, request.url.path))

    transport = httpx2.ASGITransport(app=app.create_app(dibs))
    async with (
        dibs.running(),
        httpx2.AsyncClient(
            transport=transport, base_url="http://dibs", event_hooks={"request": [note]}
        ) as http,
    ):
        yield dibs, http, asked


async def test_every_statement_finds_its_rows_by_an_index(scene: Scene) -> None:
    with statements_with_values() as seen:
        await look(scene)
        await book(scene)
        await change_and_expire(scene)
        await use_appointease(scene)
        await sign_in_to_appointease(scene)
        await manage(scene)
    assert not routes_left_out(scene), "the journey asks for each route"
    found = {each.text: each for each in seen if each.text.split()[0] in READING}
    assert len(found) > 40
    plans = await plans_of(scene.dibs.settings, list(found.values()))
    scans = [
        f"{scan} in: {text}"
        for text, plan in plans.items()
        for scan in plan
        if not (SUM_OF_BOARDS in text and "boards" in scan)
    ]
    assert not scans, "\n".join(scans)


READING = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


async def look(scene: Scene) -> None:
    for path in (
        *("/api/v1/business", "/api/v1/services", "/api/v1/resources"),
        f"/api/v1/services/1/availability?from={DAY}&to={DAY + timedelta(days=6)}&slots=1",
        *(f"/api/v1/boards/1/{DAY}", f"/api/v1/services/1/days/{DAY}"),
        *("/health/live", "/health/ready"),
    ):
        await scene.call("GET", path)


async def book(scene: Scene) -> None:
    """Move, prolong and release a hold, give up a checkout, and book."""
    me = await as_visitor(scene, "09:00")
    hold = await scene.post("/api/v1/holds", slot_request("09:30") | {"seq": 2}, **me)
    await scene.call("PATCH", f"/api/v1/holds/{hold['id']}", json={"ttl": 60}, headers=me)
    await scene.call("DELETE", f"/api/v1/holds/{hold['id']}", headers=me)
    checkout = await scene.post("/api/v1/checkouts", slot_request("09:30"), **me)
    await scene.call("DELETE", f"/api/v1/checkouts/{checkout['id']}", headers=me)
    checkout = await scene.post(
        "/api/v1/checkouts", slot_request("10:00"), **me, **{"Idempotency-Key": "checkout"}
    )
    confirm = {"checkout_id": checkout["id"], "customer": ANN}
    for _ in range(2):
        await scene.post("/api/v1/bookings", confirm, **me, **{"Idempotency-Key": "booking"})


async def as_visitor(scene: Scene, time: str) -> dict[str, str]:
    hold = await scene.post("/api/v1/holds", slot_request(time) | {"seq": 1})
    return {"Authorization": f"Bearer {hold['visitor']}"}


def slot_request(time: str) -> dict[str, Any]:
    return {"service_id": 1, "resource_id": 1, "starts_at": wire(at(time, DAY))}


async def change_and_expire(scene: Scene) -> None:
    me = await as_visitor(scene, "11:00")
    made = await scene.post("/api/v1/bookings", slot_request("11:00") | {"customer": ANN}, **me)
    path, token = (
        f"/api/v1/bookings/{made['reference']}",
        {"Authorization": f"Bearer {made['manage_token']}"},
    )
    await scene.call("GET", path, headers=token)
    assert (await scene.http.post(f"{path}/calendar.ics", headers=token)).status_code == 200
    await scene.call("PATCH", path, json={"starts_at": wire(at("11:30", DAY))}, headers=token)
    await scene.call("DELETE", path, headers=token)
    # The first overdue checkout is in the way of a request, the second is found by the sweeper.
    for time in ("12:00", "12:30"):
        await scene.post("/api/v1/checkouts", slot_request(time), **await as_visitor(scene, time))
    scene.sql(
        "UPDATE bookings SET deadline = ? WHERE status = 'pending'",
        datetime.now(UTC) - timedelta(seconds=1),
    )
    await scene.post("/api/v1/bookings", slot_request("12:00") | {"customer": ANN}, **me)
    await scene.dibs.desk.sweep()


async def use_appointease(scene: Scene) -> None:
    day = {"date": str(DAY), "employee_id": 2}
    for name in ("services", "staff"):
        await scene.call("GET", f"{BOOKING_API}/{name}")
    for name in ("settings", "time-slots", "business-hours", "server-date"):
        await scene.call("GET", f"{API}/{name}")
    await scene.http.get(f"{API}/redis/stats")
    await scene.call("GET", f"{API}/slots/poll?date={DAY}&employee_id=2&client_id=me")
    time = {"time": "11:00", "client_id": "me"}
    await scene.post(f"{API}/slots/select", day | time, **NONCE)
    await scene.post(f"{API}/slots/deselect", day | time, **NONCE)
    await scene.post(f"{BOOKING_API}/availability", day)
    await scene.post(f"{API}/check-slot", day | {"time": "11:00"})
    asked = ANN | {"date": f"{DAY} 13:00:00", "service_id": 1, "employee_id": 2}
    number = (await scene.post(f"{API}/appointments", asked, **NONCE))["appointment_id"]
    await scene.post(f"{API}/reschedule-availability", day | {"exclude_appointment_id": number})
    await scene.call("GET", f"{API}/appointments/{number}")
    moved = {"new_date": f"{DAY} 14:00:00"}
    await scene.call("PUT", f"{API}/appointments/{number}", json=moved, headers=NONCE)
    await scene.call("DELETE", f"{API}/appointments/{number}", headers=NONCE)
    for action in ("heartbeat", "wp_heartbeat"):
        await scene.http.post("/wp-admin/admin-ajax.php", data={"action": action})


async def sign_in_to_appointease(scene: Scene) -> None:
    email = {"email": ANN["email"]}
    await scene.post(f"{API}/generate-otp", email)
    worker = scene.dibs.mail_worker
    assert worker is not None
    await worker.deliver_due()
    # The app's own worker may be delivering the letter, so the event loop must stay free.
    code = await asyncio.to_thread(scene.mail.code_for, ANN["email"])
    wrong = {"otp": "000000"}
    await scene.http.post(f"{API}/verify-otp", json=email | wrong)
    await scene.post(f"{API}/verify-otp", email | {"otp": code})
    await scene.post(f"{API}/session", email)
    await scene.call("GET", f"{API}/session")
    assert await scene.post(f"{API}/user-appointments", email)
    found = await scene.call("GET", f"{BOOKING_API}/check-customer/{ANN['email']}")
    assert found["exists"]
    await scene.call("DELETE", f"{API}/session?everywhere=1")


async def manage(scene: Scene) -> None:
    """Do what the owner and the background jobs do."""
    mine = {"Authorization": f"Bearer {scene.dibs.desk.context.tokens.owner_token}"}
    await scene.call("GET", owner.PATH, headers=mine)
    await scene.call("POST", f"{owner.PATH}/release", json={"claims": ["none"]}, headers=mine)
    database = scene.dibs.database
    await administration.list_bookings(database, None)
    await administration.list_bookings(database, DAY)
    await administration.apply(database, demo_catalog(), dry_run=True, agreed=())
    for resource_id in (None, 1):
        _, feed = await feeds.new_feed(database, resource_id)
        assert (await scene.http.get(f"/feeds/{feed}.ics")).status_code == 200
    await feeds.revoke_feed(database, 1)
    await scene.http.get("/api/v1/services/1/qr.svg")
    await scene.http.get("/metrics")
    await scene.dibs.health.try_parts()
    await scene.dibs.desk.retention.count()
    await retire_old_rows(scene)
    await look_up(scene)
    await scene.dibs.desk.customers.export_customer(ANN["email"])
    await scene.dibs.desk.customers.erase_customer(ANN["email"], cancel=True)
    await scene.dibs.hub._compare()


async def look_up(scene: Scene) -> None:
    """Look up bookings and customers as the office does.

    Lists are read page by page: each page starts in the index where the last page ended.
    """
    office, key = scene.dibs.desk.office, find_key(ANN["email"], None, None)
    of_ann = BookingFilter(customer_key=key, sort="-start")
    (first, *_) = (await office.booking_records.list_bookings(of_ann, None, None, 50)).bookings
    await office.booking_records.read_booking(first.booking.reference, None)
    soon = BookingFilter(since=at("08:00", DAY), until=at("20:00", DAY))
    await office.booking_records.list_bookings(soon, None, None, 50)
    for own in (None, 1):
        await office.customers.read_customer(key, own)
    await office.customers.add_note(Author("owner"), key, "Window seat", None)


async def retire_old_rows(scene: Scene) -> None:
    """Make old rows of each kind, and let retention remove them."""
    long_ago = datetime.now(UTC) - timedelta(days=3000)
    scene.sql(
        "UPDATE bookings SET starts_at = ?, ends_at = ? WHERE status = 'confirmed'",
        *(long_ago + timedelta(minutes=each) for each in (0, 30)),
    )
    scene.sql("UPDATE bookings SET changed_at = ? WHERE customer_email IS NULL", long_ago)
    scene.sql("UPDATE boards SET day = ? WHERE resource_id = 1", long_ago.date())
    report = await scene.dibs.desk.retention.apply()
    assert all(report.counts[kind] for kind in ("bookings", "checkouts", "boards"))


def routes_left_out(scene: Scene) -> list[tuple[str, set[str]]]:
    """Return the routes of both APIs that the scene has not requested."""
    dibs, throttle = scene.dibs, Throttle(scene.dibs.settings)
    native = (
        holds.routes(dibs.desk, throttle),
        checkouts.routes(dibs.desk, throttle),
        bookings.routes(dibs.desk, "", throttle),
        calendars.routes(dibs.desk, "", throttle),
        catalog.routes(dibs.desk, ""),
        *(health.routes(dibs.health), owner.routes(dibs.desk)),
        metrics.routes(dibs.metrics, dibs.settings),
    )
    routes = [route for router in native for route in router.routes]
    routes += appointease.routes(AppointEaseDesk(dibs.desk), "", throttle)
    return [
        (route.path, route.methods or set())
        for route in routes
        if isinstance(route, Route)
        and route.methods not in ({"OPTIONS"}, {"HEAD"})
        and not route.path.endswith(("/{rest:path}", "/wp-json"))
        and not any(matches(route, *each) for each in scene.asked)
    ]


def matches(route: Route, method: str, path: str) -> bool:
    scope = {"type": "http", "method": method, "path": path}
    return route.matches(scope)[0] is Match.FULL


async def plans_of(settings: Settings, seen: list[Statement]) -> dict[str, list[str]]:
    """Return, by the text of each statement, what it reads as a whole."""
    if settings.is_embedded:
        with closing(sqlite3.connect(settings.database_file)) as sql:
            return {each.text: scans_of_sqlite(sql, each) for each in seen}
    sql = await asyncpg.connect(settings.database_url)
    try:
        # The tables are so small that PostgreSQL would prefer to read them as a whole.
        await sql.execute("SET enable_seqscan = off")
        return {each.text: await scans_of_postgresql(sql, each) for each in seen}
    finally:
        await sql.close()


def scans_of_sqlite(sql: sqlite3.Connection, statement: Statement) -> list[str]:
    plan = sql.execute(f"EXPLAIN QUERY PLAN {statement.text}", statement.values).fetchall()
    tables = {alias: name for name, alias in re.findall(r"(\w+) AS (\w+)", statement.text)}
    scans = []
    for *_, step in plan:
        scanned = re.match(r"SCAN (\w+)(?:.* INDEX (\w+))?", step)
        if scanned is None or scanned[2] in SMALL_INDEXES:
            continue
        if tables.get(scanned[1], scanned[1]) in GROWING:
            scans.append(step)
    return scans


async def scans_of_postgresql(sql: asyncpg.Connection[Any], statement: Statement) -> list[str]:
    plan = await sql.fetchval(f"EXPLAIN (FORMAT JSON) {statement.text}", *statement.values)
    scans, steps = [], [orjson.loads(plan)[0]["Plan"]]
    while steps:
        step = steps.pop()
        steps += step.get("Plans", ())
        reads = step["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan")
        if (
            reads
            and step["Relation Name"] in GROWING
            and "Index Cond" not in step
            and step.get("Index Name") not in SMALL_INDEXES
        ):
            scans.append(f"{step['Node Type']} of {step['Relation Name']}")
    return scans


@pytest.mark.parametrize(
    "table", [each for each in metadata.tables.values() if each.name in GROWING]
)
def test_what_refers_to_a_booking_is_found_when_it_is_deleted(table: Table) -> None:
    """No query plan shows these lookups: the database makes them itself, for foreign keys."""
    for column in table.columns:
        for key in column.foreign_keys:
            if key.column.table.name in GROWING:
                assert column.name in first_columns(table), f"{table.name}.{column.name}"


def first_columns(table: Table) -> set[str]:
    keys = [index.columns.keys()[0] for index in table.indexes if index.columns.keys()]
    return {*keys, *table.primary_key.columns.keys()[:1]}
