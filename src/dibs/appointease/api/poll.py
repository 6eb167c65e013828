"""The poll: the hot path, plain ASGI ahead of FastAPI, like `web.live`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from dibs.appointease.api.lingering import FORGET, end_lingering, find_lingering
from dibs.appointease.api.parsing import (
    COOKIE,
    SECRET,
    client_cookie,
    client_secret,
    employee_of,
    time_of,
)
from dibs.appointease.api.php_forms import PhpResponse, wordpress_error
from dibs.appointease.api.rest_routes import php_query
from dibs.appointease.api.slots import may_take
from dibs.appointease.poll_lists import NO_LISTS
from dibs.availability.boards import BoardKey
from dibs.desk.claiming import NOBODY
from dibs.desk.tokens import visitor_key
from dibs.errors import NotFound, Unavailable
from dibs.metrics import polls
from dibs.web.asgi import MAY_ONLY_LOOK, send_whole
from dibs.web.cookie_names import value_of
from dibs.web.field_types import TOO_LARGE_ID, day_or_none
from dibs.web.middleware.secure_cookies import cookies_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from dibs.appointease.holding import AppointEaseHolding
    from dibs.web.middleware.rate_limit import Throttle
    from dibs.web.middleware.secure_cookies import Cookies

PATH = "/wp-json/appointease/v1/slots/poll"
#: Longer queries are read but not remembered.
MAX_REMEMBERED = 400
JSON_HEADERS = [
    (b"content-type", b"application/json; charset=UTF-8"),
    (b"cache-control", b"no-store"),
]
COOKIE_NAME = COOKIE.encode()


@dataclass(frozen=True, slots=True)
class PollQuery:
    """A poll that can be answered. `secret` is what the client should send back from now on, and
    `set_cookie` tells it to."""

    board: BoardKey
    visitor: str | None
    selected: str | None
    secret: bytes
    set_cookie: bytes


class Polling:
    """Answers polls, and passes on everything else."""

    def __init__(
        self, app: ASGIApp, holding: AppointEaseHolding, throttle: Throttle, cookies: Cookies
    ) -> None:
        self._app = app
        self._holding = holding
        self._throttle = throttle
        self._cookies = cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_poll = scope["type"] == "http" and scope["path"] == PATH
        if is_poll and scope["method"] in ("GET", "HEAD"):
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw: bytes = scope["query_string"]
        asked = read_poll(raw) if len(raw) <= MAX_REMEMBERED else read_poll.__wrapped__(raw)
        if isinstance(asked, PhpResponse):
            await asked(scope, receive, send)
            return
        polls.appointease += 1
        visitor = asked.visitor
        sent = cookies_of(scope)
        kept = value_of(sent, COOKIE_NAME) if sent else None
        if visitor is None and kept is not None:
            visitor = _visitor_of_cookie(kept)
        selected = None if MAY_ONLY_LOOK in scope else asked.selected
        try:
            lists = await self._holding.poll(
                asked.board,
                selected,
                visitor,
                partial(may_take, self._throttle, scope, visitor or ""),
                self._throttle.sender(scope) if asked.selected else NOBODY,
            )
        except NotFound:
            lists = NO_LISTS
        except Unavailable as error:
            answer = wordpress_error(503, error.code, error.detail)
            answer.headers["Retry-After"] = "1"
            await answer(scope, receive, send)
            return
        body = b'%b,"timestamp":%d}' % (lists, int(time.time()))
        headers = [*JSON_HEADERS, (b"content-length", b"%d" % len(body))]
        if MAY_ONLY_LOOK not in scope and _is_worth_a_cookie(asked, kept):
            headers.append((b"set-cookie", asked.set_cookie))
            send = self._cookies.guarded(scope, send)
        if asked.selected is None and visitor is not None and sent is not None:
            lingering = find_lingering(sent)
            if lingering is not None:
                await end_lingering(self._holding, lingering, visitor)
                headers.append((b"set-cookie", FORGET.encode()))
                send = self._cookies.guarded(scope, send)
        await send_whole(send, 200, headers, body if scope["method"] == "GET" else b"")


def _is_worth_a_cookie(asked: PollQuery, kept: bytes | None) -> bool:
    """Another page of the same browser may have another name: who only looks leaves it its own."""
    if not asked.secret or kept == asked.secret:
        return False
    return kept is None or asked.selected is not None


@lru_cache(maxsize=20_000)
def read_poll(raw: bytes) -> PollQuery | PhpResponse:
    """What a poll asks, or the answer to one that can't be read; clients repeat themselves."""
    query = php_query(raw)
    employee = employee_of(query.get("employee_id", ""))
    if not query.get("date") or employee == 0:
        return wordpress_error(400, "missing_params", "Date and employee_id required")
    day = day_or_none(query["date"])
    if day is None:
        return wordpress_error(400, "invalid_date", "Invalid date")
    selected = query.get("selected_time") or None
    if selected is not None:
        selected = time_of(selected)
        if selected is None:
            return wordpress_error(400, "invalid_time", "Invalid time")
    client_id = query.get("client_id")
    board = BoardKey(min(employee, TOO_LARGE_ID), day)
    if not client_id:
        return PollQuery(board, None, selected, b"", b"")
    secret = client_secret(client_id)
    set_cookie = client_cookie(secret).encode()
    return PollQuery(board, visitor_key(secret), selected, secret.encode(), set_cookie)


def _visitor_of_cookie(kept: bytes) -> str | None:
    secret = kept.decode("latin-1")
    return visitor_key(secret) if SECRET.fullmatch(secret) else None
