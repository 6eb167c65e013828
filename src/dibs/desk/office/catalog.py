"""The catalog as the office reads and changes it: one part at a time, checked like the catalog
file.

A part is, for example, the business, one service, one resource, or all closures. Whoever changes a
part says which version of it they have seen, so that they don't undo somebody else's change.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import orjson

from dibs import catalog_file
from dibs.desk import administration
from dibs.desk.office.errors import BookingsConcerned, ChangedMeanwhile
from dibs.errors import FieldError, Invalid, NotFound
from dibs.ledger.catalog import keep_office_closures

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from dibs.desk.administration import Difference
    from dibs.desk.context import DeskContext
    from dibs.ledger.catalog import Catalog, TimeOff
    from dibs.ledger.journal import Author

    Table = dict[str, Any]
    Tables = dict[str, Any]
    #: Changes tables, and returns the path of the part that it has changed. Paths of faults begin
    #: with it.
    Edit = Callable[[Tables, Catalog], str]

#: The lists of tables that have ids.
Kind = Literal["services", "resources"]
ID_LIMIT = 2**31


def version_of(part: object) -> str:
    """Return the version of a part: a hash of its content."""
    text = orjson.dumps(part, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2s(text, digest_size=12).hexdigest()


@dataclass(frozen=True)
class Change:
    """Who changes the catalog. `version` is that of the part that they have seen. `agreed` are the
    references of the concerned bookings that they know of. A dry run changes nothing."""

    author: Author
    version: str = ""
    agreed: Collection[str] = ()
    dry_run: bool = False

    def check_version(self, part: object) -> None:
        """Raise ChangedMeanwhile if the part has another version than the one that was seen."""
        if version_of(part) != self.version:
            raise ChangedMeanwhile


@dataclass(frozen=True)
class Outcome:
    """What a change does, and the catalog with this change."""

    difference: Difference
    catalog: Catalog


class OfficeCatalog:
    """Each change raises Invalid, NotFound (no such thing), ChangedMeanwhile, BookingsConcerned."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def read(self) -> Catalog:
        """Return the catalog. Raises NotFound while there is none."""
        return await self._context.ledger.catalog()

    async def change_business(self, change: Change, table: Table) -> Outcome:
        def edit(tables: Tables, _: Catalog) -> str:
            change.check_version(tables["business"])
            tables["business"] = table
            return "business"

        return await self._change(change, edit)

    async def change_closures(self, change: Change, closures: Sequence[Table]) -> Outcome:
        def edit(tables: Tables, _: Catalog) -> str:
            change.check_version(tables["closures"])
            tables["closures"] = list(closures)
            return "closures"

        return await self._change(change, edit)

    async def change_categories(self, change: Change, categories: Sequence[Table]) -> Outcome:
        """Change the names of categories in other languages."""

        def edit(tables: Tables, _: Catalog) -> str:
            change.check_version(tables["categories"])
            tables["categories"] = list(categories)
            return "categories"

        return await self._change(change, edit)

    async def order(self, change: Change, kind: Kind, ids: Sequence[int]) -> Outcome:
        """Change the order of services, or of resources. `ids` must have all of their ids."""

        def edit(tables: Tables, _: Catalog) -> str:
            known = {table["id"]: table for table in tables[kind]}
            if sorted(ids) != sorted(known):
                raise ChangedMeanwhile
            tables[kind] = [known[each] for each in ids]
            return kind

        return await self._change(change, edit)

    async def add(self, change: Change, kind: Kind, table: Table) -> tuple[int, Outcome]:
        """Add a service or a resource, and return its id. It is a new id unless the table has
        one."""
        made: list[int] = []

        def edit(tables: Tables, catalog: Catalog) -> str:
            key = table.get("id")
            made[:] = [_free_id(kind, catalog) if key is None else key]
            tables[kind] = [*tables[kind], {**table, "id": made[0]}]
            return f"{kind}.{len(tables[kind]) - 1}"

        outcome = await self._change(change, edit)
        return made[0], outcome

    async def change_one(self, change: Change, kind: Kind, key: int, table: Table) -> Outcome:
        def edit(tables: Tables, _: Catalog) -> str:
            index = _index_of(tables[kind], key)
            change.check_version(tables[kind][index])
            if table.get("id", key) != key:
                raise Invalid(FieldError("id", "malformed", said="it must not change"))
            former = tables[kind][index].get("category")
            tables[kind][index] = {**table, "id": key}
            _rename_category(tables, former, table.get("category"))
            _forget_categories(tables)
            return f"{kind}.{index}"

        return await self._change(change, edit)

    async def retire(self, change: Change, kind: Kind, key: int) -> Outcome:
        """Retire a service or a resource, which is no longer offered. Its bookings stay."""

        def edit(tables: Tables, _: Catalog) -> str:
            change.check_version(tables[kind].pop(_index_of(tables[kind], key)))
            if kind == "resources":
                _forget_resource(tables, key)
            _forget_categories(tables)
            return kind

        return await self._change(change, edit)

    async def replace(self, change: Change, wanted: Catalog) -> Outcome:
        """Make this the catalog, as `dibs catalog apply` does."""

        def edit(before: Catalog) -> Catalog:
            change.check_version(catalog_file.as_tables(before))
            return keep_office_closures(wanted, before)

        return await self._apply(change, edit)

    async def _change(self, change: Change, edit: Edit) -> Outcome:
        part = ""

        def run(before: Catalog) -> Catalog:
            nonlocal part
            tables = catalog_file.as_tables(before)
            part = edit(tables, before)
            return _keep_makers(catalog_file.read_tables(tables), before)

        try:
            return await self._apply(change, run)
        except Invalid as error:
            raise Invalid(*(_shorten_path(part, each) for each in error.errors)) from None

    async def _apply(self, change: Change, edit: Callable[[Catalog], Catalog]) -> Outcome:
        changed = await administration.change(
            self._context.ledger.database,
            edit,
            change.author,
            agreed=change.agreed,
            dry_run=change.dry_run,
        )
        difference = changed.difference
        if difference.is_applied:
            await self._show(changed.wanted)
        elif difference.lines and not change.dry_run:
            raise BookingsConcerned([each.reference for each in difference.concerned])
        return Outcome(difference, changed.wanted)

    async def _show(self, catalog: Catalog) -> None:
        """Show the change on our own boards; other processes find it within a second."""
        await self._context.ledger.catalog()
        hub = self._context.hub
        await hub.refresh_all(
            board.key
            for board in hub.published_boards()
            if board.key.resource_id in catalog.resources
        )


def _index_of(tables: Sequence[Table], key: int) -> int:
    """Return the position of the table with this id. Raises NotFound."""
    for index, table in enumerate(tables):
        if table["id"] == key:
            return index
    raise NotFound


def _forget_resource(tables: Tables, key: int) -> None:
    for service in tables["services"]:
        service["resources"] = [each for each in service["resources"] if each != key]
    tables["closures"] = [each for each in tables["closures"] if each["resource"] != key]


def _rename_category(tables: Tables, former: object, name: object) -> None:
    """Let a category keep its translations when its only service gives it another name. If the new
    name has translations already, those are used."""
    used = [service.get("category") for service in tables["services"]]
    known = [each["name"] for each in tables["categories"]]
    if former in used or used.count(name) != 1 or name in known:
        return
    for each in tables["categories"]:
        if each["name"] == former:
            each["name"] = name


def _forget_categories(tables: Tables) -> None:
    """Remove the translations of categories that no service is in any more."""
    used = [service.get("category") for service in tables["services"]]
    tables["categories"] = [each for each in tables["categories"] if each["name"] in used]


def _free_id(kind: Kind, catalog: Catalog) -> int:
    """Return an id that was never used: the next one, or a free one if the largest possible id is
    in use."""
    used = (
        catalog.services.keys() | catalog.retired_services.keys()
        if kind == "services"
        else catalog.resources.keys() | catalog.retired_resources.keys()
    )
    following = max(used, default=0) + 1
    return following if following < ID_LIMIT else min(set(range(1, len(used) + 2)) - used)


def _shorten_path(part: str, fault: FieldError) -> FieldError:
    """Return the fault with its path within the part that was changed, like `hours.mon`."""
    return replace(fault, field=fault.field.removeprefix(f"{part}."))


def _keep_makers(wanted: Catalog, before: Catalog) -> Catalog:
    """Mark new closures as made by the office. Tables don't say who has made a closure."""
    return replace(
        wanted,
        closures=_mark_new(wanted.closures, before.closures),
        resources={
            resource.id: replace(
                resource,
                closures=_mark_new(
                    resource.closures,
                    before.resources[resource.id].closures
                    if resource.id in before.resources
                    else (),
                ),
            )
            for resource in wanted.resources.values()
        },
    )


def _mark_new(wanted: tuple[TimeOff, ...], before: tuple[TimeOff, ...]) -> tuple[TimeOff, ...]:
    known = {replace(each, is_from_office=False): each for each in before}
    return tuple(sorted(known.get(each, replace(each, is_from_office=True)) for each in wanted))
