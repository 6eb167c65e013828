"""Cookies travel by https alone where visitors come by https."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.web.addresses import came_by_https

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network, IPv6Network

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURE = b"; Secure"


class Cookies:
    def __init__(self, public_url: str, proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._always = public_url.startswith("https://")
        self._proxies = proxies

    def around(self, app: ASGIApp) -> ASGIApp:
        """The app, all whose cookies are guarded."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            await app(scope, receive, self.guarded(scope, send))

        return guarded

    def guarded(self, scope: Scope, send: Send) -> Send:
        """`send`, which marks the cookies of an answer as Secure if they should be."""
        if scope["type"] != "http" or not (self._always or came_by_https(scope, self._proxies)):
            return send

        async def send_secure(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [_secured(*each) for each in message["headers"]]}
            await send(message)

        return send_secure


def _secured(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name.lower() != b"set-cookie" or SECURE.lower() in value.lower():
        return name, value
    return name, value + SECURE
