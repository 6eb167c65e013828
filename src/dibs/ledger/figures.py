"""Figures for the operator that only the database knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from dibs.ledger.deliveries import is_waiting
from dibs.ledger.tables import bookings, deliveries

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True)
class Figures:
    """How many checkouts are live, how many messages are waiting to be sent, and for how long the
    `oldest` of these has waited."""

    checkouts: int
    waiting: int
    oldest: timedelta


def read_figures(connection: Connection, now: datetime) -> Figures:
    checkouts = connection.scalar(
        select(func.count()).where(bookings.c.status == "pending", bookings.c.deadline > now)
    )
    waiting, first = (
        connection.execute(
            select(func.count(), func.min(deliveries.c.created_at)).where(is_waiting(now))
        )
    ).one()
    return Figures(checkouts or 0, waiting, now - first if first else timedelta())
