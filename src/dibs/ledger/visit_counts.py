"""Stores how many visits of each day have come to which stage (see `desk/visits.py`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Column, Integer, insert, select, update

from dibs.ledger.column_types import Day
from dibs.ledger.schema import table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection

    from dibs.ledger.database import Transaction

# On a day of the business without a row, visits were not counted.
visit_counts = table(
    "visit_counts",
    Column("day", Day, primary_key=True),
    Column("held", Integer, nullable=False),
    Column("checked_out", Integer, nullable=False),
    Column("booked", Integer, nullable=False),
)
STAGES = ("held", "checked_out", "booked")


class Visits(NamedTuple):
    """How many visits of a day had a hold, a checkout and a booking."""

    day: date
    held: int
    checked_out: int
    booked: int


def add_visits(tx: Transaction, counts: Mapping[date, Mapping[str, int]]) -> None:
    """Add to the counts of these days. If two nodes make the row of a day at once, the transaction
    of the second one is done again."""
    for day, added in sorted(counts.items()):
        more: dict[str, Any] = {
            stage: visit_counts.c[stage] + added.get(stage, 0) for stage in STAGES
        }
        change = update(visit_counts).where(visit_counts.c.day == day).values(more)
        if tx.connection.execute(change).rowcount == 0:
            row = {stage: added.get(stage, 0) for stage in STAGES}
            tx.connection.execute(insert(visit_counts).values(day=day, **row))


def read_visits(connection: Connection, first: date, last: date) -> list[Visits]:
    """Return the counts of the days that were counted, in order."""
    found = select(visit_counts).where(visit_counts.c.day.between(first, last))
    return [Visits(*row) for row in connection.execute(found.order_by(visit_counts.c.day))]
