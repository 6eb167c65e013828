"""What came from another system, by its own ids, and the conflicts that its owner has to settle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Integer, bindparam, delete, insert, select, text, update

from dibs.ledger.tables import Instant, bookings, import_conflicts, imported

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.ledger.database import Transaction

#: The kind of a source's row and its id there.
Origin = tuple[str, str]


#: SQLite and PostgreSQL both read this.
KEEP = text(
    """
    INSERT INTO import_conflicts (source, kind, source_id, reason, "row", in_the_way, at)
    VALUES (:source, :kind, :source_id, :reason, :row, :in_the_way, :at)
    ON CONFLICT (source, kind, source_id) DO UPDATE
    SET reason = excluded.reason, "row" = excluded."row", in_the_way = excluded.in_the_way
    WHERE import_conflicts.settled_at IS NULL
    """
).bindparams(bindparam("in_the_way", type_=Integer), bindparam("at", type_=Instant))


@dataclass(frozen=True)
class Known:
    """What earlier runs did with a source: what became of rows, and which conflicts are settled."""

    ids: Mapping[Origin, int | None]
    settled: frozenset[Origin]


@dataclass(frozen=True)
class Conflict:
    """`in_the_way` is the reference of the booking that has the time."""

    id: int
    source: str
    kind: str
    source_id: str
    reason: str
    row: dict[str, Any]
    in_the_way: str | None
    at: datetime


async def known(connection: AsyncConnection, source: str) -> Known:
    rows = await connection.execute(select(imported).where(imported.c.source == source))
    settled = await connection.execute(
        select(import_conflicts.c.kind, import_conflicts.c.source_id).where(
            import_conflicts.c.source == source, import_conflicts.c.settled_at.is_not(None)
        )
    )
    return Known(
        {(row.kind, row.source_id): row.imported_id for row in rows},
        frozenset((row.kind, row.source_id) for row in settled),
    )


async def remember(tx: Transaction, source: str, made: Mapping[Origin, int | None]) -> None:
    """These rows of the source are ours now."""
    rows = [
        {"source": source, "kind": kind, "source_id": key, "imported_id": ours, "at": tx.now}
        for (kind, key), ours in made.items()
    ]
    if rows:
        await tx.connection.execute(insert(imported), rows)


async def keep_conflicts(
    tx: Transaction,
    source: str,
    conflicts: Sequence[tuple[Origin, str, Mapping[str, Any], int | None]],
) -> None:
    """Let the open conflicts of a source be these: origin, reason, row, booking in the way.

    One that was open before keeps its id.
    """
    wanted = {origin for origin, *_ in conflicts}
    before = await tx.connection.execute(
        select(import_conflicts).where(
            import_conflicts.c.source == source, import_conflicts.c.settled_at.is_(None)
        )
    )
    gone = [row.id for row in before if (row.kind, row.source_id) not in wanted]
    for conflict_id in gone:
        await tx.connection.execute(
            delete(import_conflicts).where(import_conflicts.c.id == conflict_id)
        )
    for (kind, key), reason, row, in_the_way in conflicts:
        values = {
            "source": source,
            "kind": kind,
            "source_id": key,
            "reason": reason,
            "row": orjson.dumps(dict(row)).decode(),
            "in_the_way": in_the_way,
            "at": tx.now,
        }
        await tx.connection.execute(KEEP, values)


async def open_conflicts(connection: AsyncConnection) -> list[Conflict]:
    rows = await connection.execute(
        select(import_conflicts, bookings.c.reference)
        .outerjoin(bookings, bookings.c.id == import_conflicts.c.in_the_way)
        .where(import_conflicts.c.settled_at.is_(None))
        .order_by(import_conflicts.c.id)
    )
    return [
        Conflict(
            id=row.id,
            source=row.source,
            kind=row.kind,
            source_id=row.source_id,
            reason=row.reason,
            row=orjson.loads(row.row),
            in_the_way=row.reference,
            at=row.at,
        )
        for row in rows
    ]


async def settle_conflict(tx: Transaction, conflict_id: int) -> bool:
    """Mark an open conflict as settled; False if there is none of this id."""
    change = (
        update(import_conflicts)
        .where(import_conflicts.c.id == conflict_id, import_conflicts.c.settled_at.is_(None))
        .values(settled_at=tx.now)
    )
    return (await tx.connection.execute(change)).rowcount == 1
