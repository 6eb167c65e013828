"""Pages of other sites can't claim or change anything for whoever visits them.

A browser sends what any page asks it to, from its visitor's address and with their cookies, and
says in Sec-Fetch-Site where it was asked. Who is no browser says nothing, and is let through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.web.asgi import MAY_ONLY_LOOK, header
from dibs.web.errors import CrossSite

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Receive, Scope, Send

    from dibs.web.error_responses import ErrorResponses

SAFE = ("GET", "HEAD", "OPTIONS")


class CrossSiteRequests:
    """Refuses those that change something, and marks those that look: some looks can also claim.

    `allowed` are the origins of other sites whose pages may do both.
    """

    def __init__(
        self, app: ASGIApp, allowed: Collection[str], error_responses: ErrorResponses
    ) -> None:
        self._app = app
        self._allowed = {origin.encode() for origin in allowed}
        self._error_responses = error_responses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != "http"
            or header(scope, b"sec-fetch-site") != b"cross-site"
            or header(scope, b"origin") in self._allowed
        ):
            await self._app(scope, receive, send)
        elif scope["method"] in SAFE:
            await self._app({**scope, MAY_ONLY_LOOK: True}, receive, send)
        else:
            await self._error_responses(scope, CrossSite())(scope, receive, send)
