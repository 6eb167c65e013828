"""Finds the allocations that overlap a span, without a walk through all later ones.

The database refuses an allocation that is longer than `MAX_LENGTH`. So what overlaps a span ends
soon after it. Only the part of the index by end from the start of the span to there is read,
however many bookings there are later on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from dibs.ledger.column_types import Instant
from dibs.ledger.tables import allocations

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.compiler import SQLCompiler

#: A service takes a day at most, and so does each of its buffers. The schema says the same.
MAX_LENGTH = timedelta(days=4)


def overlap_condition(
    start: datetime | ColumnElement[datetime], end: datetime | ColumnElement[datetime]
) -> ColumnElement[bool]:
    """Return the condition that an allocation overlaps [start, end)."""
    return and_(
        allocations.c.starts_at < end,
        allocations.c.ends_at > start,
        allocations.c.ends_at < _LaterByMaxLength(type_coerce(end, Instant())),
    )


class _LaterByMaxLength(FunctionElement[datetime]):
    """The instant that is later by `MAX_LENGTH`."""

    type = Instant()
    inherit_cache = True


@compiles(_LaterByMaxLength, "sqlite")
def _add_on_sqlite(element: _LaterByMaxLength, compiler: SQLCompiler, **options: Any) -> str:
    microseconds = MAX_LENGTH // timedelta(microseconds=1)
    return f"({compiler.process(element.clauses, **options)} + {microseconds})"


@compiles(_LaterByMaxLength, "postgresql")
def _add_on_postgresql(element: _LaterByMaxLength, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} + INTERVAL '{MAX_LENGTH.days} days')"
