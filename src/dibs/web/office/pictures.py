"""Uploading pictures: of services, of people, of the business."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import ClientDisconnect, Request

from dibs.errors import FieldError
from dibs.pictures import MAX_FILE
from dibs.web.errors import NoRequest, TooLarge, TooSlow
from dibs.web.office.catalog_answers import StoredPictureOut
from dibs.web.office.session import PREFIX
from dibs.web.pictures import show_stored_picture
from dibs.web.problems import DOCUMENTED

if TYPE_CHECKING:
    from dibs.desk import Desk
    from dibs.web.office.guard import Guard

#: How many pictures can arrive at the same time. Others wait.
MAX_ARRIVING = 3
#: Seconds in which a picture has to arrive.
MAX_TIME = 120
PICTURE = {"schema": {"type": "string", "format": "binary"}}
BODY = {
    "requestBody": {
        "required": True,
        "content": {f"image/{kind}": PICTURE for kind in ("jpeg", "png", "webp", "gif")},
    }
}


def routes(desk: Desk, guard: Guard, public_url: str) -> APIRouter:
    api = APIRouter(prefix=PREFIX, tags=["office"], responses=DOCUMENTED)
    arriving = asyncio.Semaphore(MAX_ARRIVING)

    @api.post("/pictures", status_code=201, openapi_extra=BODY)
    async def add_picture(request: Request) -> StoredPictureOut:
        """Store a picture. The body is the file (JPEG, PNG, WebP or GIF, at most 12 MB). The
        business, a service or a resource names it by its `name`. A picture that nothing names is
        removed a day later."""
        await guard.require(request, "catalog:write")
        async with arriving:
            file = await _read(request)
        picture = await desk.pictures.add(file)
        shown = show_stored_picture(picture.name, public_url)
        return {**shown, "width": picture.width, "height": picture.height}

    return api


async def _read(request: Request) -> bytes:
    """Read the body. Raises TooLarge, TooSlow, and NoRequest if its sender has gone."""
    body = bytearray()
    try:
        async with asyncio.timeout(MAX_TIME):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_FILE:
                    raise TooLarge(FieldError("body", "too_large", limit=MAX_FILE))
    except TimeoutError:
        raise TooSlow from None
    except ClientDisconnect:
        raise NoRequest from None
    return bytes(body)
