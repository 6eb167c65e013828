"""Makes cookies safe: they are only sent by https if visitors use https, and only to Dibs's own
path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dibs.web.cookie_names import BY_HTTPS, WHOLE_SITE, pairs_of, plain_names
from dibs.web.middleware.base_path import BASE_PATH
from dibs.web.middleware.client_ip import came_by_https

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from ipaddress import IPv4Network, IPv6Network

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = b"cookie"
SET_COOKIE = b"set-cookie"
PATH = re.compile(rb"; path=/(?=;|$)", re.IGNORECASE)
SECURE = b"; Secure"
FORGET = b"%b=; Max-Age=0; Path=%b/; HttpOnly; SameSite=Lax; Secure"


class Cookies:
    """Changes the cookies of answers and requests, so that other code knows plain names only."""

    def __init__(self, public_url: str, proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._always = public_url.startswith("https://")
        self._proxies = proxies

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Return the app with all its cookies made safe. The app itself sets and reads them by
        their plain names."""

        async def run_app(scope: Scope, receive: Receive, send: Send) -> None:
            await app(_use_plain_names(scope), receive, self.secure_send(scope, send))

        return run_app

    def secure_send(self, scope: Scope, send: Send) -> Send:
        """Return a `send` that makes the cookies of an answer safe.

        If a proxy has removed the base path, the request doesn't show it. Then the cookies are for
        the whole site.
        """
        if scope["type"] != "http":
            return send
        is_secure = self._always or came_by_https(scope, self._proxies)
        base_path: bytes = scope.get(BASE_PATH, "").encode()
        if not is_secure and not base_path:
            return send

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: list[tuple[bytes, bytes]] = []
                for name, value in message["headers"]:
                    if name.lower() != SET_COOKIE:
                        headers.append((name, value))
                        continue
                    cookie = PATH.sub(b"; Path=" + base_path + b"/", value)
                    cookies = _secure(cookie, scope, base_path) if is_secure else (cookie,)
                    headers.extend((name, each) for each in cookies)
                message = {**message, "headers": headers}
            await send(message)

        return send_guarded


def cookies_of(scope: Scope) -> bytes | None:
    """Return the cookies of a request by their plain names, or None if it has none."""
    sent = sent_cookies(scope)
    return None if sent is None else plain_names(sent)


def sent_cookies(scope: Scope) -> bytes | None:
    """Return the cookies of a request as they were sent, or None if it has none."""
    sent = [value for name, value in scope["headers"] if name == COOKIE]
    return b"; ".join(sent) if sent else None


def _use_plain_names(scope: Scope) -> Scope:
    cookies = cookies_of(scope) if scope["type"] == "http" else None
    if cookies is None:
        return scope
    others = [header for header in scope["headers"] if header[0] != COOKIE]
    return {**scope, "headers": [*others, (COOKIE, cookies)]}


def _secure(cookie: bytes, scope: Scope, base_path: bytes) -> Iterator[bytes]:
    """Yield the cookie with a prefix and for https only. If the browser sent an old cookie with the
    plain name, yield a header that deletes it, too."""
    prefix = WHOLE_SITE if PATH.search(cookie) else BY_HTTPS
    yield prefix + cookie + (b"" if SECURE.lower() in cookie.lower() else SECURE)
    name = cookie.partition(b"=")[0]
    if any(name == each for each, _ in pairs_of(sent_cookies(scope) or b"")):
        yield FORGET % (name, base_path)
