"""Answers polls. It is plain ASGI in front of FastAPI, like `web.live`, because that is faster and
most requests are polls."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dibs.appointease.api.lingering import FORGET, end_lingering
from dibs.appointease.api.php_forms import PhpResponse, wordpress_error
from dibs.appointease.api.poll_requests import is_worth_a_cookie, read_cookies, read_query
from dibs.appointease.api.slots import may_take
from dibs.appointease.poll_lists import NO_LISTS
from dibs.desk.claiming import UNLIMITED
from dibs.errors import NotFound, Unavailable
from dibs.metrics import polls
from dibs.web.asgi import MAY_ONLY_LOOK, send_whole
from dibs.web.middleware.secure_cookies import COOKIE, sent_cookies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.types import ASGIApp, Receive, Scope, Send

    from dibs.appointease.holding import AppointEaseHolding
    from dibs.clock import Clock
    from dibs.web.middleware.rate_limit import Throttle
    from dibs.web.middleware.secure_cookies import Cookies
    from dibs.web.quick_answers import QuickAnswer

PATH = "/wp-json/appointease/v1/slots/poll"
JSON_HEADERS = [
    (b"content-type", b"application/json; charset=UTF-8"),
    (b"cache-control", b"no-store"),
]


class PollMiddleware:
    """Answers polls, and passes all other requests on."""

    def __init__(
        self,
        app: ASGIApp,
        holding: AppointEaseHolding,
        throttle: Throttle,
        cookies: Cookies,
        clock: Clock,
    ) -> None:
        self._app = app
        self._holding = holding
        self._throttle = throttle
        self._cookies = cookies
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_poll = scope["type"] == "http" and scope["path"] == PATH
        if is_poll and scope["method"] in ("GET", "HEAD"):
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def quick_answer(
        self, path: str, query: bytes, headers: Mapping[bytes, bytes]
    ) -> QuickAnswer | None:
        """Return the answer to a poll, or None if it has to be made in the usual way.

        Polls are answered here only if the answer sets no cookie and needs neither the database nor
        the hold store.
        """
        if path != PATH:
            return None
        asked, sent = read_query(query), read_cookies(headers.get(COOKIE))
        if isinstance(asked, PhpResponse) or is_worth_a_cookie(asked, sent.secret):
            return None
        if sent.lingering is not None:
            return None
        visitor = asked.visitor or sent.visitor
        now = self._clock.now()
        lists = self._holding.poll_if_fresh(asked.board, asked.selected, visitor, now)
        if lists is None:
            return None
        polls.appointease += 1
        return 200, *_complete(lists, now)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = read_query(scope["query_string"])
        if isinstance(asked, PhpResponse):
            await asked(scope, receive, send)
            return
        polls.appointease += 1
        sent = read_cookies(sent_cookies(scope))
        visitor = asked.visitor or sent.visitor
        selected = None if MAY_ONLY_LOOK in scope else asked.selected
        try:
            lists = await self._holding.poll(
                asked.board,
                selected,
                visitor,
                partial(may_take, self._throttle, scope, visitor or ""),
                self._throttle.requester(scope) if asked.selected else UNLIMITED,
            )
        except NotFound:
            lists = NO_LISTS
        except Unavailable as error:
            answer = wordpress_error(503, error.code, error.detail)
            answer.headers["Retry-After"] = "1"
            await answer(scope, receive, send)
            return
        headers, body = _complete(lists, self._clock.now())
        if MAY_ONLY_LOOK not in scope and is_worth_a_cookie(asked, sent.secret):
            headers.append((b"set-cookie", asked.set_cookie))
            send = self._cookies.secure_send(scope, send)
        if asked.selected is None and visitor is not None and sent.lingering is not None:
            await end_lingering(self._holding, sent.lingering, visitor)
            headers.append((b"set-cookie", FORGET.encode()))
            send = self._cookies.secure_send(scope, send)
        await send_whole(send, 200, headers, body if scope["method"] == "GET" else b"")


def _complete(lists: bytes, now: datetime) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body of the answer with these lists."""
    body = b'%b,"timestamp":%d}' % (lists, now.timestamp())
    return [*JSON_HEADERS, (b"content-length", b"%d" % len(body))], body
