"""What the owner does from the command line: the catalog, the list of bookings, conflicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dibs.availability.intervals import Interval
from dibs.availability.wall import day_of, local_day
from dibs.desk.catalog_effects import find_concerned, find_unbookable
from dibs.desk.office.errors import HasBusiness
from dibs.errors import NotFound
from dibs.ledger import bookings, catalog_rows, deliveries, imported
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import record_change

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from dibs.desk.catalog_effects import Concern
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog, Resource, Service
    from dibs.ledger.database import Database, Transaction
    from dibs.ledger.deliveries import Delivery
    from dibs.ledger.imported import Conflict
    from dibs.ledger.journal import Author

MAX_LISTED_LETTERS = 1_000


@dataclass(frozen=True)
class Difference:
    """What applying a catalog does: a line for each change (none: it is as it should be), one
    for each service that can never be booked, and the bookings that are concerned."""

    lines: tuple[str, ...]
    unbookable: tuple[str, ...] = ()
    concerned: tuple[Concern, ...] = ()
    is_applied: bool = False


@retry_on_conflict
async def apply(
    database: Database,
    wanted: Catalog,
    *,
    dry_run: bool = False,
    agreed: Collection[Concern] | None = None,
) -> Difference:
    """Make this the catalog. What is no longer in it is retired; its bookings stay.

    Nothing is changed if a booking is concerned in a way that isn't `agreed`; None agrees to all.
    """
    return await database.write(_apply, wanted, agreed, dry_run=dry_run)


def _apply(
    tx: Transaction, wanted: Catalog, agreed: Collection[Concern] | None, *, dry_run: bool
) -> Difference:
    tx.lock_catalog()
    before = catalog_rows.read(tx.connection)
    lines = tuple(_differences(before, wanted))
    concerned: tuple[Concern, ...] = ()
    if lines and before is not None:
        upcoming = bookings.upcoming(tx.connection, tx.now)
        concerned = tuple(find_concerned(before, wanted, upcoming, tx.now))
    is_agreed = agreed is None or set(concerned) <= set(agreed)
    is_applied = bool(lines) and is_agreed and not dry_run
    if is_applied:
        catalog_rows.replace(tx, wanted)
    today = day_of(tx.now, ZoneInfo(wanted.business.time_zone))
    return Difference(lines, tuple(find_unbookable(wanted, today)), concerned, is_applied)


@retry_on_conflict
async def set_up(database: Database, wanted: Catalog, author: Author) -> None:
    """Make this the first catalog. Raises HasBusiness if there is one already."""

    def write(tx: Transaction) -> None:
        tx.lock_catalog()
        if catalog_rows.read(tx.connection) is not None:
            raise HasBusiness
        catalog_rows.replace(tx, wanted)
        record_change(tx, author, "business.set_up", {"name": wanted.business.name})

    await database.write(write)


async def is_empty(database: Database) -> bool:
    return await database.read(catalog_rows.read) is None


async def export(database: Database) -> Catalog:
    """Raises NotFound while there is none."""
    found = await database.read(catalog_rows.read)
    if found is None:
        raise NotFound("No business has been set up yet: see dibs catalog apply.")
    return found


async def list_bookings(database: Database, day: date | None) -> tuple[Catalog, list[Booking]]:
    """The bookings of a day of the business, or the live ones that are still to come."""
    known = await export(database)
    if day is None:
        return known, await database.read(bookings.upcoming, database.clock.now())
    start, end = local_day(day, ZoneInfo(known.business.time_zone))
    span = Interval(start, max(end, start + timedelta(microseconds=1)))
    return known, await database.read(bookings.between, span)


async def list_conflicts(database: Database) -> list[Conflict]:
    """What could not come in from elsewhere and is still to be settled."""
    return await database.read(imported.open_conflicts)


@retry_on_conflict
async def resolve_conflict(database: Database, conflict_id: int) -> None:
    """Raises NotFound."""
    if not await database.write(imported.resolve_conflict, conflict_id):
        raise NotFound(f"There is no open conflict {conflict_id}.")


async def list_letters(
    database: Database, *, everything: bool = False
) -> tuple[str, list[Delivery]]:
    """The zone of the business, and the newest letters that wait by now or could not be delivered;
    `everything`: also those that were sent or dropped, and reminders to come."""
    known = await export(database)
    now = database.clock.now()
    return known.business.time_zone, await database.read(
        deliveries.find, None if everything else now, MAX_LISTED_LETTERS
    )


async def retry_letters(database: Database, ids: Collection[int] | None) -> list[int]:
    """Have letters sent again that were refused or given up: these, or all. Returns which."""
    return await database.write(deliveries.retry, ids)


def _differences(before: Catalog | None, wanted: Catalog) -> Iterator[str]:
    if before is None or before.business != wanted.business:
        yield f"business: {'set up' if before is None else 'changed'}"
    yield from _compare("service", before.services if before else {}, wanted.services)
    yield from _compare("resource", before.resources if before else {}, wanted.resources)
    if (before.closures if before else ()) != wanted.closures:
        yield "closures of the business: changed"


def _compare(
    kind: str,
    before: Mapping[int, Service | Resource],
    wanted: Mapping[int, Service | Resource],
) -> Iterator[str]:
    for key in sorted(before.keys() | wanted.keys()):
        name = (wanted.get(key) or before[key]).name
        if key not in before:
            yield f"{kind} {key} {name}: added"
        elif key not in wanted:
            yield f"{kind} {key} {name}: retired"
        elif before[key] != wanted[key]:
            yield f"{kind} {key} {name}: changed"
