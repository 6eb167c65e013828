"""Cookies travel by https alone where visitors come by https, and to the path of Dibs alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dibs.web.addresses import came_by_https
from dibs.web.base_path import BASE_PATH

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network, IPv6Network

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Browsers take a cookie of this name only for all of a site.
WHOLE_SITE = b"__Host-"
PATH = re.compile(rb"; path=/(?=;|$)", re.IGNORECASE)
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
        """`send`, which marks the cookies of an answer as Secure if they should be.

        A path that a proxy has stripped is not known; cookies are for the whole site then.
        """
        if scope["type"] != "http":
            return send
        is_secure = self._always or came_by_https(scope, self._proxies)
        base_path: str = scope.get(BASE_PATH, "")
        if not is_secure and not base_path:
            return send

        async def send_secure(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    _guarded(each, is_secure=is_secure, base_path=base_path.encode())
                    for each in message["headers"]
                ]
                message = {**message, "headers": headers}
            await send(message)

        return send_secure


def _guarded(
    header: tuple[bytes, bytes], *, is_secure: bool, base_path: bytes
) -> tuple[bytes, bytes]:
    name, value = header
    if name.lower() != b"set-cookie":
        return header
    if base_path and not value.startswith(WHOLE_SITE):
        value = PATH.sub(b"; Path=" + base_path + b"/", value)
    if is_secure and SECURE.lower() not in value.lower():
        value += SECURE
    return name, value
