"""Lets pages of other sites read the answers of Dibs, if `DIBS_ALLOWED_ORIGINS` names the site.

Browsers may not send cookies with such requests. A visitor's secret and a session are sent as
`Authorization` instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.web.asgi import send_whole

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALLOWED = [
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"Authorization, Content-Type, Idempotency-Key, Dibs-Visitor, If-None-Match,"
        b" Last-Event-ID, X-WP-Nonce, X-Idempotency-Key",
    ),
    (b"access-control-max-age", b"600"),
]
#: All answers have this header, because the headers of an answer depend on the origin that asks.
VARY = (b"vary", b"Origin")
EXPOSED = (b"access-control-expose-headers", b"Date, ETag, Retry-After")
#: With this header a browser asks whether a page of the internet may reach a server in a private
#: network.
WANTS_PRIVATE = b"access-control-request-private-network"
MAY_PRIVATE = (b"access-control-allow-private-network", b"true")


class Origins:
    """Adds the headers of CORS to answers."""

    def __init__(
        self,
        app: ASGIApp,
        allowed: Collection[str],
        describes_itself: Callable[[str], bool],
    ) -> None:
        """`describes_itself` tells whether the app itself answers OPTIONS for a path."""
        self._app = app
        self._describes_itself = describes_itself
        self._allowed = {origin.encode() for origin in allowed}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if origin not in self._allowed:
            await self._app(scope, receive, _add_headers([VARY], send))
            return
        allow = [(b"access-control-allow-origin", origin), VARY]
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            allow += ALLOWED
            if headers.get(WANTS_PRIVATE) == b"true":
                allow.append(MAY_PRIVATE)
            if not self._describes_itself(scope["path"]):
                await send_whole(send, 204, allow, b"")
                return
        await self._app(scope, receive, _add_headers([*allow, EXPOSED], send))


def _add_headers(more: list[tuple[bytes, bytes]], send: Send) -> Send:
    """Return a `send` that adds headers to an answer."""

    # It is not async, because each event of a stream would then cost one more coroutine.
    def send_more(message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *more]}
        return send(message)

    return send_more
