"""What the owner does from the command line: the catalog, bookings, conflicts and letters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dibs.availability.intervals import Interval
from dibs.availability.wall import day_of, local_day
from dibs.desk.catalog_audit import record_catalog_change
from dibs.desk.catalog_effects import find_concerned, find_unbookable
from dibs.desk.office.errors import HasBusiness
from dibs.errors import NotFound
from dibs.ledger import bookings, catalog_rows, deliveries, imported, pictures
from dibs.ledger.catalog import keep_office_closures
from dibs.ledger.database import retry_on_conflict
from dibs.ledger.journal import Author, record_change

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import date

    from dibs.desk.catalog_effects import Concern
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog, Resource, Service, TimeOff
    from dibs.ledger.database import Database, Transaction
    from dibs.ledger.deliveries import Delivery
    from dibs.ledger.imported import Conflict
    from dibs.letter_words import LetterWords, WordsKey
    from dibs.pictures import Picture

MAX_LISTED_LETTERS = 1_000
AT_COMMAND_LINE = Author("owner")


@dataclass(frozen=True)
class Difference:
    """What applying a catalog does.

    `lines` has a line for each change, and is empty if nothing changes. `unbookable` has a line for
    each service that can never be booked. `concerned` are the bookings that are concerned. `kept`
    has a line for each closure of the office that stays though the file doesn't name it.
    """

    lines: tuple[str, ...]
    unbookable: tuple[str, ...] = ()
    concerned: tuple[Concern, ...] = ()
    is_applied: bool = False
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class CatalogChange:
    """What a change of the catalog does, and the catalog with this change."""

    difference: Difference
    wanted: Catalog


@retry_on_conflict
async def apply(
    database: Database,
    wanted: Catalog,
    *,
    dry_run: bool = False,
    agreed: Collection[Concern] | None = None,
    author: Author = AT_COMMAND_LINE,
    new_pictures: Collection[Picture] = (),
) -> Difference:
    """Make this the catalog. What is no longer in it is retired. Bookings stay, and so do the
    closures that the office has made.

    Nothing is changed if a booking is concerned in a way that isn't `agreed`; None agrees to all.
    `new_pictures` are stored with the catalog. Raises Invalid if the catalog names a picture that
    isn't stored.
    """

    def find_wanted(before: Catalog | None) -> Catalog:
        return wanted if before is None else keep_office_closures(wanted, before)

    def is_agreed(concerned: Collection[Concern]) -> bool:
        return agreed is None or set(concerned) <= set(agreed)

    made = await database.write(
        _apply, find_wanted, is_agreed, author, dry_run=dry_run, new_pictures=new_pictures
    )
    return replace(made.difference, kept=tuple(_find_kept(wanted, made.wanted)))


@retry_on_conflict
async def change(
    database: Database,
    edit: Callable[[Catalog], Catalog],
    author: Author,
    *,
    agreed: Collection[str] = (),
    dry_run: bool = False,
) -> CatalogChange:
    """Change the catalog from what it is to what `edit` makes of it.

    Nothing is changed if a booking is concerned whose reference isn't `agreed`. Raises NotFound
    (there is no catalog), and what `edit` raises.
    """

    def find_wanted(before: Catalog | None) -> Catalog:
        if before is None:
            raise NotFound("No business has been set up yet.")
        return edit(before)

    def is_agreed(concerned: Collection[Concern]) -> bool:
        return {each.reference for each in concerned} <= set(agreed)

    return await database.write(_apply, find_wanted, is_agreed, author, dry_run=dry_run)


def _apply(
    tx: Transaction,
    find_wanted: Callable[[Catalog | None], Catalog],
    is_agreed: Callable[[Collection[Concern]], bool],
    author: Author,
    *,
    dry_run: bool,
    new_pictures: Collection[Picture] = (),
) -> CatalogChange:
    tx.lock_catalog()
    before = catalog_rows.read(tx.connection)
    wanted = find_wanted(before)
    pictures.check_stored(tx.connection, wanted, [each.name for each in new_pictures])
    lines = tuple(_differences(before, wanted))
    concerned: tuple[Concern, ...] = ()
    if lines and before is not None:
        upcoming = bookings.find_upcoming(tx.connection, tx.now)
        concerned = tuple(find_concerned(before, wanted, upcoming, tx.now))
    is_applied = bool(lines) and is_agreed(concerned) and not dry_run
    if is_applied:
        for picture in new_pictures:
            pictures.store(tx, picture)
        catalog_rows.replace(tx, wanted)
        if before is not None:
            record_catalog_change(tx, author, before, wanted)
    today = day_of(tx.now, ZoneInfo(wanted.business.time_zone))
    unbookable = tuple(find_unbookable(wanted, today))
    return CatalogChange(Difference(lines, unbookable, concerned, is_applied), wanted)


def _find_kept(named: Catalog, wanted: Catalog) -> Iterator[str]:
    """Give a line for each closure of the office that a file doesn't name."""
    for closure in wanted.closures:
        if closure.is_from_office and replace(closure, is_from_office=False) not in named.closures:
            yield f"closure of the business {_describe_closure(closure)}"
    for resource in wanted.resources.values():
        its_own = named.resources[resource.id].closures
        for closure in resource.closures:
            if closure.is_from_office and replace(closure, is_from_office=False) not in its_own:
                yield f"closure of {resource.name} {_describe_closure(closure)}"


def _describe_closure(closure: TimeOff) -> str:
    reason = f" ({closure.reason})" if closure.reason else ""
    return f"from {closure.starts:%Y-%m-%d %H:%M} to {closure.ends:%Y-%m-%d %H:%M}{reason}"


@retry_on_conflict
async def set_up(database: Database, wanted: Catalog, author: Author) -> None:
    """Make this the first catalog. Raises HasBusiness if there is one already."""

    def write(tx: Transaction) -> None:
        tx.lock_catalog()
        if catalog_rows.read(tx.connection) is not None:
            raise HasBusiness
        pictures.check_stored(tx.connection, wanted)
        catalog_rows.replace(tx, wanted)
        record_change(tx, author, "business.set_up", {"name": wanted.business.name})

    await database.write(write)


async def is_empty(database: Database) -> bool:
    return await database.read(catalog_rows.read) is None


async def export(database: Database) -> Catalog:
    """Return the catalog. Raises NotFound while there is none."""
    found = await database.read(catalog_rows.read)
    if found is None:
        raise NotFound("No business has been set up yet: see dibs catalog apply.")
    return found


async def export_pictures(database: Database, catalog: Catalog) -> Mapping[str, bytes]:
    """Return the pictures that a catalog names, by their names."""
    return await database.read(pictures.read_named, catalog)


async def list_bookings(database: Database, day: date | None) -> tuple[Catalog, list[Booking]]:
    """Return the catalog, and the bookings of a day of the business. Without a day, these are the
    live bookings that are not over."""
    known = await export(database)
    if day is None:
        return known, await database.read(bookings.find_upcoming, database.clock.now())
    start, end = local_day(day, ZoneInfo(known.business.time_zone))
    span = Interval(start, max(end, start + timedelta(microseconds=1)))
    return known, await database.read(bookings.find_between, span)


async def list_conflicts(database: Database) -> list[Conflict]:
    """Return the import conflicts that are still to be settled."""
    return await database.read(imported.open_conflicts)


@retry_on_conflict
async def resolve_conflict(database: Database, conflict_id: int) -> None:
    """Mark an import conflict as settled. Raises NotFound if there is no such open conflict."""
    if not await database.write(imported.resolve_conflict, conflict_id):
        raise NotFound(f"There is no open conflict {conflict_id}.")


async def list_letters(
    database: Database, *, everything: bool = False
) -> tuple[str, list[Delivery]]:
    """Return the time zone of the business, and its newest letters: those that wait now, and those
    that could not be delivered. With `everything`, also those that were sent or dropped, and
    reminders for later."""
    known = await export(database)
    now = database.clock.now()
    return known.business.time_zone, await database.read(
        deliveries.find, None if everything else now, MAX_LISTED_LETTERS
    )


async def retry_letters(database: Database, ids: Collection[int] | None) -> list[int]:
    """Have letters sent again that were refused or given up. These are the letters with these ids,
    or all of them if `ids` is None. Returns their ids."""
    return await database.write(deliveries.retry, ids)


def _differences(before: Catalog | None, wanted: Catalog) -> Iterator[str]:
    if before is None or before.business != wanted.business:
        yield f"business: {'set up' if before is None else 'changed'}"
    yield from _compare("service", before.services if before else {}, wanted.services)
    yield from _compare("resource", before.resources if before else {}, wanted.resources)
    if (before.closures if before else ()) != wanted.closures:
        yield "closures of the business: changed"
    if (before.categories if before else {}) != wanted.categories:
        yield "translations of the categories: changed"
    yield from _compare_words(before.letter_words if before else {}, wanted.letter_words)
    if before and not before.has_same_services(wanted):
        known = [each for each in before.services if each in wanted.services]
        if known != [each for each in wanted.services if each in before.services]:
            yield "order of the services: changed"
    if before and not before.has_same_order_of_resources(wanted):
        known = [each for each in before.resources if each in wanted.resources]
        if known != [each for each in wanted.resources if each in before.resources]:
            yield "order of the resources: changed"


def _compare_words(
    before: Mapping[WordsKey, LetterWords], wanted: Mapping[WordsKey, LetterWords]
) -> Iterator[str]:
    for key in sorted(before.keys() | wanted.keys()):
        if before.get(key) != wanted.get(key):
            what = "changed" if key in wanted else "the standard ones again"
            yield f"words of the letter {key[0]} in {key[1]}: {what}"


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
