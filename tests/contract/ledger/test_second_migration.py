"""Migrations of tables that hold rows: what happens to the rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from dibs.ledger.migrate import migrate
from tests.support.old_schemas import migrate_to


def test_the_outbox_keeps_its_entries_and_none_of_them_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "dibs.db"
    migrate_to(file, "0001")
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("INSERT INTO outbox VALUES (7, 'booking.confirmed', 3, '{}', 11, NULL)")
    migrate(file)
    with closing(sqlite3.connect(file)) as database:
        columns = "id, topic, booking_id, payload, created_at, due_at"
        rows = database.execute(f"SELECT {columns} FROM outbox").fetchall()
    assert rows == [(7, "booking.confirmed", 3, "{}", 11, None)]


def test_answers_under_the_names_of_older_code_are_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "dibs.db"
    migrate_to(file, "0005")
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("INSERT INTO idempotency VALUES ('ann', 'key', 'asked', 201, '{}', 11)")
    migrate(file)
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT count(*) FROM idempotency").fetchall() == [(0,)]


def test_bookings_of_services_of_before_can_be_changed_until_they_begin(tmp_path: Path) -> None:
    file = tmp_path / "dibs.db"
    migrate_to(file, "0009")
    columns = "id, name, description, duration, buffer_before, buffer_after, notice, capacity"
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute(
            f"INSERT INTO services ({columns}, retired) VALUES (1, 'Cut', '', 60, 0, 0, 0, 1, 0)"
        )
    migrate(file)
    with closing(sqlite3.connect(file)) as database:
        notices = database.execute("SELECT move_notice, cancel_notice FROM services")
        assert notices.fetchall() == [(0, 0)]


def test_one_notice_becomes_that_of_moves_and_that_of_cancellations(tmp_path: Path) -> None:
    file = tmp_path / "dibs.db"
    migrate_to(file, "0015")
    columns = "id, name, description, duration, buffer_before, buffer_after, minimum_notice"
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute(
            f"INSERT INTO services ({columns}, capacity, retired, change_notice)"
            " VALUES (1, 'Cut', '', 60, 0, 0, 0, 1, 0, 90)"
        )
    migrate(file)
    with closing(sqlite3.connect(file)) as database:
        notices = database.execute("SELECT move_notice, cancel_notice FROM services")
        assert notices.fetchall() == [(90, 90)]


def test_of_two_checkouts_of_one_visitor_the_newer_one_stays_theirs(tmp_path: Path) -> None:
    file = tmp_path / "dibs.db"
    migrate_to(file, "0017")
    columns = "id, reference, status, token, claim, visitor, deadline, service_id, resource_id"
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        for number, status, deadline in (
            (1, "confirmed", None),
            (2, "pending", 9),
            (3, "pending", 9),
        ):
            database.execute(
                f"INSERT INTO bookings ({columns}, starts_at, ends_at, created_at, changed_at)"
                " VALUES (?, ?, ?, ?, '', 'ann', ?, 1, 1, ?, ?, 0, 0)",
                (number, str(number), status, str(number), deadline, number, number + 1),
            )
    migrate(file)
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT id, visitor, status FROM bookings").fetchall()
    assert rows == [(1, "ann", "confirmed"), (2, None, "pending"), (3, "ann", "pending")]


def test_bookings_of_before_are_found_and_have_customers(tmp_path: Path) -> None:
    file = tmp_path / "dibs.db"
    migrate_to(file, "0018")
    columns = "id, reference, status, token, claim, visitor, service_id, resource_id, starts_at"
    more = "ends_at, customer_name, customer_email, customer_phone, created_at, changed_at"
    rows = [
        (1, "AAAAA-BBBBB", "Zoë Ray", "Zoe@Example.com", "030 123", "bob"),
        (2, "CCCCC-DDDDD", "Ben Ray", "zoe@example.com", None, None),
        (3, "EEEEE-FFFFF", None, None, None, "bob"),
    ]
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for number, reference, name, email, phone, visitor in rows:
            which = (number, reference, "cancelled", f"t{number}", "c", visitor, 1, 1, 10)
            database.execute(
                f"INSERT INTO bookings ({columns}, {more}) VALUES ({', '.join('?' * 15)})",
                (*which, 20, name, email, phone, 5, 5),
            )
    migrate(file)
    with closing(sqlite3.connect(file)) as database:
        found = database.execute(
            "SELECT customer_key, search, source, sort_name FROM bookings ORDER BY id"
        )
        of_zoe, of_ben, of_nobody = found.fetchall()
    key, *zoe = of_zoe
    assert zoe == ["zoe ray zoe@example.com 030123 aaaaa-bbbbb aaaaabbbbb", "page", "zoe ray"]
    assert (of_ben[0], of_ben[2]) == (key, "office")
    assert of_nobody == (None, "eeeee-fffff eeeeefffff", "page", "")


def insert(database: sqlite3.Connection, table: str, **row: object) -> None:
    marks = ", ".join("?" * len(row))
    database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", [*row.values()])


def test_bookings_stay_as_they_are_when_requests_come(tmp_path: Path) -> None:
    file = tmp_path / "dibs.db"
    migrate_to(file, "0023")
    service: dict[str, object] = {
        "id": 1,
        "name": "Cut",
        "description": "",
        "duration": 60,
        "capacity": 1,
    }
    service |= {"buffer_before": 0, "buffer_after": 0, "minimum_notice": 0, "retired": 0}
    start = {"service_id": 1, "resource_id": 1, "starts_at": 100, "ends_at": 160}
    booking: dict[str, object] = {"claim": "c", "created_at": 1, "changed_at": 2, **start}
    place = {"lane": 0, "slot_starts_at": 100, "capacity": 1, **start}
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        insert(database, "services", **service)
        insert(database, "resources", id=1, kind="staff", name="Mia", retired=0, version=1)
        insert(database, "bookings", id=1, reference="A", token="a", status="confirmed", **booking)
        booking |= {"status": "pending", "deadline": 9}
        insert(database, "bookings", id=2, reference="B", token="b", **booking)
        insert(database, "allocations", booking_id=1, **place)
        before = database.execute("SELECT * FROM bookings ORDER BY id").fetchall()
    migrate_to(file, "0024")
    with closing(sqlite3.connect(file)) as database:
        after = database.execute("SELECT * FROM bookings ORDER BY id").fetchall()
        assert after == [(*row, None) for row in before]
        assert database.execute("SELECT booking_id FROM allocations").fetchall() == [(1,)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
