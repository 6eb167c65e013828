"""What was imported from another system, by its ids there, and the import conflicts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Integer, Text, bindparam, delete, insert, select, text, update

from dibs.ledger.column_types import Instant
from dibs.ledger.tables import bookings, import_conflicts, imported

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from dibs.ledger.database import Transaction

#: The kind of a row in another system, and its id there.
Origin = tuple[str, str]


#: SQLite and PostgreSQL both read this.
KEEP = text(
    """
    INSERT INTO import_conflicts
        (source, kind, source_id, reason, "row", in_the_way, meaning, at)
    VALUES (:source, :kind, :source_id, :reason, :row, :in_the_way, :meaning, :at)
    ON CONFLICT (source, kind, source_id) DO UPDATE
    SET reason = excluded.reason, "row" = excluded."row", in_the_way = excluded.in_the_way,
        meaning = excluded.meaning, settled_at = NULL
    -- What is settled stays so until the row means something else.
    WHERE import_conflicts.settled_at IS NULL
        OR coalesce(import_conflicts.meaning, '') <> coalesce(excluded.meaning, '')
    """
).bindparams(
    bindparam("in_the_way", type_=Integer),
    bindparam("meaning", type_=Text),
    bindparam("at", type_=Instant),
)


@dataclass(frozen=True)
class EarlierImports:
    """What earlier imports did with a source: the id that each row has here, which conflicts are
    settled, and what the rows of both meant then, if that was stored."""

    ids: Mapping[Origin, int | None]
    settled: frozenset[Origin]
    meanings: Mapping[Origin, str]


@dataclass(frozen=True)
class NewConflict:
    """A conflict as an import finds it. `in_the_way` is the id of a booking."""

    origin: Origin
    reason: str
    row: Mapping[str, Any]
    in_the_way: int | None
    meaning: str | None


@dataclass(frozen=True)
class Conflict:
    """An import conflict. `in_the_way` is the reference of the booking that has the time, or that
    was made from the row."""

    id: int
    source: str
    kind: str
    source_id: str
    reason: str
    row: dict[str, Any]
    in_the_way: str | None
    at: datetime


def name_of(connection: Connection, source: str, meanings: Mapping[Origin, str]) -> str:
    """Return the name by which the ledger knows a source, which may have another name now.

    A known source is the same one if both names end alike, in the prefix of the tables, and if most
    of the rows that both have mean the same.
    """
    rows = (connection.execute(select(imported))).all()
    if any(row.source == source for row in rows):
        return source
    shared, agreed = Counter[str](), Counter[str]()
    _, _, prefix = source.rpartition(" ")
    for row in rows:
        meaning = meanings.get((row.kind, row.source_id))
        if meaning is not None and row.source.endswith(f" {prefix}"):
            shared[row.source] += 1
            agreed[row.source] += meaning == row.meaning
    for earlier, count in agreed.most_common(1):
        if 2 * count > shared[earlier]:
            return earlier
    return source


def find_known(connection: Connection, source: str) -> EarlierImports:
    came = select(imported).where(imported.c.source == source)
    settled = select(import_conflicts).where(
        import_conflicts.c.source == source, import_conflicts.c.settled_at.is_not(None)
    )
    ours = {(row.kind, row.source_id): row for row in connection.execute(came)}
    done = {(row.kind, row.source_id): row for row in connection.execute(settled)}
    return EarlierImports(
        {origin: row.imported_id for origin, row in ours.items()},
        frozenset(done),
        {origin: row.meaning for origin, row in {**done, **ours}.items() if row.meaning},
    )


def remember(
    tx: Transaction,
    source: str,
    made: Mapping[Origin, int | None],
    meanings: Mapping[Origin, str],
) -> None:
    """Store the ids that these rows of the source have here, and what the rows of appointments
    mean."""
    rows = [
        {
            "source": source,
            "kind": origin[0],
            "source_id": origin[1],
            "imported_id": ours,
            "at": tx.now,
            "meaning": meanings.get(origin),
        }
        for origin, ours in made.items()
    ]
    if rows:
        tx.connection.execute(insert(imported), rows)


def accept(tx: Transaction, source: str, meanings: Mapping[Origin, str]) -> None:
    """Store what these rows mean. Later imports compare the rows with it."""
    for (kind, key), meaning in meanings.items():
        for table in (imported, import_conflicts):
            change = update(table).where(
                table.c.source == source, table.c.kind == kind, table.c.source_id == key
            )
            tx.connection.execute(change.values(meaning=meaning))


def keep_conflicts(
    tx: Transaction,
    source: str,
    conflicts: Sequence[NewConflict],
) -> None:
    """Make these the open conflicts of a source. A conflict that was open before keeps its id."""
    wanted = {each.origin for each in conflicts}
    before = tx.connection.execute(
        select(import_conflicts).where(
            import_conflicts.c.source == source, import_conflicts.c.settled_at.is_(None)
        )
    )
    gone = [row.id for row in before if (row.kind, row.source_id) not in wanted]
    for conflict_id in gone:
        tx.connection.execute(delete(import_conflicts).where(import_conflicts.c.id == conflict_id))
    for each in conflicts:
        kind, key = each.origin
        values = {
            "source": source,
            "kind": kind,
            "source_id": key,
            "reason": each.reason,
            "row": orjson.dumps(dict(each.row)).decode(),
            "in_the_way": each.in_the_way,
            "meaning": each.meaning,
            "at": tx.now,
        }
        tx.connection.execute(KEEP, values)


def open_conflicts(connection: Connection) -> list[Conflict]:
    rows = connection.execute(
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


def resolve_conflict(tx: Transaction, conflict_id: int) -> bool:
    """Mark an open conflict as settled. Returns False if there is no open conflict with this id.

    Later imports compare the row with what it means now.
    """
    change = (
        update(import_conflicts)
        .where(import_conflicts.c.id == conflict_id, import_conflicts.c.settled_at.is_(None))
        .values(settled_at=tx.now)
        .returning(import_conflicts)
    )
    settled = (tx.connection.execute(change)).first()
    if settled is None:
        return False
    if settled.meaning is not None:
        origin = (settled.kind, settled.source_id)
        accept(tx, settled.source, {origin: settled.meaning})
    return True
