"""Counts the sign-in codes that were asked for and the passwords that were tried, on all nodes.

A code that is refused or can't be ordered isn't counted, because the transaction is rolled back. A
try of a password is counted in a transaction of its own, before the password is checked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select, text

from dibs.errors import TooManyRequests
from dibs.ledger.column_types import Instant
from dibs.ledger.tables import code_counts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from dibs.ledger.database import Transaction

#: SQLite and PostgreSQL both understand this. A window of time begins with the first code that is
#: counted in it. At the limit no row is changed. Others who count the same wait for its row.
COUNT = text(
    """
    INSERT INTO code_counts (asked_by, codes, ends_at) VALUES (:asked_by, 1, :ends_at)
    ON CONFLICT (asked_by) DO UPDATE
    SET codes = CASE WHEN code_counts.ends_at <= :now THEN 1 ELSE code_counts.codes + 1 END,
        ends_at = CASE WHEN code_counts.ends_at <= :now THEN excluded.ends_at
                       ELSE code_counts.ends_at END
    WHERE code_counts.ends_at <= :now OR code_counts.codes < :most
    """
).bindparams(bindparam("ends_at", type_=Instant), bindparam("now", type_=Instant))


@dataclass(frozen=True, order=True)
class Limit:
    """A limit of `most` codes in a window of time. `setting` has the name of its setting and the
    value."""

    asked_by: str
    most: int
    window: timedelta
    setting: tuple[str, str]


def count_code(tx: Transaction, limits: Iterable[Limit]) -> None:
    """Count one more under each limit, and delete counts whose window is over. Raises
    TooManyRequests."""
    for limit in sorted(limits):
        values = {"asked_by": limit.asked_by, "most": limit.most, "now": tx.now}
        counted = tx.connection.execute(COUNT, values | {"ends_at": tx.now + limit.window})
        if counted.rowcount == 0:
            _refuse(tx, limit)
    tx.connection.execute(delete(code_counts).where(code_counts.c.ends_at <= tx.now))


def forget_counts(tx: Transaction, limits: Iterable[Limit]) -> None:
    """Start again from zero under each limit, because somebody has proved who they are."""
    for limit in sorted(limits):
        tx.connection.execute(delete(code_counts).where(code_counts.c.asked_by == limit.asked_by))


def _refuse(tx: Transaction, limit: Limit) -> None:
    ends_at = tx.connection.scalar(
        select(code_counts.c.ends_at).where(code_counts.c.asked_by == limit.asked_by)
    )
    left = limit.window if ends_at is None else ends_at - tx.now
    raise TooManyRequests(max(1, math.ceil(left.total_seconds())), limit=limit.setting)
