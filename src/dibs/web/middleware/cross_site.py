"""Keeps pages of other sites from claiming or changing something in the name of their visitors.

A browser sends any request that a page asks for, from its visitor's address and with their cookies.
Its header Sec-Fetch-Site says whether a page of another site asked for the request. Other clients
don't send this header, and their requests are let through.
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
    """Refuses requests of other sites that change something, and marks those that only read.

    The mark `MAY_ONLY_LOOK` is needed because a poll can also claim a time. `allowed` are the
    origins of sites whose pages may read, claim and change.
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
