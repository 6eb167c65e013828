"""Streams: server-sent events for the viewers of a board or a day, in plain ASGI.

The request's own task only waits until the viewer is gone. The code that publishes a change sends
the event itself, without waiting (`live.event_sender`). So a stream costs one task and one timer.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from dibs import metrics
from dibs.errors import ShuttingDown, TooManyStreams
from dibs.live import events
from dibs.live.event_sender import LatestEventSender
from dibs.web.middleware.client_ip import address_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator

    from starlette.types import Receive, Scope, Send

    from dibs.clock import Clock
    from dibs.live.subscriptions import Subscription, Subscriptions
    from dibs.settings import Settings

#: The name of an ASGI extension: a function that drops the connection with everything unsent.
#: Ending the response in an orderly way is no substitute, because that can wait for the reader for
#: ever.
ABORT = "dibs.abort"
#: The name of an ASGI extension: a function to call when the connection becomes a stream. Other
#: limits of time and number apply to it from then on.
BECOME_STREAM = "dibs.become_stream"
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"connection", b"close"),
]


class SaysGoodbye(Protocol):
    """A stream that can be told to end as planned."""

    def send_goodbye(self) -> None: ...


class Streams:
    """All open streams of this process."""

    def __init__(self, subscriptions: Subscriptions, clock: Clock, settings: Settings) -> None:
        self._subscriptions = subscriptions
        self._clock = clock
        self._settings = settings
        self._proxies = settings.proxies
        self._most = settings.max_streams_per_ip if settings.limits == "on" else 0
        self._viewers: set[SaysGoodbye] = set()
        self._addresses: Counter[str] = Counter()
        self._is_draining = False

    async def answer(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        follow: Callable[[Subscriptions, LatestEventSender], Awaitable[Subscription]],
    ) -> None:
        """Stream the events of the view that `follow` subscribes to, until either side ends it.

        Raises what `follow` raises, TooManyStreams and ShuttingDown, always before anything is
        sent.
        """
        self._refuse_if_draining()
        viewer = Viewer(scope, send, self._clock, self._settings)
        address = address_of(scope, self._proxies)
        self._enter(address)
        try:
            subscription = await follow(self._subscriptions, viewer.event_sender)
            try:
                self._refuse_if_draining()
                await self._serve(viewer, scope, receive, send)
            finally:
                self._subscriptions.leave(subscription, viewer.event_sender)
        finally:
            self._leave(address)

    async def _serve(self, viewer: Viewer, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body"})
            return
        if (become_stream := (scope.get("extensions") or {}).get(BECOME_STREAM)) is not None:
            become_stream()
        self._viewers.add(viewer)
        metrics.count_stream()
        viewer.begin()
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._viewers.discard(viewer)
            viewer.stop()

    @contextmanager
    def admit(self, scope: Scope, viewer: SaysGoodbye) -> Iterator[None]:
        """Count a stream that other code serves, as long as this context lasts. `drain` ends it
        like all other streams.

        Raises TooManyStreams, ShuttingDown.
        """
        self._refuse_if_draining()
        address = address_of(scope, self._proxies)
        self._enter(address)
        self._viewers.add(viewer)
        try:
            yield
        finally:
            self._viewers.discard(viewer)
            self._leave(address)

    def drain(self) -> None:
        """End all streams and refuse new ones, because this node shuts down."""
        self._is_draining = True
        for viewer in tuple(self._viewers):
            viewer.send_goodbye()

    def _refuse_if_draining(self) -> None:
        if self._is_draining:
            raise ShuttingDown

    def _enter(self, address: str) -> None:
        if self._most and self._addresses[address] >= self._most:
            raise TooManyStreams
        self._addresses[address] += 1

    def _leave(self, address: str) -> None:
        self._addresses[address] -= 1
        if not self._addresses[address]:
            del self._addresses[address]


class Viewer:
    """One stream: its event sender, and one timer for its heartbeats and its planned end."""

    __slots__ = (
        "_clock",
        "_ends_at",
        "_heartbeat_interval",
        "_loop",
        "_send",
        "_timer",
        "event_sender",
    )

    def __init__(self, scope: Scope, send: Send, clock: Clock, settings: Settings) -> None:
        self._loop = asyncio.get_running_loop()
        self._send = send
        self._clock = clock
        self._heartbeat_interval = settings.stream_heartbeat_interval.total_seconds()
        life = settings.stream_lifetime.total_seconds() * random.uniform(0.5, 1)  # noqa: S311 - no secret
        self._ends_at = self._loop.time() + life
        self._timer: asyncio.TimerHandle | None = None
        abort = (scope.get("extensions") or {}).get(ABORT) or _cancel_this_task()
        self.event_sender = LatestEventSender(
            self._write, abort, settings.stream_send_timeout.total_seconds()
        )

    def begin(self) -> None:
        self.event_sender.open(events.RETRY)
        # Viewers who came at the same moment should not get all their heartbeats at the same
        # moment.
        self._wait(self._heartbeat_interval * random.uniform(0.5, 1))  # noqa: S311 - no secret

    def send_goodbye(self) -> None:
        self.event_sender.close(events.goodbye())

    def stop(self) -> None:
        """Stop sending, because the viewer is gone."""
        self.event_sender.discard()
        if self._timer is not None:
            self._timer.cancel()

    def _write(self, event: bytes, last: bool) -> Coroutine[Any, Any, None]:
        message = {"type": "http.response.body", "body": event, "more_body": not last}
        return self._send(message)  # type: ignore[return-value]

    def _tick(self) -> None:
        if self._loop.time() >= self._ends_at:
            self.send_goodbye()
        else:
            self.event_sender.send_heartbeat(events.heartbeat(self._clock.now()))
            self._wait(self._heartbeat_interval)

    def _wait(self, seconds: float) -> None:
        left = max(0.0, self._ends_at - self._loop.time())
        self._timer = self._loop.call_later(min(seconds, left), self._tick)


def _cancel_this_task() -> Callable[[], object]:
    """Return what aborts a stream on a server without the extension ABORT: it cancels this task,
    which leaves the response unfinished."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101
    return task.cancel
