"""Serves the picture that is shown beside a shared link of a business without pictures.

The picture shows the name of the business. Its address has a digest of its content, so caches may
keep it for ever. Only names of the business itself are drawn, so nobody can make this server draw
another text.
"""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from dibs.errors import NotFound
from dibs.preview_picture import MEDIA_TYPE, draw_preview
from dibs.web.pictures import HEADERS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from dibs.desk import Desk
    from dibs.ledger.catalog import Business

#: This number has to change when the same name and colour are drawn in another way.
VERSION = 1
DIGITS = 32


def routes(desk: Desk) -> list[BaseRoute]:
    async def preview(request: Request) -> Response:
        business = (await desk.context.ledger.known_catalog()).business
        translated = (texts.get("name") for texts in business.translations.values())
        for name in {business.name, *filter(None, translated)}:
            if _digest(name, business) == request.path_params["digest"]:
                content = await asyncio.to_thread(draw_preview, name, business.appearance.accent)
                return Response(content, media_type=MEDIA_TYPE, headers=HEADERS)
        raise NotFound

    return [Route("/pictures/preview/{digest}.png", preview, include_in_schema=False)]


def preview_address(business: Business) -> str:
    """Return the address of the picture, below the base path. The picture shows the name of this
    business, which is in the language of the page already."""
    return f"/pictures/preview/{_digest(business.name, business)}.png"


def _digest(name: str, business: Business) -> str:
    said = f"{VERSION} {business.appearance.accent} {name}"
    return sha256(said.encode()).hexdigest()[:DIGITS]
