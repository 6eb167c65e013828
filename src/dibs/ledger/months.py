"""Many boards at once: their versions, and what makes their time busy.

A count tells with a row per resource whether anything has changed on its boards: a version never
falls, and no board of today or later is removed, so equal counts mean equal boards.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, func, select, true

from dibs.availability.boards import BoardKey
from dibs.availability.wall import ONE_DAY
from dibs.ledger.boards import overlapping
from dibs.ledger.tables import Day, Instant, allocations, boards, business, resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Row, Select

    from dibs.availability.intervals import Interval

#: The rows of a statement are turned into objects in one go, while others wait.
MAX_RESOURCES_PER_STATEMENT = 5


class BoardRange(NamedTuple):
    """The boards of these resources from one of their local days to another, both included."""

    resource_ids: tuple[int, ...]
    first: date
    last: date

    def board_keys(self) -> list[BoardKey]:
        days = [self.first + n * ONE_DAY for n in range((self.last - self.first).days + 1)]
        return [BoardKey(each, day) for each in self.resource_ids for day in days]


class BoardCount(NamedTuple):
    """How many boards of a resource have ever changed, and the sum of their versions."""

    boards: int
    versions: int


class BusyTime(NamedTuple):
    """An allocation: its time with buffers, and the start of the slot of which it is a seat."""

    start: datetime
    end: datetime
    service_id: int
    slot_starts_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class CatalogVersions:
    """The counters of the business and of resources, which say whether a catalog is the present
    one; None: there is no such resource."""

    business: int
    resources: Mapping[int, int | None]


@dataclass(frozen=True, slots=True)
class BusyChanges:
    """All of one moment: counts and versions of boards, those of them that had another version
    before, and by resource the busy times of these, by start."""

    catalog: CatalogVersions
    counts: Mapping[int, BoardCount]
    versions: Mapping[BoardKey, int]
    changed: Sequence[BoardKey]
    busy: Mapping[int, Sequence[BusyTime]]


def count_changes(
    connection: Connection, wanted: BoardRange
) -> tuple[CatalogVersions, dict[int, BoardCount]]:
    """The counts of the boards, in one statement."""
    rows = (connection.execute(_counting(), _range(wanted))).all()
    counts = {row.id: BoardCount(row.boards, int(row.versions)) for row in rows}
    return _catalog_versions(wanted, rows), counts


def read_changes(
    connection: Connection,
    wanted: BoardRange,
    known: Mapping[BoardKey, int],
    span: Callable[[Iterable[BoardKey]], Interval],
) -> BusyChanges:
    """What is on boards whose version was another one when they were `known`, or that were not.

    `span`: the time that these boards are about, from the beginning of the first to the end of the
    last.
    """
    rows = (connection.execute(_reading_versions(), _range(wanted))).all()
    found = {BoardKey(row.id, row.day): row.version for row in rows if row.day is not None}
    versions = {key: found.get(key, 0) for key in wanted.board_keys()}
    changed = [key for key, version in versions.items() if known.get(key) != version]
    busy: dict[int, list[BusyTime]] = {}
    ids = list(dict.fromkeys(key.resource_id for key in changed))
    for first in range(0, len(ids), MAX_RESOURCES_PER_STATEMENT):
        some = ids[first : first + MAX_RESOURCES_PER_STATEMENT]
        time = span(key for key in changed if key.resource_id in some)
        where = {"ids": some, "start": time.start, "end": time.end}
        for resource_id, *times in connection.execute(_reading_busy_times(), where):
            busy.setdefault(resource_id, []).append(BusyTime(*times))
    counts = {row.id: BoardCount(0, 0) for row in rows}
    for key, version in found.items():
        before = counts[key.resource_id]
        counts[key.resource_id] = BoardCount(before.boards + 1, before.versions + version)
    return BusyChanges(_catalog_versions(wanted, rows), counts, versions, changed, busy)


def _range(wanted: BoardRange) -> dict[str, Any]:
    return {"ids": wanted.resource_ids, "first": wanted.first, "last": wanted.last}


def _catalog_versions(wanted: BoardRange, rows: Sequence[Row[*tuple[Any, ...]]]) -> CatalogVersions:
    found = {row.id: row.resource_version for row in rows}
    business_version = rows[0].business_version if rows else 0
    return CatalogVersions(
        business_version, {each: found.get(each) for each in wanted.resource_ids}
    )


@lru_cache(maxsize=1)
def _counting() -> Select[*tuple[Any, ...]]:
    columns = (
        business.c.version.label("business_version"),
        resources.c.id,
        resources.c.version.label("resource_version"),
    )
    return _of_boards(
        *columns,
        func.count(boards.c.day).label("boards"),
        func.coalesce(func.sum(boards.c.version), 0).label("versions"),
    ).group_by(*columns)


@lru_cache(maxsize=1)
def _reading_versions() -> Select[*tuple[Any, ...]]:
    return _of_boards(
        business.c.version.label("business_version"),
        resources.c.id,
        resources.c.version.label("resource_version"),
        boards.c.day,
        boards.c.version,
    )


def _of_boards(*columns: Any) -> Select[*tuple[Any, ...]]:
    """A resource none of whose boards has ever changed has a row all the same."""
    in_range = and_(
        boards.c.resource_id == resources.c.id,
        boards.c.day.between(bindparam("first", type_=Day()), bindparam("last", type_=Day())),
    )
    return (
        select(*columns)
        .select_from(resources.join(business, true()).outerjoin(boards, in_range))
        .where(resources.c.id.in_(bindparam("ids", expanding=True)))
    )


@lru_cache(maxsize=1)
def _reading_busy_times() -> Select[*tuple[Any, ...]]:
    time = bindparam("start", type_=Instant()), bindparam("end", type_=Instant())
    return (
        select(
            allocations.c.resource_id,
            allocations.c.starts_at,
            allocations.c.ends_at,
            allocations.c.service_id,
            allocations.c.slot_starts_at,
            allocations.c.id,
        )
        .where(allocations.c.resource_id.in_(bindparam("ids", expanding=True)), overlapping(*time))
        .order_by(allocations.c.resource_id, allocations.c.starts_at)
    )
