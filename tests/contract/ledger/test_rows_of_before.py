"""The newest migrations of both databases, with rows that existed before them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dibs.ledger.migrate import migrate
from tests.support.old_rows import insert
from tests.support.old_schemas import migrate_to
from tests.support.plain_sql import PlainSql, Refused, connect
from tests.support.postgres import Postgres

START = datetime(2026, 11, 25, 10, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
#: The tables whose rows must stay the same.
KEPT = ("business", "services", "resources", "bookings", "allocations")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    if request.param == "sqlite":
        yield tmp_path / "dibs.db"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def sql(database: Path | str) -> Iterator[PlainSql]:
    """Yield a database of revision 0024 with a class that two customers have booked, and a checkout
    after them."""
    migrate_to(database, "0024")
    with connect(database) as opened:
        insert_catalog(opened)
        for number, status in enumerate(("confirmed", "confirmed", "pending"), 1):
            insert_booking(opened, number, status)
        yield opened


def insert_catalog(sql: PlainSql) -> None:
    settings = {"time_zone": "UTC", "currency": "EUR", "slot_interval": 30, "version": 3}
    insert(sql, "business", id=1, name="Studio", **settings)
    buffers = {"buffer_before": 0, "buffer_after": 0, "minimum_notice": 0}
    words = {"name": "Yoga", "description": "", "category": "Classes"}
    insert(sql, "services", id=1, duration=30, capacity=8, retired=0, **words, **buffers)
    insert(sql, "resources", id=1, kind="staff", name="Mia", retired=0, version=2)


def insert_booking(sql: PlainSql, number: int, status: str) -> None:
    start = START if status == "confirmed" else START + HALF_AN_HOUR
    when = {"service_id": 1, "resource_id": 1, "starts_at": start, "ends_at": start + HALF_AN_HOUR}
    insert(
        sql,
        "bookings",
        id=number,
        reference=f"R{number}",
        token=f"T{number}",
        claim="c",
        status=status,
        deadline=START if status == "pending" else None,
        created_at=START,
        changed_at=START,
        **when,
    )
    seat = {"lane": number, "slot_starts_at": start, "capacity": 8, "booking_id": number}
    insert(sql, "allocations", **seat, **when)


def rows(sql: PlainSql, table: str, columns: list[str]) -> list[tuple[object, ...]]:
    return sql(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")


def columns_of(sql: PlainSql, table: str, database: Path | str) -> list[str]:
    if isinstance(database, Path):
        return [name for (name,) in sql(f"SELECT name FROM pragma_table_info('{table}')")]
    known = sql("SELECT column_name FROM information_schema.columns WHERE table_name = ?", table)
    return [name for (name,) in known]


def test_rows_stay_as_they_are(database: Path | str, sql: PlainSql) -> None:
    columns = {table: columns_of(sql, table, database) for table in KEPT}
    before = {table: rows(sql, table, columns[table]) for table in KEPT}
    assert [len(found) for found in before.values()] == [1, 1, 1, 3, 3]
    migrate(database)
    assert {table: rows(sql, table, columns[table]) for table in KEPT} == before
    for table in ("business", "services", "resources"):
        assert sql(f"SELECT translations FROM {table}") == [("{}",)]
    assert sql("SELECT busy_time_id FROM allocations") == [(None,)] * 3
    assert sql("SELECT terms, questions FROM services") == [(None, "[]")]
    kept = "answers, accepted_terms, terms_accepted_at"
    assert sql(f"SELECT {kept} FROM bookings") == [("[]", None, None)] * 3
    for table in ("categories", "letter_words", "calendar_subscriptions", "imported_busy_times"):
        assert sql(f"SELECT count(*) FROM {table}") == [(0,)]


def test_what_was_booked_before_is_in_the_way_of_what_comes(
    database: Path | str, sql: PlainSql
) -> None:
    migrate(database)
    insert_busy_time(sql)
    place = {"resource_id": 1, "slot_starts_at": START}
    busy = {"lane": 0, "capacity": 1, "busy_time_id": 1, "booking_id": None, "service_id": None}
    free = START + 2 * HALF_AN_HOUR
    with pytest.raises(Refused):
        insert(sql, "allocations", starts_at=START, ends_at=free, **busy, **place)
    insert(sql, "allocations", starts_at=free, ends_at=free + HALF_AN_HOUR, **busy, **place)
    seat = {"lane": 3, "capacity": 8, "booking_id": 1, "service_id": 1}
    insert(sql, "allocations", starts_at=START, ends_at=START + HALF_AN_HOUR, **seat, **place)
    with pytest.raises(Refused):
        insert(sql, "allocations", starts_at=free, ends_at=free + HALF_AN_HOUR, **seat, **place)


def insert_busy_time(sql: PlainSql) -> None:
    words = {"name": "Private", "address": "https://calendar.example/"}
    known = {"created_at": START, "due_at": START}
    insert(sql, "calendar_subscriptions", id=1, resource_id=1, **words, **known)
    time = {"starts_at": START, "ends_at": START + 3 * HALF_AN_HOUR}
    insert(sql, "imported_busy_times", id=1, subscription_id=1, resource_id=1, **time)


def test_every_allocation_has_one_cause(database: Path | str, sql: PlainSql) -> None:
    migrate(database)
    insert_busy_time(sql)
    free = START + 4 * HALF_AN_HOUR
    place = {"resource_id": 1, "lane": 0, "starts_at": free, "ends_at": free + HALF_AN_HOUR}
    place |= {"slot_starts_at": free, "capacity": 1}
    for booking, busy_time, service in ((None, None, None), (1, 1, 1), (1, None, None)):
        cause = {"booking_id": booking, "busy_time_id": busy_time, "service_id": service}
        with pytest.raises(Refused):
            insert(sql, "allocations", **cause, **place)
