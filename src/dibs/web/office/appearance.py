"""The appearance that somebody is about to choose: what becomes of it, before anything is saved."""

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
#: The checks are those of a whole catalog, which needs these.
NAMED = {"name": "Nobody", "time_zone": "UTC"}


def routes(guard: Guard, public_url: str) -> APIRouter:
    api = APIRouter(prefix=PREFIX, tags=["office"], responses=DOCUMENTED)

    @api.get("/appearance")
    async def show(request: Request, accent: Word, radius: int, font: Word) -> AppearanceOut:
        """What becomes of an appearance, by the checks and in the words of the catalog file. Each
        adjustment says where a colour had to be another one so that everybody can read the page."""
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
