"""What every answer tells browsers: how little may be done with it, unless it says so itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Headers = list[tuple[bytes, bytes]]

ALWAYS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
ONE_YEAR = b"max-age=31536000"
#: Each is for answers that name no other value. What is not told to be kept may concern one
#: customer, or the present second.
OTHERWISE: Headers = [
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]


def always(public_url: str) -> Headers:
    """The headers that are the same on every answer."""
    if not public_url.startswith("https://"):
        return ALWAYS
    return [*ALWAYS, (b"strict-transport-security", ONE_YEAR)]


class SecurityHeaders:
    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._always = always(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        # Not async: streams send by it, and one more coroutine would be made for each event.
        def send_guarded(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                said = message.get("headers", ())
                names = {name.lower() for name, _ in said}
                more = [each for each in OTHERWISE if each[0] not in names]
                message = {**message, "headers": [*said, *self._always, *more]}
            return send(message)

        await self._app(scope, receive, send_guarded)
