"""A large business: fifty people, and a database in which a part of their days is booked."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from bench.servers import run_dibs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

STAFF = 50
#: Starts of half-hour slots between nine and five. FREE stay free; `make` books those in BOOKED.
FREE = [f"{hour:02}:{half}" for hour in (9, 10, 11, 14, 15, 16) for half in ("00", "30")]
BOOKED = ["12:00", "12:30", "13:00", "13:30"]


class Board(NamedTuple):
    resource: int
    day: date


def boards(count: int, staff: int = STAFF) -> list[Board]:
    """Return boards of all resources, the nearest days first."""
    days = working_days()
    ids = range(1, staff + 1)
    return list(islice((Board(each, day) for day in days for each in ids), count))


def working_days() -> Iterator[date]:
    day = datetime.now(UTC).date() + timedelta(days=7)
    while True:
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def make(data: Path, booked: list[Board], staff: int = STAFF) -> None:
    """Make a data folder with the catalog and with bookings on each of these boards."""
    _furnish(data, staff, {})
    with sqlite3.connect(data / "dibs.db") as database:
        numbered = enumerate(((board, time) for board in booked for time in BOOKED), start=1)
        for number, (board, time) in numbered:
            start = microseconds(board.day, time)
            end = start + 30 * 60 * 1_000_000
            database.execute(BOOKING, (number, *[f"made-{number}"] * 3, board.resource, start, end))
            database.execute(ALLOCATION, (board.resource, start, end, number))
        versions = [(board.resource, board.day.isoformat()) for board in booked]
        database.executemany("INSERT INTO boards VALUES (?, ?, 1)", versions)
    database.close()


def count_change(data: Path, board: Board) -> None:
    """Raise the version of a board that `make` has booked, as if something had changed on it."""
    with sqlite3.connect(data / "dibs.db") as database:
        database.execute(COUNT, (board.resource, board.day.isoformat()))
    database.close()


def furnish(data: Path, **settings: str) -> None:
    """Make a data folder with the catalog only, or a PostgreSQL database if `settings` name one."""
    _furnish(data, STAFF, settings)


def _furnish(data: Path, staff: int, settings: Mapping[str, str]) -> None:
    data.mkdir()
    catalog = data / "studio.toml"
    catalog.write_text(_catalog(range(1, staff + 1)))
    run_dibs("catalog", "apply", str(catalog), "--data", str(data), **settings)


def microseconds(day: date, time: str) -> int:
    instant = datetime.fromisoformat(f"{day}T{time}:00+00:00")
    return int(instant.timestamp()) * 1_000_000


BOOKING = """
  INSERT INTO bookings (id, reference, token, claim, status, service_id, resource_id,
    starts_at, ends_at, customer_name, customer_email, created_at, changed_at)
  VALUES (?, ?, ?, ?, 'confirmed', 1, ?, ?, ?, 'Ann Lee', 'ann@example.com', 0, 0)
"""
COUNT = "UPDATE boards SET version = version + 1 WHERE resource_id = ? AND day = ?"
ALLOCATION = """
  INSERT INTO allocations (resource_id, lane, starts_at, ends_at, booking_id, service_id,
    slot_starts_at, capacity)
  SELECT ?, 0, ?, ?, id, service_id, starts_at, 1 FROM bookings WHERE id = ?
"""


def _catalog(ids: Sequence[int]) -> str:
    business = '[business]\nname = "Bench"\ntime_zone = "UTC"\nslot_interval = 30\n'
    service = f'[[services]]\nid = 1\nname = "Talk"\nduration = 30\nresources = {list(ids)}\n'
    days = ("mon", "tue", "wed", "thu", "fri")
    hours = "\n".join(f'{day} = ["09:00-17:00"]' for day in days)
    people = [
        f'[[resources]]\nid = {each}\nname = "No. {each}"\n[resources.hours]\n{hours}'
        for each in ids
    ]
    return "\n".join([business, service, *people])
