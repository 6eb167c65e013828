"""Adds security headers to every answer, which say what browsers may do with it.

The headers of OTHERWISE are only added if the answer doesn't have them already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Headers = list[tuple[bytes, bytes]]

ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
ONE_YEAR = b"max-age=31536000"
#: Headers that an answer gets if it doesn't have them already. Caches may not keep such an answer,
#: because it may be about one customer or about this moment.
OTHERWISE: Headers = [
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]


def fixed_headers(public_url: str) -> Headers:
    """Return the headers that are the same on every answer."""
    if not public_url.startswith("https://"):
        return ALWAYS
    return [*ALWAYS, (b"strict-transport-security", ONE_YEAR)]


def default_headers(names: Collection[bytes]) -> Headers:
    """Return the headers of OTHERWISE that are missing in an answer with headers of these names."""
    return [each for each in OTHERWISE if each[0] not in names]


class SecurityHeaders:
    """Adds the security headers to all answers."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._always = fixed_headers(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        # It is not async, because each event of a stream would then cost one more coroutine.
        def send_guarded(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                said = message.get("headers", ())
                names = {name.lower() for name, _ in said}
                headers = [*said, *self._always, *default_headers(names)]
                message = {**message, "headers": headers}
            return send(message)

        await self._app(scope, receive, send_guarded)
