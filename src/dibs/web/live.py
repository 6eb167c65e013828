"""Answers requests for views: snapshots and streams. It is plain ASGI in front of FastAPI.

Most requests are for views. A snapshot usually needs no query and no rendering, because the hub has
the board in memory, and the board has its rendered bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from dibs.errors import DibsError
from dibs.live.board import parse_revision
from dibs.metrics import polls
from dibs.web.asgi import header, matches, quote_etag, receive_nothing, send_whole
from dibs.web.errors import MethodNotAllowed
from dibs.web.problems import problem
from dibs.web.view_requests import (
    BOARD,
    DAY,
    BoardRequest,
    board_request,
    day_request,
    read_query,
    read_view_request,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from dibs.clock import Clock
    from dibs.live.board import RenderedView
    from dibs.live.day import Days
    from dibs.live.hub import Hub
    from dibs.web.quick_answers import QuickAnswer
    from dibs.web.stream import Streams

#: The paths of streams as a router writes them.
LIVE_PATHS = ("/api/v1/boards/{resource}/{day}/stream", "/api/v1/services/{id}/days/{day}/stream")


class ViewLook(NamedTuple):
    """A request for a view. `which` and `day` are the two variable parts of its path."""

    scope: Scope
    receive: Receive
    send: Send
    which: str
    day: str
    query: dict[str, str]


class HasRendering(Protocol):
    """A board or a day, as far as an answer needs it."""

    @property
    def revision_text(self) -> str: ...
    @property
    def etag(self) -> str: ...
    @property
    def rendered(self) -> RenderedView: ...


class Live:
    """Answers requests for views, and passes all other requests on."""

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

    def quick_answer(
        self, path: str, query: bytes, headers: Mapping[bytes, bytes]
    ) -> QuickAnswer | None:
        """Return the answer to a request for a snapshot. Returns None if something has to be read
        for it, and for all other requests."""
        asked = read_view_request(path, query)
        view: HasRendering | None = None
        if isinstance(asked, BoardRequest):
            view = self._hub.get_if_fresh(*asked)
        elif asked is not None:
            view = self._days.get_if_fresh(*asked)
        if view is None:
            return None
        polls.native += 1
        return self._snapshot(view, headers.get(b"if-none-match"))

    # --- snapshots and streams

    async def _answer_board(self, look: ViewLook) -> None:
        asked = board_request(look.which, look.day, look.query)
        polls.native += 1
        await self._send_snapshot(look, await self._hub.get(*asked))

    async def _answer_day(self, look: ViewLook) -> None:
        asked = day_request(look.which, look.day, look.query)
        polls.native += 1
        await self._send_snapshot(look, await self._days.get(*asked))

    def _stream_board(self, look: ViewLook) -> Awaitable[None]:
        key, seen = board_request(look.which, look.day, look.query).key, _seen_revision(look)
        return self._streams.answer(
            look.scope,
            look.receive,
            look.send,
            lambda subscriptions, event_sender: subscriptions.follow_board(
                key, parse_revision(seen) if seen else None, event_sender
            ),
        )

    def _stream_day(self, look: ViewLook) -> Awaitable[None]:
        service, day, resource, _ = day_request(look.which, look.day, look.query)
        return self._streams.answer(
            look.scope,
            look.receive,
            look.send,
            lambda subscriptions, event_sender: subscriptions.follow_day(
                service, day, resource, _seen_revision(look), event_sender
            ),
        )

    async def _send_snapshot(self, look: ViewLook, view: HasRendering) -> None:
        if_none_match = header(look.scope, b"if-none-match")
        status, headers, body = self._snapshot(view, if_none_match)
        await send_whole(look.send, status, headers, body if look.scope["method"] == "GET" else b"")

    def _snapshot(self, view: HasRendering, if_none_match: bytes | None) -> QuickAnswer:
        etag = quote_etag(view.etag)
        headers = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-cache"),
            (b"etag", etag),
        ]
        if matches(if_none_match, (etag, quote_etag(view.revision_text))):
            return 304, headers, b""
        body = view.rendered.complete(self._clock.now(), self._next_poll_ms)
        headers.append((b"content-length", b"%d" % len(body)))
        return 200, headers, body


async def _look(
    answer: Callable[[ViewLook], Awaitable[None]],
    scope: Scope,
    receive: Receive,
    send: Send,
    match: re.Match[str],
) -> None:
    if scope["method"] not in ("GET", "HEAD"):
        await problem(MethodNotAllowed("GET, HEAD"))(scope, receive, send)
        return
    try:
        await answer(
            ViewLook(scope, receive, send, match[1], match[2], read_query(scope["query_string"]))
        )
    except DibsError as error:
        await problem(error)(scope, receive_nothing, send)


def _seen_revision(look: ViewLook) -> str | None:
    """Return the revision that the client has seen. A client whose library reconnects by itself
    sends it in the header Last-Event-ID, others in the query."""
    last = header(look.scope, b"last-event-id")
    return last.decode("latin-1") if last else look.query.get("seen")
