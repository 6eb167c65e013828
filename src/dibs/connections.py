"""Connections and the server of uvicorn, with the limits that uvicorn doesn't have.

uvicorn limits neither the time nor the size of a request's head, offers an app no way to abort a
connection, and raises a signal again after it has shut down. It has no settings for any of this. So
this module overrides its internals. No other module does, and pyproject.toml names the versions of
uvicorn that this was tested with.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar

import uvicorn
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from dibs import metrics
from dibs.connection_bounds import MAX_HEAD, MAX_HEADER_FIELDS, MAX_WAITING_REQUESTS
from dibs.web.errors import HeadTooLarge, NoRequest, TooSlow, status_of
from dibs.web.middleware.request_log import HEADER
from dibs.web.stream import ABORT, BECOME_STREAM

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from uvicorn._types import ASGI3Application

    from dibs.connection_bounds import ConnectionBounds
    from dibs.errors import DibsError
    from dibs.web.quick_answers import QuickAnswer, QuickAnswers
    from dibs.web.stream import Streams

#: Most bytes that wait in this process for a client that doesn't read. When there are more, `send`
#: waits; a stream keeps only its newest event meanwhile.
MAX_UNSENT = 16 * 1024


class ExpectedInput(Enum):
    """What the client of a connection has to send next."""

    REQUEST = "nothing of a request has come"
    HEAD = "its head has begun"
    BODY = "its body has begun"
    NOTHING = "it has been refused"


class Connection(HttpToolsProtocol):
    """Limits what a client may send and how slowly, and lets the app abort the connection.

    A usual request that comes alone and in one piece is answered at once, without uvicorn's parser,
    its task and its cycle of messages, because these take several times as long as the answer.

    When a connection is lost while several requests wait on it, the app learns of that in the
    request that is being answered. uvicorn would tell only the request that came last.
    """

    bounds: ClassVar[ConnectionBounds]
    quick_answers: ClassVar[QuickAnswers]

    # Attributes in slots, because one more attribute in the dict that uvicorn gives each connection
    # was measured to cost 1.3 kB.
    __slots__ = ("_address", "_awaited", "_deadline", "_running", "_unread")

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._running: RequestResponseCycle | None = None
        self._awaited = ExpectedInput.REQUEST
        self._unread = 0
        transport.set_write_buffer_limits(high=MAX_UNSENT)
        self._address = self.bounds.address(self.client)
        self._deadline: asyncio.TimerHandle | None = None
        refused = self.bounds.enter(self._address)
        if refused is not None:
            self._refuse(refused)
        else:
            self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._clear_deadline()
        self.bounds.leave(self._address)
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def data_received(self, data: bytes) -> None:
        if self._awaited is ExpectedInput.NOTHING or self._answer_at_once(data):
            return
        self._unread += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._unread > MAX_HEAD:
            self._refuse(HeadTooLarge)
        elif self._deadline is None and (
            self._unread or self._awaited is not ExpectedInput.REQUEST
        ):
            self._set_deadline()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._awaited = ExpectedInput.HEAD
        extensions: dict[str, Any] = {
            ABORT: self.transport.abort,
            BECOME_STREAM: self._become_stream,
        }
        self.scope["extensions"] = extensions

    def on_headers_complete(self) -> None:
        if self._awaited is ExpectedInput.NOTHING:
            return
        size = sum(len(name) + len(value) for name, value in self.headers) + len(self.url)
        if size > MAX_HEAD or len(self.headers) > MAX_HEADER_FIELDS:
            self._refuse(HeadTooLarge)
            return
        if len(self.pipeline) >= MAX_WAITING_REQUESTS:
            self._refuse(NoRequest)
            return
        self._awaited = ExpectedInput.BODY
        self._unread = 0
        self._clear_deadline()
        running = self._running
        if running is not None and not running.response_complete:
            # If the present answer does not keep the connection alive, the connection ends with it,
            # and this request is ignored. (uvicorn would stop reading here, and so would not learn
            # that the viewer of a stream has left.)
            if running.keep_alive:
                super().on_headers_complete()
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._awaited is not ExpectedInput.NOTHING:
            self._unread = 0
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._awaited is not ExpectedInput.NOTHING:
            self._awaited = ExpectedInput.REQUEST
            self._unread = 0
            self._clear_deadline()
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if self._awaited is not ExpectedInput.NOTHING:
            self._refuse(NoRequest)

    def _answer_at_once(self, data: bytes) -> bool:
        """Send the quick answer to these bytes. Returns False if they have to be read by uvicorn's
        parser instead."""
        running = self._running
        if (
            self._awaited is not ExpectedInput.REQUEST
            or self._unread
            or (running is not None and not running.response_complete)
            or self.flow.write_paused
            or self.transport.is_closing()
        ):
            return False
        asked = self.quick_answers.read(data)
        if asked is None:
            return False
        answer = self.quick_answers.answer(asked, self.client)
        if answer is None:
            return False
        self._clear_deadline()
        self._send(answer, self.quick_answers.id_of(asked))
        return True

    def _send(self, answer: QuickAnswer, request_id: bytes) -> None:
        status, headers, body = answer
        common = self.quick_answers.common
        lines = [STATUS_LINE[status]]
        for name, value in (*self.server_state.default_headers, *headers, *common):
            lines += (name, b": ", value, b"\r\n")
        lines += (HEADER, b": ", request_id, b"\r\n\r\n", body)
        self.transport.write(b"".join(lines))
        self.on_response_complete()

    def _become_stream(self) -> None:
        """Stop counting this connection for its address, because streams have a limit of their
        own."""
        self.bounds.uncount(self._address)
        self._address = None

    def _set_deadline(self) -> None:
        is_body = self._awaited is ExpectedInput.BODY
        seconds = self.bounds.body_timeout if is_body else self.bounds.header_timeout
        self._deadline = self.loop.call_later(seconds, self._deadline_passed)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _deadline_passed(self) -> None:
        self._deadline = None
        if self._awaited is ExpectedInput.REQUEST:
            # Browsers open connections that they may never use.
            if self._running is None or self._running.response_complete:
                self.transport.close()
        elif self.flow.read_paused:
            # The client can't send, because the server doesn't read.
            self._set_deadline()
        else:
            self._refuse(TooSlow)

    def _refuse(self, kind: type[DibsError]) -> None:
        """End the connection. Unless an answer has begun, an error is sent first."""
        self._awaited = ExpectedInput.NOTHING
        self._clear_deadline()
        answer = self.bounds.refusal(kind)
        metrics.count_refusal(kind.code, status_of(kind))
        running = self._running
        if running is not None and not running.response_complete:
            running.disconnected = True
            running.message_event.set()
            if running.response_started:
                self.transport.abort()
                return
        self.transport.write(answer)
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing. A client that also offers another protocol is answered in this one."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)


def connections_of(bounds: ConnectionBounds, quick_answers: QuickAnswers) -> type[Connection]:
    """Make a class of connections that share these bounds and quick answers. They are attributes of
    a new class, because uvicorn makes the instances and can't pass them anything."""

    class OwnConnection(Connection):
        __slots__ = ()

    OwnConnection.bounds = bounds
    OwnConnection.quick_answers = quick_answers
    return OwnConnection


class Server(uvicorn.Server):
    """Ends streams when it shuts down, and then ends without an error.

    uvicorn would wait for streams until its time-out, and raise the signal again at the end.
    """

    def __init__(self, config: uvicorn.Config, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._streams.drain()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()
