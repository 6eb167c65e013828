"""The setup of a new Dibs: the business, the first resources and the first services, as tables of
the catalog file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from dibs import catalog_file
from dibs.availability.wall import day_of
from dibs.desk import administration
from dibs.desk.catalog_effects import find_unbookable
from dibs.letters.languages import catalogs
from dibs.web.field_types import Model
from dibs.web.office.answers import AddressOut, SetupOut, WarningsOut
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.web.office.guard import Guard


class CatalogIn(Model):
    """Tables of a catalog file as JSON: see the reference of the catalog. Resources and services
    may be missing while the business is checked."""

    business: dict[str, Any]
    resources: list[dict[str, Any]] = Field(default_factory=list)
    services: list[dict[str, Any]] = Field(default_factory=list)


def routes(desk: Desk, guard: Guard, public_url: str) -> APIRouter:
    api = APIRouter(prefix=f"{PREFIX}/setup", tags=["office"], responses=DOCUMENTED)
    database = desk.context.ledger.database

    @api.get("")
    async def read(request: Request) -> SetupOut:
        """Return the address at which customers book, and the languages of letters."""
        await guard.require(request, "catalog:write")
        return {"address": f"{public_url}/", "languages": sorted(catalogs())}

    @api.post("/check")
    async def check(request: Request, wanted: CatalogIn) -> WarningsOut:
        """Check tables without changing anything. Faults and warnings have the same words as those
        of `dibs catalog apply`."""
        await guard.require(request, "catalog:write")
        catalog = catalog_file.read_tables(wanted.model_dump())
        today = day_of(desk.context.clock.now(), ZoneInfo(catalog.business.time_zone))
        return {"warnings": list(find_unbookable(catalog, today))}

    @api.post("", status_code=201)
    async def finish(request: Request, wanted: CatalogIn) -> AddressOut:
        """Make the first catalog. This is refused if there is a catalog already."""
        principal = await guard.require(request, "catalog:write")
        catalog = catalog_file.read_tables(wanted.model_dump())
        await administration.set_up(database, catalog, principal.author)
        # This process reads the new catalog now, and has it in memory from then on.
        await desk.context.ledger.catalog()
        return {"address": f"{public_url}/"}

    return api
