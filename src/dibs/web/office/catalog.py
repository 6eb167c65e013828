"""The catalog in the office: the tables of the catalog file as JSON, changed one part at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from dibs import catalog_file
from dibs.availability.wall import day_of
from dibs.desk.catalog_effects import find_unbookable
from dibs.desk.office.catalog import Change, Kind, version_of
from dibs.errors import CatalogInvalid, FieldError, Invalid
from dibs.letters.languages import catalogs
from dibs.web.field_types import AddressId, Id, Model
from dibs.web.office.answers import CatalogChangeOut, ConcernOut, NewTableOut
from dibs.web.office.catalog_answers import CatalogOut
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.desk.catalog_effects import Concern
    from dibs.desk.office.catalog import Outcome
    from dibs.desk.office.permissions import Principal
    from dibs.web.office.guard import Guard

MAX_AGREED = 10_000
MAX_CLOSURES = 10_000
MAX_CATEGORIES = 1_000
MAX_FILE_LENGTH = 1_000_000

Version = Annotated[str, Field(max_length=64)]
Agreed = Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=MAX_AGREED)]
KINDS: tuple[Kind, ...] = ("services", "resources")
DryRun = Annotated[bool, Query(description="Only say what would change, and change nothing.")]


class TomlFile(Response):
    media_type = "application/toml"


class AgreedIn(Model):
    """A change of the catalog. `version` is the version of the changed part that the user has seen.
    `agreed` are the references of bookings that the change concerns, and that stay."""

    version: Version
    agreed: Agreed = Field(default_factory=list)


class TableIn(AgreedIn):
    """A table of the catalog file: see the reference of the catalog. A key that is missing has its
    default."""

    table: dict[str, Any]


class NewTableIn(Model):
    """A table of the catalog file. Without an id it gets a new one."""

    table: dict[str, Any]


class ClosuresIn(AgreedIn):
    """All closures that there are from now on."""

    closures: Annotated[list[dict[str, Any]], Field(max_length=MAX_CLOSURES)]


class CategoriesIn(AgreedIn):
    """All categories that have translations from now on."""

    categories: Annotated[list[dict[str, Any]], Field(max_length=MAX_CATEGORIES)]


class OrderIn(Model):
    """The ids of all services, or of all resources, in the order in which customers see them."""

    ids: Annotated[list[Id], Field(max_length=10_000)]


class FileIn(AgreedIn):
    """A catalog file. `version` is the version of the whole catalog."""

    toml: Annotated[str, Field(max_length=MAX_FILE_LENGTH)]


def routes(desk: Desk, guard: Guard) -> APIRouter:
    api = APIRouter(prefix=PREFIX, tags=["office"], responses=DOCUMENTED)
    topic = _Catalog(desk, guard)
    api.get("/catalog")(topic.read)
    api.get("/catalog.toml", response_class=TomlFile)(topic.export)
    api.put("/catalog.toml")(topic.apply)
    api.put("/catalog/business")(topic.change_business)
    api.put("/catalog/closures")(topic.change_closures)
    api.put("/catalog/categories")(topic.change_categories)
    api.put("/catalog/order")(topic.order_services)
    api.put("/catalog/order/resources")(topic.order_resources)
    for kind in KINDS:
        tables = _Tables(desk, guard, kind)
        api.post(f"/catalog/{kind}", status_code=201)(tables.add)
        api.put(f"/catalog/{kind}/{{key}}")(tables.change)
        api.post(f"/catalog/{kind}/{{key}}/retire")(tables.retire)
    return api


class _Catalog:
    def __init__(self, desk: Desk, guard: Guard) -> None:
        self._catalog = desk.office.catalog
        self._clock = desk.context.clock
        self._guard = guard

    async def read(self, request: Request) -> CatalogOut:
        """Return the catalog with the keys of the catalog file. Each part has a version, which a
        change of this part has to name."""
        await self._guard.require(request, "catalog:read")
        catalog = await self._catalog.read()
        tables = catalog_file.as_tables(catalog)
        today = day_of(self._clock.now(), ZoneInfo(catalog.business.time_zone))
        return {
            "version": version_of(tables),
            "business": _part(tables["business"]),
            "services": [_part(each) for each in tables["services"]],
            "resources": [_part(each) for each in tables["resources"]],
            "categories": _part(tables["categories"]),
            "closures": _part(tables["closures"]),
            "warnings": list(find_unbookable(catalog, today)),
            "languages": sorted(catalogs()),
        }

    async def export(self, request: Request) -> TomlFile:
        """Return the catalog as a file that `dibs catalog apply` takes."""
        await self._guard.require(request, "catalog:read")
        text = catalog_file.dump(await self._catalog.read())
        named = {"Content-Disposition": 'attachment; filename="catalog.toml"'}
        return TomlFile(text, headers=named)

    async def apply(
        self, request: Request, wanted: FileIn, dry_run: DryRun = False
    ) -> CatalogChangeOut:
        """Replace the catalog with a file, as `dibs catalog apply` does."""
        principal = await self._guard.require(request, "catalog:write")
        try:
            catalog = catalog_file.parse(wanted.toml)
        except CatalogInvalid as error:
            lines = error.errors
            raise Invalid(*(FieldError("toml", "malformed", said=each) for each in lines)) from None
        change = _change_of(principal, wanted, dry_run)
        return _show(principal, await self._catalog.replace(change, catalog))

    async def change_business(
        self, request: Request, wanted: TableIn, dry_run: DryRun = False
    ) -> CatalogChangeOut:
        """Change the business."""
        principal = await self._guard.require(request, "catalog:write")
        change = _change_of(principal, wanted, dry_run)
        outcome = await self._catalog.change_business(change, wanted.table)
        return _show(principal, outcome)

    async def change_closures(
        self, request: Request, wanted: ClosuresIn, dry_run: DryRun = False
    ) -> CatalogChangeOut:
        """Change the closures: those of the business, and those of single resources."""
        principal = await self._guard.require(request, "catalog:write")
        change = _change_of(principal, wanted, dry_run)
        outcome = await self._catalog.change_closures(change, wanted.closures)
        return _show(principal, outcome)

    async def change_categories(
        self, request: Request, wanted: CategoriesIn, dry_run: DryRun = False
    ) -> CatalogChangeOut:
        """Change the names of categories in other languages."""
        principal = await self._guard.require(request, "catalog:write")
        change = _change_of(principal, wanted, dry_run)
        outcome = await self._catalog.change_categories(change, wanted.categories)
        return _show(principal, outcome)

    async def order_services(self, request: Request, wanted: OrderIn) -> CatalogChangeOut:
        """Change the order in which customers see the services."""
        principal = await self._guard.require(request, "catalog:write")
        outcome = await self._catalog.order(Change(principal.author), "services", wanted.ids)
        return _show(principal, outcome)

    async def order_resources(self, request: Request, wanted: OrderIn) -> CatalogChangeOut:
        """Change the order in which customers see the people, rooms and equipment."""
        principal = await self._guard.require(request, "catalog:write")
        change = Change(principal.author)
        return _show(principal, await self._catalog.order(change, "resources", wanted.ids))


class _Tables:
    """Changes services, or resources."""

    def __init__(self, desk: Desk, guard: Guard, kind: Kind) -> None:
        self._catalog = desk.office.catalog
        self._guard = guard
        self._kind = kind

    async def add(
        self, request: Request, wanted: NewTableIn, dry_run: DryRun = False
    ) -> NewTableOut:
        """Add a service or a resource."""
        principal = await self._guard.require(request, "catalog:write")
        change = Change(principal.author, dry_run=dry_run)
        key, outcome = await self._catalog.add(change, self._kind, wanted.table)
        return {"id": key, **_show(principal, outcome)}

    async def change(
        self,
        request: Request,
        key: AddressId,
        wanted: TableIn,
        dry_run: DryRun = False,
    ) -> CatalogChangeOut:
        """Change a service or a resource."""
        principal = await self._guard.require(request, "catalog:write")
        change = _change_of(principal, wanted, dry_run)
        return _show(
            principal, await self._catalog.change_one(change, self._kind, key, wanted.table)
        )

    async def retire(
        self,
        request: Request,
        key: AddressId,
        wanted: AgreedIn,
        dry_run: DryRun = False,
    ) -> CatalogChangeOut:
        """Retire a service or a resource: it is no longer offered. Its bookings stay."""
        principal = await self._guard.require(request, "catalog:write")
        change = _change_of(principal, wanted, dry_run)
        return _show(principal, await self._catalog.retire(change, self._kind, key))


def _change_of(principal: Principal, wanted: AgreedIn, dry_run: bool) -> Change:
    return Change(principal.author, wanted.version, frozenset(wanted.agreed), dry_run)


def _show(principal: Principal, outcome: Outcome) -> CatalogChangeOut:
    """Return what a change does. The names of customers are left out if the principal may not read
    bookings."""
    difference = outcome.difference
    names_customers = "bookings:read" in principal.scopes
    return {
        "is_applied": difference.is_applied,
        "changes": list(difference.lines),
        "warnings": list(difference.unbookable),
        "concerned": [
            _show_concern(each, names_customers=names_customers) for each in difference.concerned
        ],
        "kept": list(difference.kept),
    }


def _part(table: Any) -> Any:
    return {"table": table, "version": version_of(table)}


def _show_concern(concern: Concern, *, names_customers: bool) -> ConcernOut:
    return {
        "reference": concern.reference,
        "starts_at": rfc3339(concern.starts_at),
        "time_zone": concern.time_zone,
        "service": concern.service,
        "resource": concern.resource,
        "customer": concern.customer if names_customers else None,
        "reasons": list(concern.reasons),
    }
