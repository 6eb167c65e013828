"""Serves Dibs under a path of a site, if DIBS_PUBLIC_URL has one: https://studio.example/book.

A proxy may remove this path from requests, or leave it. The other code of Dibs never sees the path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dibs.web.asgi import send_whole

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

#: The key of the base path in the scope of a request. It is only there if the request's URL had the
#: path.
BASE_PATH = "dibs.base_path"


def base_path_of(public_url: str) -> str:
    """Return the path of a public URL without a slash at its end, or "" for the root of a site."""
    return urlsplit(public_url).path.rstrip("/")


class BasePath:
    """Removes the base path from each request."""

    def __init__(self, app: ASGIApp, base_path: str) -> None:
        self._app = app
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._base_path:
            path: str = scope["path"]
            if path == self._base_path:
                await self._redirect(scope, send)
                return
            if path.startswith(self._base_path + "/"):
                scope = {
                    **scope,
                    "path": path.removeprefix(self._base_path),
                    "raw_path": scope["raw_path"].removeprefix(self._base_path.encode()),
                    BASE_PATH: self._base_path,
                }
        await self._app(scope, receive, send)

    async def _redirect(self, scope: Scope, send: Send) -> None:
        """Redirect to the booking page, whose URL ends with a slash."""
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        location = (b"location", self._base_path.encode() + b"/" + query)
        await send_whole(send, 308, [location, (b"content-length", b"0")], b"")
