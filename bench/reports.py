"""`bench reports`: each report over a year of 100,000 bookings, on SQLite.

Twenty people have had 110,000 bookings in a year. The desk is measured in this process: how long a
report takes by the clock, and how much time of the processor. Each report also computes the range
before, for comparison.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from bench import years
from bench.results import machine, results, save, table
from dibs import app
from dibs.desk.office.report_tables import TABLES
from dibs.desk.office.reports import DayRange
from dibs.settings import Settings

BOOKINGS, DAYS = 110_000, 365
ROUNDS = 5
AIM_MS = 300


def run(short: bool = False) -> None:
    rounds = 2 if short else ROUNDS
    with tempfile.TemporaryDirectory(dir=results(), prefix="reports-") as name:
        print("bench: making the database ...", file=sys.stderr)
        data = Path(name, "data")
        with patch.multiple(years, BOOKINGS=BOOKINGS, YEARS_DAYS=DAYS):
            years.make(data, "three years")
        mix_statuses(data)
        rows = asyncio.run(measure(data, rounds))
    save("reports", {"machine": machine(), "bookings": BOOKINGS, "aim": AIM_MS, "reports": rows})
    print(table(rows))
    print(f"\nMedians in milliseconds, aim at most {AIM_MS}.")


def mix_statuses(data: Path) -> None:
    """Make a ninth of the past bookings cancelled and a tenth missed, and give each a price."""
    with closing(sqlite3.connect(data / "dibs.db")) as database, database:
        past = "status = 'completed'"
        database.execute(f"UPDATE bookings SET status = 'cancelled' WHERE id % 9 = 0 AND {past}")
        database.execute(f"UPDATE bookings SET status = 'no_show' WHERE id % 10 = 0 AND {past}")
        database.execute("UPDATE bookings SET price = '45.50'")
        database.execute(
            "UPDATE audit SET action = 'booking.cancelled', actor = 'customer'"
            " WHERE action = 'booking.completed' AND booking_id % 9 = 0"
        )


async def measure(data: Path, rounds: int) -> list[dict[str, Any]]:
    dibs = app.build(Settings(data=data), "a key for a bench")
    today = datetime.now(UTC).date()
    year = DayRange(today - timedelta(days=DAYS), today - timedelta(days=1))
    rows = []
    for name in TABLES:
        clock, processor = [], []
        for _ in range(rounds):
            began, used = time.perf_counter(), time.process_time()
            await dibs.desk.office.reports.make(name, year)
            clock.append(1000 * (time.perf_counter() - began))
            processor.append(1000 * (time.process_time() - used))
        rows.append(
            {
                "report": name,
                "ms": round(median(clock)),
                "processor ms": round(median(processor)),
            }
        )
    await dibs.close()
    return rows
