"""Reading the ledger: the catalog of the moment, boards, and their versions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dibs.availability.intervals import Interval
from dibs.availability.wall import local_day
from dibs.errors import CatalogChanged, NotFound
from dibs.ledger import boards, catalog_rows, months

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from dibs.availability.boards import BoardKey
    from dibs.ledger.boards import Busy, ChangeReport
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Commit, Database, Transaction
    from dibs.ledger.months import BoardCount, BoardRange, BusyChanges, CountedChanges


@dataclass(frozen=True, slots=True)
class LedgerSnapshot:
    """A board as the ledger knew it at `now`, by the database's clock."""

    version: int
    catalog: Catalog
    busy: tuple[Busy, ...]
    now: datetime

    def apply_commit(self, key: BoardKey, commit: Commit) -> LedgerSnapshot | None:
        """Return the board with these changes, without reading it again. Returns None if it must be
        read, because there have been other changes as well, or because seats of a class change,
        whose order only the database knows."""
        if commit.versions.get(key) != self.version + 1:
            return None
        start, end = local_day(key.day, self.catalog.hours[key.resource_id].zone)
        day = Interval(start, end)
        busy = [each for each in self.busy if each.booking_id not in commit.busy]
        for change in commit.busy.values():
            if change is None or change[0] != key.resource_id:
                continue
            _, added = change
            if not added.guarded.overlaps(day):
                continue
            if any(each.guarded.start == added.guarded.start for each in busy):
                return None
            busy.append(added)
        busy.sort(key=lambda each: each.guarded.start)
        return replace(self, version=self.version + 1, busy=tuple(busy), now=commit.now)


class Ledger:
    """Reads the ledger. It keeps the catalog until a counter says that the catalog has changed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._catalog: Catalog | None = None

    @property
    def is_known(self) -> bool:
        """Whether a catalog has been read, which means that a business is set up."""
        return self._catalog is not None

    async def catalog(self) -> Catalog:
        """Return the catalog as it is now. That takes one small query unless it has changed.

        Raises NotFound while no business is set up, LedgerUnavailable.
        """
        return await self.database.read(self.catalog_in)

    def catalog_in(self, connection: Connection) -> Catalog:
        """Return the catalog as this transaction sees it. Raises NotFound."""
        known = self._catalog
        if known is not None:
            counters = catalog_rows.version(connection)
            if counters == (known.business_version, known.resource_versions):
                return known
        return self._load(connection)

    @property
    def catalog_in_memory(self) -> Catalog | None:
        """The catalog as it was last read, or None if it was not read yet."""
        return self._catalog

    async def known_catalog(self) -> Catalog:
        """Return the catalog as it was last read. It may be outdated. A board comes with a newer
        catalog as soon as that concerns the board."""
        return self._catalog or await self.catalog()

    def lock_boards(self, tx: Transaction, boards: Iterable[BoardKey], known: Catalog) -> None:
        """Lock boards that were found by the `known` catalog.

        Raises CatalogChanged if that catalog is outdated. Then the new one is read first, so that
        the next try uses it.
        """
        try:
            tx.lock_boards(boards, known)
        except CatalogChanged:
            self._load(tx.connection)
            raise

    async def read_board(self, key: BoardKey) -> LedgerSnapshot:
        """Read a board and its version at one moment.

        Raises NotFound if there is no such resource, LedgerUnavailable.
        """
        known = self._catalog
        if known is not None:
            found = await self.database.read_one(self._board, key, known)
            if found is not None:
                return found
        return await self.database.read(self._read_board, key)

    def _read_board(self, connection: Connection, key: BoardKey) -> LedgerSnapshot:
        found = self._board(connection, key, self.catalog_in(connection))
        if found is None:
            raise NotFound
        return found

    def _board(
        self, connection: Connection, key: BoardKey, known: Catalog
    ) -> LedgerSnapshot | None:
        """Return the board, or None if the catalog is of another moment or doesn't have the
        resource."""
        if key.resource_id not in known.resources:
            return None
        start, end = local_day(key.day, known.hours[key.resource_id].zone)
        found = boards.read(connection, key, start, end, self.database.instant())
        if found is None or (found.business_version, found.resource_version) != (
            known.business_version,
            known.resource_versions[key.resource_id],
        ):
            return None
        return LedgerSnapshot(found.version, known, found.busy, found.now)

    async def count_changes(self, wanted: BoardRange) -> CountedChanges:
        """Count the changes of these boards and their catalog, in one query. Equal counts mean that
        nothing has changed. Raises LedgerUnavailable."""
        return await self.database.read_one(months.count_changes, wanted)

    async def read_changes(
        self, wanted: BoardRange, known: Mapping[int, BoardCount], time: Interval
    ) -> BusyChanges:
        """Return what has changed on these boards since their counts were `known`. `time` is the
        time of all these boards. Raises LedgerUnavailable."""
        return await self.database.read(months.read_changes, wanted, known, time)

    async def poll_changes(self, keys: Iterable[BoardKey], since: int | None) -> ChangeReport:
        """Return whether anything has changed since the report whose `changes` were `since`. If so
        (or with None), the report has the versions of these boards, without those of unknown
        resources. It is one query."""
        sent = self.database.clock.monotonic()
        found = await self.database.read_one(
            boards.poll_changes, keys, since, self.database.instant()
        )
        self.database.observe_clock(found.now, sent)
        return found

    def _load(self, connection: Connection) -> Catalog:
        found = catalog_rows.read(connection)
        if found is None:
            raise NotFound("No business has been set up yet.")
        self._catalog = found
        return found
