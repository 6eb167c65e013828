"""Many boards at once: whether they have changed, and what makes their time busy.

Counters tell whether anything has changed on boards: a version never falls, and no board of today
or later is removed, so equal counts mean equal boards. The busy times of a resource come as one
text of whole numbers, because objects for thousands of rows would take longer than all else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from sqlalchemy import (
    ARRAY,
    Integer,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    func,
    select,
    true,
)

from dibs.ledger.catalog_tables import business, resources
from dibs.ledger.column_types import Day, Instant, microseconds_of
from dibs.ledger.overlaps import overlap_condition
from dibs.ledger.statement import Statement
from dibs.ledger.tables import allocations, boards

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Column, ColumnElement, Connection

    from dibs.availability.free_starts import BusyTime
    from dibs.availability.intervals import Interval

#: The rows of a statement are received without a pause, and everything else waits meanwhile.
MAX_RESOURCES_PER_STATEMENT = 25


class BoardRange(NamedTuple):
    """The boards of these resources from one of their local days to another, both included."""

    resource_ids: tuple[int, ...]
    first: date
    last: date


class BoardCount(NamedTuple):
    """How many boards of a resource have ever changed, and the sum of their versions."""

    boards: int
    versions: int


class CountedChanges(NamedTuple):
    """How often the business, some resources and some of their boards have ever changed."""

    business: int
    resources: int
    boards: int
    versions: int


@dataclass(frozen=True, slots=True)
class CatalogVersions:
    """The counters of the business and of resources, which say whether a catalog is the present
    one. A resource that doesn't exist has None."""

    business: int
    resources: Mapping[int, int | None]


@dataclass(frozen=True, slots=True)
class BusyChanges:
    """The counts of each resource's boards, and the busy times of the resources whose counts have
    changed, all read at one moment. `parse_busy` reads the busy times."""

    catalog: CatalogVersions
    counts: Mapping[int, BoardCount]
    busy: Mapping[int, str]

    @property
    def counted(self) -> CountedChanges:
        return CountedChanges(
            self.catalog.business,
            sum(version or 0 for version in self.catalog.resources.values()),
            sum(count.boards for count in self.counts.values()),
            sum(count.versions for count in self.counts.values()),
        )


def count_changes(connection: Connection, wanted: BoardRange) -> CountedChanges:
    """Return how often the catalog and these boards have ever changed. It is one row of one
    statement."""
    dialect = connection.dialect.name
    row = _count_statement(dialect).fetch_first(connection, _parameters(wanted, dialect))
    return CountedChanges(*map(int, row))


def read_changes(
    connection: Connection, wanted: BoardRange, known: Mapping[int, BoardCount], time: Interval
) -> BusyChanges:
    """Return what is on the boards of the resources whose counts differ from those in `known`.

    `time` is the time of all these boards.
    """
    dialect = connection.dialect.name
    rows = _count_each_statement(dialect).fetch_all(connection, _parameters(wanted, dialect))
    counts = {row.id: BoardCount(row.boards, int(row.versions)) for row in rows}
    changed = [each for each, count in counts.items() if known.get(each) != count]
    busy = dict.fromkeys(changed, "[]")
    for first in range(0, len(changed), MAX_RESOURCES_PER_STATEMENT):
        some = changed[first : first + MAX_RESOURCES_PER_STATEMENT]
        where = {"ids": _list(some, dialect), "start": time.start, "end": time.end}
        busy |= _busy_times_statement(dialect).fetch_all(connection, where)
    return BusyChanges(_catalog_versions(wanted, rows), counts, busy)


def parse_busy(text: str) -> list[BusyTime]:
    """Return the busy times of one resource, in any order."""
    found: list[BusyTime] = orjson.loads(text)
    return found


def _catalog_versions(wanted: BoardRange, rows: Sequence[Any]) -> CatalogVersions:
    found = {row.id: row.resource_version for row in rows}
    business_version = rows[0].business_version if rows else 0
    return CatalogVersions(
        business_version, {each: found.get(each) for each in wanted.resource_ids}
    )


@lru_cache(maxsize=2)
def _count_statement(dialect: str) -> Statement:
    of_resources = select(func.coalesce(func.sum(resources.c.version), 0)).where(
        _is_listed(resources.c.id, dialect)
    )
    return Statement(
        select(
            select(business.c.version).scalar_subquery().label("business"),
            of_resources.scalar_subquery().label("resources"),
            func.count().label("boards"),
            func.coalesce(func.sum(boards.c.version), 0).label("versions"),
        ).where(_is_listed(boards.c.resource_id, dialect), _is_in_range())
    )


@lru_cache(maxsize=2)
def _count_each_statement(dialect: str) -> Statement:
    """Return the statement that counts the changes of each resource. A resource whose boards have
    never changed has a row, too."""
    columns = (
        business.c.version.label("business_version"),
        resources.c.id,
        resources.c.version.label("resource_version"),
    )
    on_board = and_(boards.c.resource_id == resources.c.id, _is_in_range())
    return Statement(
        select(
            *columns,
            func.count(boards.c.day).label("boards"),
            func.coalesce(func.sum(boards.c.version), 0).label("versions"),
        )
        .select_from(resources.join(business, true()).outerjoin(boards, on_board))
        .where(_is_listed(resources.c.id, dialect))
        .group_by(*columns)
    )


@lru_cache(maxsize=2)
def _busy_times_statement(dialect: str) -> Statement:
    """Return the statement that reads busy times. The database makes one JSON text of `BusyTime`s
    from all rows of a resource."""
    time = bindparam("start", type_=Instant()), bindparam("end", type_=Instant())
    columns = (
        microseconds_of(allocations.c.starts_at, dialect),
        microseconds_of(allocations.c.ends_at, dialect),
        allocations.c.service_id,
        microseconds_of(allocations.c.slot_starts_at, dialect),
    )
    if dialect == "sqlite":
        busy = func.json_group_array(func.json_array(*columns))
    else:
        busy = func.json_agg(func.json_build_array(*columns))
    return Statement(
        select(allocations.c.resource_id, cast(busy, Text).label("busy"))
        .where(_is_listed(allocations.c.resource_id, dialect), overlap_condition(*time))
        .group_by(allocations.c.resource_id)
    )


def _parameters(wanted: BoardRange, dialect: str) -> dict[str, Any]:
    return {
        "ids": _list(wanted.resource_ids, dialect),
        "first": wanted.first,
        "last": wanted.last,
    }


def _is_listed(resource_id: Column[int], dialect: str) -> ColumnElement[bool]:
    """Return the condition that an id is in the parameter `ids`. The parameter is one text, so that
    the statement is the same for any number of ids."""
    ids = bindparam("ids", type_=Text())
    if dialect == "sqlite":
        return resource_id.in_(select(func.json_each(ids).table_valued("value").c.value))
    return resource_id == any_(cast(ids, ARRAY(Integer)))


def _list(ids: Iterable[int], dialect: str) -> str:
    listed = ",".join(map(str, ids))
    return f"[{listed}]" if dialect == "sqlite" else f"{{{listed}}}"


def _is_in_range() -> ColumnElement[bool]:
    first, last = (bindparam(name, type_=Day()) for name in ("first", "last"))
    return boards.c.day.between(first, last)
