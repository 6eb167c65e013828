"""The hot path: snapshots and streams, in plain ASGI ahead of FastAPI.

A look needs no query and no rendering: the hub has the board, the board has its bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import parse_qs

from dibs.availability.boards import BoardKey
from dibs.errors import DibsError, FieldError, Invalid, NotFound
from dibs.live.board import parse_revision
from dibs.metrics import polls
from dibs.web.asgi import header, matches, nothing, quoted, send_whole
from dibs.web.errors import MethodNotAllowed
from dibs.web.field_types import TOO_LARGE_ID, day_or_none
from dibs.web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from starlette.types import ASGIApp, Receive, Scope, Send

    from dibs.clock import Clock
    from dibs.live.board import Rendered
    from dibs.live.day import Days
    from dibs.live.hub import Hub
    from dibs.web.stream import Streams

BOARD = re.compile(r"/api/v1/boards/([^/]+)/([^/]+)(/stream)?")
DAY = re.compile(r"/api/v1/services/([^/]+)/days/([^/]+)(/stream)?")
#: The same in the way of a router.
LIVE_PATHS = ("/api/v1/boards/{resource}/{day}/stream", "/api/v1/services/{id}/days/{day}/stream")


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
    def tag(self) -> str: ...
    @property
    def etag(self) -> str: ...
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
        clock: Clock,
        next_poll_ms: int,
    ) -> None:
        self._app = app
        self._hub = hub
        self._days = days
        self._streams = streams
        self._clock = clock
        self._next_poll_ms = next_poll_ms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        if match := BOARD.fullmatch(path):
            answer = self._stream_board if match[3] else self._answer_board
            await _look(answer, scope, receive, send, match)
        elif match := DAY.fullmatch(path):
            answer = self._stream_day if match[3] else self._answer_day
            await _look(answer, scope, receive, send, match)
        else:
            await self._app(scope, receive, send)

    # --- snapshots and streams

    async def _answer_board(self, look: Look) -> None:
        key, seen = _board_of(look), look.query.get("seen")
        polls.native += 1
        board = await self._hub.get(key, parse_revision(seen) if seen else None)
        await self._snapshot(look.scope, look.send, board)

    async def _answer_day(self, look: Look) -> None:
        service, day, resource = _day_of(look)
        polls.native += 1
        view = await self._days.get(service, day, resource, look.query.get("seen"))
        await self._snapshot(look.scope, look.send, view)

    def _stream_board(self, look: Look) -> Awaitable[None]:
        key, seen = _board_of(look), _seen(look)
        return self._streams.answer(
            look.scope,
            look.receive,
            look.send,
            lambda following, event_sender: following.follow_board(
                key, parse_revision(seen) if seen else None, event_sender
            ),
        )

    def _stream_day(self, look: Look) -> Awaitable[None]:
        service, day, resource = _day_of(look)
        return self._streams.answer(
            look.scope,
            look.receive,
            look.send,
            lambda following, event_sender: following.follow_day(
                service, day, resource, _seen(look), event_sender
            ),
        )

    async def _snapshot(self, scope: Scope, send: Send, view: HasRendering) -> None:
        etag = quoted(view.etag)
        headers = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-cache"),
            (b"etag", etag),
        ]
        if matches(header(scope, b"if-none-match"), (etag, quoted(view.tag))):
            await send_whole(send, 304, headers, b"")
            return
        body = view.rendered.at(self._clock.now(), self._next_poll_ms)
        headers.append((b"content-length", b"%d" % len(body)))
        await send_whole(send, 200, headers, body if scope["method"] == "GET" else b"")


async def _look(
    answer: Callable[[Look], Awaitable[None]],
    scope: Scope,
    receive: Receive,
    send: Send,
    match: re.Match[str],
) -> None:
    if scope["method"] not in ("GET", "HEAD"):
        await problem(MethodNotAllowed("GET, HEAD"))(scope, receive, send)
        return
    try:
        await answer(Look(scope, receive, send, match[1], match[2], _query(scope)))
    except DibsError as error:
        await problem(error)(scope, nothing, send)


def _board_of(look: Look) -> BoardKey:
    return BoardKey(_id(look.which, "resource_id"), _day(look.day))


def _day_of(look: Look) -> tuple[int, date, int | None]:
    """Service, day, and the resource if only one is asked for."""
    asked = look.query.get("resource")
    resource = None if asked is None else _id(asked, "resource")
    return _id(look.which, "service_id"), _day(look.day), resource


def _seen(look: Look) -> str | None:
    """What the client has seen, by a library that comes back by itself or by the address."""
    last = header(look.scope, b"last-event-id")
    return last.decode("latin-1") if last else look.query.get("seen")


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


def _id(text: str, field: str) -> int:
    """Raises Invalid for what is no number, NotFound for a number that can be no id."""
    if not (text.isascii() and text.isdecimal()):
        raise Invalid(FieldError(field, "wrong_type"))
    if len(text) > 10 or int(text) >= TOO_LARGE_ID:
        raise NotFound
    return int(text)


def _day(text: str) -> date:
    day = day_or_none(text)
    if day is None:
        raise Invalid(FieldError("day", "invalid_date"))
    return day
