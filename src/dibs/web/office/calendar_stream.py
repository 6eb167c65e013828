"""The stream of the office's calendar: server-sent events for one signed-in user.

Few people use the office at a time, and each sees columns of their own. So each stream is a task
that sends the columns whose boards have changed since it sent last. A slow reader skips states and
ends on the newest, as in all streams.

The hub only tells which boards have changed. What the hub doesn't know, like the names of
customers, is read for all changed boards at once, and is never given to the hub.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import orjson
import structlog
from starlette.responses import Response

from dibs import metrics
from dibs.errors import DibsError, Unavailable
from dibs.live import events
from dibs.web.office.calendar_views import show_calendar, show_column, show_entry
from dibs.web.stream import ABORT, BECOME_STREAM, HEADERS

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from dibs.availability.boards import BoardKey
    from dibs.desk import Desk
    from dibs.desk.office.permissions import Principal
    from dibs.ledger.catalog import Catalog
    from dibs.web.office.guard import Guard
    from dibs.web.stream import Streams

log = structlog.get_logger()

#: Seconds between two searches for new bookings of any day.
NEWS_INTERVAL = 2.0
#: How many event numbers each search goes back. Transactions run at the same time, so an event with
#: a lower number may become visible after one with a higher number.
LOOK_BACK = 20
#: Seconds after which a column that could not be read is tried again.
RETRY_INTERVAL = 1.0


@dataclass(frozen=True)
class FollowedBoards:
    """The boards that a stream follows (`keys`), and for whom. `resources` are those that were
    asked for; if there are none, all are followed."""

    first: date
    days: int
    resources: tuple[int, ...]
    keys: tuple[BoardKey, ...]
    principal: Principal

    @property
    def names_customers(self) -> bool:
        return "bookings:read" in self.principal.scopes


class CalendarStream(Response):
    """Answers with the stream, until either side ends it."""

    def __init__(
        self, desk: Desk, guard: Guard, streams: Streams, request: Request, watch: FollowedBoards
    ) -> None:
        super().__init__()
        self._desk = desk
        self._guard = guard
        self._streams = streams
        self._request = request
        self._watch = watch
        self._changed: set[BoardKey] = set()
        self._wake = asyncio.Event()
        self._is_leaving = False
        self._sent: dict[BoardKey, str] = {}
        self._catalog: Catalog | None = None
        self._first_event = self._news_since = 0
        self._told: set[int] = set()

    def send_goodbye(self) -> None:
        self._is_leaving = True
        self._wake.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        settings = self._desk.context.settings
        self._send = send
        self._send_timeout = settings.stream_send_timeout.total_seconds()
        self._heartbeat = settings.stream_heartbeat_interval.total_seconds()
        life = settings.stream_lifetime.total_seconds() * random.uniform(0.5, 1)  # noqa: S311 - no secret
        extensions = scope.get("extensions") or {}
        with self._streams.admit(scope, self), ExitStack() as followed:
            # Boards are followed before they are read, so that no change is lost between the two.
            for key in self._watch.keys:
                changed = partial(self._note_change, key)
                self._desk.context.hub.follow([key], changed)
                followed.callback(self._desk.context.hub.unfollow, [key], changed)
            self._first_event = await self._desk.office.calendar.newest_event()
            self._news_since = self._first_event
            first = await self._whole()
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body"})
                return
            if BECOME_STREAM in extensions:
                extensions[BECOME_STREAM]()
            metrics.count_stream()
            gone = asyncio.create_task(_wait_for_disconnect(receive))
            gone.add_done_callback(lambda _: self._wake.set())
            try:
                await self._write(events.RETRY + first)
                await self._serve(gone, life)
            except TimeoutError:
                if ABORT in extensions:
                    extensions[ABORT]()
            finally:
                gone.cancel()

    def _note_change(self, key: BoardKey) -> None:
        self._changed.add(key)
        self._wake.set()

    async def _serve(self, gone: asyncio.Task[None], life: float) -> None:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + life
        beaten_at = told_at = loop.time()
        while not gone.done():
            pause = min(self._heartbeat, NEWS_INTERVAL, ends_at - loop.time())
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, pause)):
                    await self._wake.wait()
            self._wake.clear()
            now = loop.time()
            if gone.done():
                return
            if self._is_leaving or now >= ends_at:
                await self._end(events.goodbye())
                return
            is_news_due = now - told_at >= NEWS_INTERVAL
            # A user who may no longer see the calendar gets nothing more, not even the present
            # changes.
            if (self._changed or is_news_due) and not await self._may_stay():
                await self._end(b"event: signed_out\ndata: {}\n\n")
                return
            sent = await self._send_changes()
            if is_news_due:
                told_at = now
                await self._send_news()
            if sent:
                beaten_at = now
            elif now - beaten_at >= self._heartbeat:
                beaten_at = now
                await self._write(events.heartbeat(self._desk.context.clock.now()))

    async def _may_stay(self) -> bool:
        """Tell whether the user is still signed in, and may see exactly what they could see at
        first."""
        try:
            principal = await self._guard.check_again(self._request, "calendar:read")
        except Unavailable:
            return True  # The changes can't be read either, so none are sent.
        watched = self._watch.principal
        return principal is not None and (principal.scopes, principal.resource_id) == (
            watched.scopes,
            watched.resource_id,
        )

    async def _send_changes(self) -> bool:
        """Send the columns that have changed since they were sent last. Returns whether any was
        sent."""
        changed, self._changed = self._changed, set()
        hub = self._desk.context.hub
        boards = [hub.get_last(key) for key in self._watch.keys if key in changed]
        known = [board for board in boards if board is not None]
        if len(known) < len(boards):
            self.send_goodbye()  # A resource is gone: the viewer comes back and follows the others.
            return False
        fresh = [board for board in known if self._sent.get(board.key) != board.revision_text]
        if not fresh:
            return False
        try:
            if any(self._is_other_catalog(board.ledger.catalog) for board in fresh):
                self._watch = await self._plan_again()
                await self._write(await self._whole())
                return True
            columns = await self._desk.office.calendar.complete(fresh)
        except DibsError:
            log.debug("columns can't be read", exc_info=True)
            asyncio.get_running_loop().call_later(RETRY_INTERVAL, self._retry, changed)
            return False
        shown = [show_column(each, names_customers=self._watch.names_customers) for each in columns]
        await self._write(b"".join(_event("column", each) for each in shown))
        self._sent |= {each.key: each.version for each in columns}
        return True

    async def _send_news(self) -> None:
        """Send the bookings that were made since the last search, whichever day they are on."""
        own, first = self._watch.principal.resource_id, max(0, self._news_since - LOOK_BACK)
        try:
            found = await self._desk.office.calendar.find_news(first, own)
        except DibsError:
            return  # The next search finds them.
        start = self._first_event
        fresh = {n: each for n, each in found.items() if n > start and n not in self._told}
        if not fresh:
            return
        self._told = {n for n in self._told | set(fresh) if n > max(fresh) - 2 * LOOK_BACK}
        self._news_since = max(fresh)
        shown = [
            show_entry(each, names_customers=self._watch.names_customers) for each in fresh.values()
        ]
        await self._write(_event("news", {"bookings": shown}))

    def _retry(self, changed: set[BoardKey]) -> None:
        self._changed |= changed
        self._wake.set()

    def _is_other_catalog(self, catalog: Catalog) -> bool:
        """Tell whether services, the names of resources or the business have changed since they
        were sent."""
        sent = self._catalog
        return sent is None or (catalog is not sent and _names_of(catalog) != _names_of(sent))

    async def _plan_again(self) -> FollowedBoards:
        """Return the same watch. If its boards would be others now, for example because there is a
        new resource, say goodbye: the viewer comes back and follows the present ones."""
        watch = self._watch
        keys = await self._desk.office.calendar.plan(watch.first, watch.days, watch.resources)
        if tuple(keys) != watch.keys:
            self.send_goodbye()
        return watch

    async def _whole(self) -> bytes:
        """Return the event with the whole calendar, and remember what it contains."""
        watch, calendar = self._watch, self._desk.office.calendar
        self._changed.clear()
        columns = await calendar.read(watch.keys)
        self._catalog = await calendar.names()
        self._sent = {each.key: each.version for each in columns}
        shown = show_calendar(
            self._catalog,
            columns,
            watch.first,
            watch.days,
            self._desk.context.clock.now(),
            names_customers=watch.names_customers,
        )
        return _event("calendar", shown)

    async def _end(self, event: bytes) -> None:
        async with asyncio.timeout(self._send_timeout):
            await self._send({"type": "http.response.body", "body": event, "more_body": False})

    async def _write(self, event: bytes) -> None:
        """Send an event. Raises TimeoutError if the viewer takes nothing for too long."""
        async with asyncio.timeout(self._send_timeout):
            await self._send({"type": "http.response.body", "body": event, "more_body": True})


def _names_of(catalog: Catalog) -> tuple[object, ...]:
    resources = [(each.id, each.name) for each in catalog.resources.values()]
    return catalog.services, resources, catalog.business


def _event(name: str, data: object) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
