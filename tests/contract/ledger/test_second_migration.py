"""From 0001 to 0002: what waited in the outbox is still there, and nothing of it is sent."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from dibs.ledger.migrate import MIGRATIONS, migrate


def test_the_outbox_keeps_its_entries(tmp_path: Path) -> None:
    file = tmp_path / "dibs.db"
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("INSERT INTO outbox VALUES (7, 'booking.confirmed', 3, '{}', 11, NULL)")
    migrate(file)
    with closing(sqlite3.connect(file)) as database:
        columns = "id, topic, booking_id, payload, created_at, due_at, attempts, delivered_at"
        rows = database.execute(f"SELECT {columns} FROM outbox").fetchall()
    assert rows == [(7, "booking.confirmed", 3, "{}", 11, None, 0, None)]
