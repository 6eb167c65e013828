"""Dibs under a path of a site, as DIBS_PUBLIC_URL names it: https://studio.example/book.

A proxy may strip the path from what it passes on, or leave it there: inside it is never seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dibs.web.asgi import send_whole

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

#: Set in the scope of a request whose address had the path: what the visitor's browser asked for.
BASE_PATH = "dibs.base_path"


def base_path_of(public_url: str) -> str:
    """Without a slash at its end: "" for a site's root."""
    return urlsplit(public_url).path.rstrip("/")


class BasePath:
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
        """To the page, whose address has a slash at its end."""
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        location = (b"location", self._base_path.encode() + b"/" + query)
        await send_whole(send, 308, [location, (b"content-length", b"0")], b"")
