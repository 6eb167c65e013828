"""Serves the pictures of the business, its services and its people to everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import TypedDict

from dibs.pictures import media_type_of
from dibs.web.compressed import FOREVER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from dibs.desk import Desk

#: The name of a picture is made from its content, so a picture never changes. Pages of other sites
#: may show it, because they may have the booking page embedded.
HEADERS = {
    "Cache-Control": FOREVER,
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


class PictureOut(TypedDict):
    """A picture, as the API shows it. The one at `small_url` is for lists."""

    name: str
    url: str
    small_url: str


def routes(desk: Desk) -> list[BaseRoute]:
    return [
        Route("/pictures/small/{name}", _answer(desk, is_small=True), include_in_schema=False),
        Route("/pictures/{name}", _answer(desk, is_small=False), include_in_schema=False),
    ]


def _answer(desk: Desk, *, is_small: bool) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        name = request.path_params["name"]
        content = await desk.pictures.content(name, is_small=is_small)
        return Response(content, media_type=media_type_of(name), headers=HEADERS)

    return answer


def show_picture(name: str | None, public_url: str) -> PictureOut | None:
    return show_stored_picture(name, public_url) if name is not None else None


def show_stored_picture(name: str, public_url: str) -> PictureOut:
    return {
        "name": name,
        "url": f"{public_url}/pictures/{name}",
        "small_url": f"{public_url}/pictures/small/{name}",
    }
