"""Shows what a new appearance would look like, before anything is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request

from dibs import catalog_file
from dibs.errors import Invalid
from dibs.palette import adjustments
from dibs.web.appearance import show_appearance
from dibs.web.office.catalog_answers import AppearanceOut
from dibs.web.office.session import PREFIX
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from dibs.web.office.guard import Guard

Word = Annotated[str, Query(max_length=20)]
#: A whole catalog is checked, and a business in it must have these fields.
NAMED = {"name": "Nobody", "time_zone": "UTC"}


def routes(guard: Guard, public_url: str) -> APIRouter:
    api = APIRouter(prefix=PREFIX, tags=["office"], responses=DOCUMENTED)

    @api.get("/appearance")
    async def show(request: Request, accent: Word, radius: int, font: Word) -> AppearanceOut:
        """Return what an appearance looks like. The checks are those of the catalog file. Each
        adjustment says where a colour was changed so that everybody can read the page."""
        await guard.require(request, "catalog:read")
        table = {**NAMED, "accent": accent, "radius": radius, "font": font}
        try:
            catalog = catalog_file.read_tables({"business": table})
        except Invalid as error:
            faults = (
                replace(each, field=each.field.removeprefix("business.")) for each in error.errors
            )
            raise Invalid(*faults) from None
        appearance = catalog.business.appearance
        return {
            **show_appearance(appearance, public_url),
            "adjustments": list(adjustments(appearance.accent)),
        }

    return api
