"""The hot path: polls, snapshots and streams, in plain ASGI ahead of FastAPI.

A look needs no query and no rendering: the hub has the board, the board has its bytes.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import parse_qs

from dibs.availability.boards import BoardKey
from dibs.errors import DibsError, FieldError, Invalid, NotFound, Unavailable
from dibs.live.board import parse_revision
from dibs.live.poll import NO_LISTS
from dibs.web.addresses import address_of
from dibs.web.appointease.asking import (
    COOKIE,
    LARGEST_ID,
    VISITOR,
    client_cookie,
    client_key,
    employee_of,
    time_of,
)
from dibs.web.appointease.selecting import may_take
from dibs.web.fields import day_or_none
from dibs.web.php import PhpResponse, wordpress_error
from dibs.web.problems import MethodNotAllowed, problem
from dibs.web.rest_route import php_query

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date

    from starlette.types import ASGIApp, Receive, Scope, Send

    from dibs.clock import Clock
    from dibs.desk.seed import SeedDesk
    from dibs.live.board import Rendered
    from dibs.live.day import Days
    from dibs.live.hub import Hub
    from dibs.web.addresses import Network
    from dibs.web.cookies import Cookies
    from dibs.web.stream import Streams
    from dibs.web.throttle import Throttle

POLL = "/wp-json/appointease/v1/slots/poll"
BOARD = re.compile(r"/api/v1/boards/([^/]+)/([^/]+)(/stream)?")
DAY = re.compile(r"/api/v1/services/([^/]+)/days/([^/]+)(/stream)?")
#: Longer queries are read but not remembered.
LONGEST_REMEMBERED = 400
JSON_HEADERS = [
    (b"content-type", b"application/json; charset=UTF-8"),
    (b"cache-control", b"no-store"),
]
COOKIE_BYTES = COOKIE.encode() + b"="


@dataclass(frozen=True, slots=True)
class PollQuery:
    """A poll that can be answered. `cookie` is what the client should send back from now on."""

    board: BoardKey
    visitor: str | None
    selected: str | None
    cookie: bytes


class Look(NamedTuple):
    """A request for a view: the two parts of its address, and its query."""

    scope: Scope
    receive: Receive
    send: Send
    which: str
    day: str
    query: dict[str, str]


class HasRendering(Protocol):
    @property
    def rendered(self) -> Rendered: ...


class Live:
    def __init__(
        self,
        app: ASGIApp,
        *,
        hub: Hub,
        days: Days,
        streams: Streams,
        seed: SeedDesk,
        throttle: Throttle,
        proxies: Sequence[Network],
        clock: Clock,
        next_poll_ms: int,
        cookies: Cookies,
    ) -> None:
        self._app = app
        self._hub = hub
        self._days = days
        self._streams = streams
        self._seed = seed
        self._throttle = throttle
        self._proxies = proxies
        self._clock = clock
        self._next_poll_ms = next_poll_ms
        self._cookies = cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        if path == POLL and scope["method"] in ("GET", "HEAD"):
            await self._answer_poll(scope, receive, send)
        elif match := BOARD.fullmatch(path):
            answer = self._stream_board if match[3] else self._answer_board
            await _look(answer, scope, receive, send, match)
        elif match := DAY.fullmatch(path):
            answer = self._stream_day if match[3] else self._answer_day
            await _look(answer, scope, receive, send, match)
        else:
            await self._app(scope, receive, self._cookies.guarded(scope, send))

    # --- the poll of AppointEase clients

    async def _answer_poll(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw: bytes = scope["query_string"]
        asked = read_poll(raw) if len(raw) <= LONGEST_REMEMBERED else read_poll.__wrapped__(raw)
        if isinstance(asked, PhpResponse):
            await asked(scope, receive, send)
            return
        visitor = asked.visitor
        sent = _header(scope, b"cookie")
        if visitor is None and sent is not None:
            visitor = _visitor_of_cookie(sent)
        try:
            lists = await self._seed.poll(
                asked.board, asked.selected, visitor, partial(self._may_take, scope, visitor)
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
        if asked.cookie and (sent is None or asked.cookie not in sent):
            headers.append((b"set-cookie", client_cookie(visitor or "").encode()))
            send = self._cookies.guarded(scope, send)
        await _send(send, 200, headers, body if scope["method"] == "GET" else b"")

    async def _may_take(self, scope: Scope, visitor: str | None) -> bool:
        return await may_take(self._throttle, address_of(scope, self._proxies), visitor or "")

    # --- snapshots and streams

    async def _answer_board(self, look: Look) -> None:
        key, seen = _board_of(look), look.query.get("seen")
        board = await self._hub.look(key, parse_revision(seen) if seen else None)
        await self._snapshot(look.scope, look.send, board.tag, board)

    async def _answer_day(self, look: Look) -> None:
        service, day, resource = _day_of(look)
        view = await self._days.look(service, day, resource, look.query.get("seen"))
        await self._snapshot(look.scope, look.send, view.tag, view)

    def _stream_board(self, look: Look) -> Awaitable[None]:
        key, seen = _board_of(look), _seen(look)
        return self._streams.answer(
            look.scope,
            look.receive,
            look.send,
            lambda following, mailbox: following.board(
                key, parse_revision(seen) if seen else None, mailbox
            ),
        )

    def _stream_day(self, look: Look) -> Awaitable[None]:
        service, day, resource = _day_of(look)
        return self._streams.answer(
            look.scope,
            look.receive,
            look.send,
            lambda following, mailbox: following.day(service, day, resource, _seen(look), mailbox),
        )

    async def _snapshot(self, scope: Scope, send: Send, tag: str, view: HasRendering) -> None:
        etag = f'"{tag}"'.encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-cache"),
            (b"etag", etag),
        ]
        if _matches(_header(scope, b"if-none-match"), etag):
            await _send(send, 304, headers, b"")
            return
        body = view.rendered.at(self._clock.now(), self._next_poll_ms)
        headers.append((b"content-length", b"%d" % len(body)))
        await _send(send, 200, headers, body if scope["method"] == "GET" else b"")


async def _look(
    answer: Callable[[Look], Awaitable[None]],
    scope: Scope,
    receive: Receive,
    send: Send,
    match: re.Match[str],
) -> None:
    if scope["method"] not in ("GET", "HEAD"):
        refusal = problem(MethodNotAllowed())
        refusal.headers["Allow"] = "GET, HEAD"
        await refusal(scope, receive, send)
        return
    try:
        await answer(Look(scope, receive, send, match[1], match[2], _query(scope)))
    except DibsError as error:
        await problem(error)(scope, _nothing, send)


def _board_of(look: Look) -> BoardKey:
    return BoardKey(_id(look.which, "resource_id"), _day(look.day))


def _day_of(look: Look) -> tuple[int, date, int | None]:
    """Service, day, and the resource if only one is asked for."""
    asked = look.query.get("resource")
    resource = None if asked is None else _id(asked, "resource")
    return _id(look.which, "service_id"), _day(look.day), resource


def _seen(look: Look) -> str | None:
    """What the client has seen, by a library that comes back by itself or by the address."""
    last = _header(look.scope, b"last-event-id")
    return last.decode("latin-1") if last else look.query.get("seen")


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
    visitor = client_key(client_id) if client_id else None
    cookie = COOKIE_BYTES + visitor.encode() if visitor else b""
    return PollQuery(BoardKey(min(employee, LARGEST_ID), day), visitor, selected, cookie)


def _query(scope: Scope) -> dict[str, str]:
    """The first value of each parameter."""
    raw: bytes = scope["query_string"]
    if not raw:
        return {}
    text = raw.decode("latin-1")
    try:
        pairs = parse_qs(text, keep_blank_values=True, max_num_fields=50, errors="replace")
    except ValueError:
        return {}
    return {name: values[0] for name, values in pairs.items()}


def _header(scope: Scope, wanted: bytes) -> bytes | None:
    for name, value in scope["headers"]:
        if name == wanted:
            found: bytes = value
            return found
    return None


def _visitor_of_cookie(header: bytes) -> str | None:
    _, found, rest = header.partition(COOKIE_BYTES)
    visitor = rest[:32].decode("latin-1")
    return visitor if found and VISITOR.fullmatch(visitor) else None


def _matches(if_none_match: bytes | None, etag: bytes) -> bool:
    if if_none_match is None:
        return False
    return any(tag.strip().removeprefix(b"W/") in (etag, b"*") for tag in if_none_match.split(b","))


def _id(text: str, field: str) -> int:
    """Raises Invalid for what is no number, NotFound for a number that can be no id."""
    if not (text.isascii() and text.isdecimal()):
        raise Invalid(FieldError(field, "wrong_type"))
    if len(text) > 10 or int(text) >= LARGEST_ID:
        raise NotFound
    return int(text)


def _day(text: str) -> date:
    day = day_or_none(text)
    if day is None:
        raise Invalid(FieldError("day", "invalid_date"))
    return day


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _nothing() -> dict[str, str]:
    return {"type": "http.disconnect"}
