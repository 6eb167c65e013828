"""Reading the ledger: the catalog of the moment, boards, and their versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.availability.wall import local_day
from dibs.errors import CatalogChanged, NotFound
from dibs.ledger import boards, catalog, months

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from dibs.availability.boards import BoardKey
    from dibs.availability.intervals import Interval
    from dibs.ledger.boards import Busy, ChangeReport
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Database, Transaction
    from dibs.ledger.months import BoardCount, BoardRange, BusyChanges, CatalogVersions


@dataclass(frozen=True, slots=True)
class LedgerSnapshot:
    """A board as the ledger knew it at `now`, the ledger's own time."""

    version: int
    catalog: Catalog
    busy: tuple[Busy, ...]
    now: datetime


class Ledger:
    """Keeps the catalog until a counter says that it has changed."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._catalog: Catalog | None = None

    @property
    def is_known(self) -> bool:
        """Whether a catalog has been read, which means that a business is set up."""
        return self._catalog is not None

    async def catalog(self) -> Catalog:
        """The catalog as it is now; one small query unless it has changed.

        Raises NotFound while no business is set up, LedgerUnavailable.
        """
        async with self.database.read() as connection:
            return await self.catalog_in(connection)

    async def catalog_in(self, connection: AsyncConnection) -> Catalog:
        """The catalog as this transaction sees it. Raises NotFound."""
        known = self._catalog
        if known is not None:
            counters = await catalog.version(connection)
            if counters == (known.business_version, known.resource_versions):
                return known
        return await self._load(connection)

    async def known_catalog(self) -> Catalog:
        """The catalog as last read; boards carry a newer one as soon as it concerns them."""
        return self._catalog or await self.catalog()

    async def lock_boards(
        self, tx: Transaction, boards: Iterable[BoardKey], known: Catalog
    ) -> None:
        """Lock boards that were found by the `known` catalog.

        Raises CatalogChanged if that isn't the catalog any more; then the new one is read, so
        that who looks again looks by that one.
        """
        try:
            await tx.lock_boards(boards, known)
        except CatalogChanged:
            await self._load(tx.connection)
            raise

    async def read_board(self, key: BoardKey) -> LedgerSnapshot:
        """The board and its version, from one moment.

        Raises NotFound (no such resource), LedgerUnavailable.
        """
        if self._catalog is not None:
            async with self.database.read_one() as connection:
                part = await self._board(connection, key, self._catalog)
            if part is not None:
                return part
        async with self.database.read() as connection:
            known = self._catalog or await self._load(connection)
            part = await self._board(connection, key, known)
            if part is None:
                known = await self.catalog_in(connection)
                part = await self._board(connection, key, known)
            if part is None:
                raise NotFound
            return part

    async def _board(
        self, connection: AsyncConnection, key: BoardKey, known: Catalog
    ) -> LedgerSnapshot | None:
        """None if the catalog is of another moment, or doesn't know the resource."""
        if key.resource_id not in known.resources:
            return None
        start, end = local_day(key.day, known.hours[key.resource_id].zone)
        found = await boards.read(connection, key, start, end, self.database.instant())
        if found is None or (found.business_version, found.resource_version) != (
            known.business_version,
            known.resource_versions[key.resource_id],
        ):
            return None
        return LedgerSnapshot(found.version, known, found.busy, found.now)

    async def count_changes(
        self, wanted: BoardRange
    ) -> tuple[CatalogVersions, dict[int, BoardCount]]:
        """Whether anything has changed on these boards, in one query. Raises LedgerUnavailable."""
        async with self.database.read_one() as connection:
            return await months.count_changes(connection, wanted)

    async def read_changes(
        self,
        wanted: BoardRange,
        known: Mapping[BoardKey, int],
        span: Callable[[Iterable[BoardKey]], Interval],
    ) -> BusyChanges:
        """What has changed on these boards since they were `known`. Raises LedgerUnavailable."""
        async with self.database.read() as connection:
            return await months.read_changes(connection, wanted, known, span)

    async def poll_changes(self, keys: Iterable[BoardKey], since: int | None) -> ChangeReport:
        """Whether anything has happened at all since that report, and if so (or with None) the
        versions of these boards; one query. Those of unknown resources are absent."""
        sent = self.database.clock.monotonic()
        async with self.database.read_one() as connection:
            found = await boards.poll_changes(connection, keys, since, self.database.instant())
        self.database.observe_clock(found.now, sent)
        return found

    async def _load(self, connection: AsyncConnection) -> Catalog:
        found = await catalog.read(connection)
        if found is None:
            raise NotFound("No business has been set up yet.")
        self._catalog = found
        return found
