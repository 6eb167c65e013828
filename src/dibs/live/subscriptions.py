"""The views that are followed. Each change of a view is sent to all of its viewers.

A view is rendered once when it changes, and the same bytes go to the event sender of each viewer. A
new viewer's event sender is registered first and gets the current state directly afterwards,
without an await in between. Otherwise a change between the two would never reach that viewer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from dibs.errors import TooManyStreams, Unavailable
from dibs.live import events

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence
    from datetime import date

    from dibs.availability.boards import BoardKey
    from dibs.clock import Clock
    from dibs.live.board import RenderedView, Revision
    from dibs.live.day import Days, DayView
    from dibs.live.event_sender import LatestEventSender
    from dibs.live.hub import Hub

#: How many times opening a day is tried. A try fails if boards of the day are dropped from memory
#: meanwhile.
MAX_TRIES = 3


class View(Protocol):
    """A board or a day."""

    @property
    def revision_text(self) -> str: ...
    @property
    def rendered(self) -> RenderedView: ...


class Subscription:
    """One view and its viewers. `get_current` returns the view as it is now, or None if it no
    longer exists. `write` makes the event from it."""

    def __init__(
        self,
        name: Hashable,
        keys: Sequence[BoardKey],
        get_current: Callable[[], View | None],
        write: Callable[[View], bytes],
    ) -> None:
        self.name = name
        self.keys = tuple(keys)
        self.event_senders: set[LatestEventSender] = set()
        self.is_over = False
        self._get_current = get_current
        self._write = write
        self._sent_revision: str | None = None
        self._event = b""

    def send_if_changed(self) -> None:
        """Send the view to all viewers if it has changed."""
        view = self._get_current()
        if view is None:
            self.end()
        elif view.revision_text != self._sent_revision:
            # The revision is set last, so that a view that can't be rendered is tried again.
            self._event = self._write(view)
            self._sent_revision = view.revision_text
            for event_sender in tuple(self.event_senders):
                event_sender.send_latest(self._event)

    def add(self, event_sender: LatestEventSender) -> None:
        self.event_senders.add(event_sender)
        event_sender.send_latest(self._event)

    def end(self) -> None:
        """End the streams of all viewers. Those who come back learn what has become of the view."""
        self.is_over = True
        for event_sender in tuple(self.event_senders):
            event_sender.close(events.goodbye())


class Subscriptions:
    """All views that are followed. `most` is how many viewers one view can have; 0 means any
    number."""

    def __init__(self, hub: Hub, days: Days, clock: Clock, next_poll_ms: int, most: int) -> None:
        self._hub = hub
        self._days = days
        self._clock = clock
        self._next_poll_ms = next_poll_ms
        self._most = most
        self._views: dict[Hashable, Subscription] = {}

    @property
    def views(self) -> int:
        """How many views are followed."""
        return len(self._views)

    @property
    def viewers(self) -> int:
        """How many viewers follow them."""
        return sum(len(each.event_senders) for each in self._views.values())

    async def follow_board(
        self, key: BoardKey, seen: Revision | None, event_sender: LatestEventSender
    ) -> Subscription:
        """Send the current state of a board, and each later one, by this event sender.

        Raises NotFound, LedgerUnavailable, TooManyStreams.
        """
        await self._hub.get(key, seen)
        return self._join(key, [key], lambda: self._hub.get_last(key), "board", event_sender)

    async def follow_day(
        self,
        service_id: int,
        day: date,
        resource_id: int | None,
        seen: str | None,
        event_sender: LatestEventSender,
    ) -> Subscription:
        """Do the same as `follow_board` for a service's day. Also raises Unavailable."""
        view = await self._open_day(service_id, day, resource_id, seen)

        def get_current() -> DayView | None:
            nonlocal view
            now = self._days.get_last(view, resource_id)
            view = now or view
            return now

        keys = [board.key for board in view.boards]
        return self._join((service_id, day, resource_id), keys, get_current, "day", event_sender)

    def leave(self, subscription: Subscription, event_sender: LatestEventSender) -> None:
        subscription.event_senders.discard(event_sender)
        if not subscription.event_senders:
            self._drop(subscription)

    async def _open_day(
        self, service_id: int, day: date, resource_id: int | None, seen: str | None
    ) -> DayView:
        """Return the day at a moment when all of its boards are in memory. Raises Unavailable if
        no try succeeds."""
        for _ in range(MAX_TRIES):
            view = await self._days.get(service_id, day, resource_id, seen)
            present = self._days.get_last(view, resource_id)
            if present is not None:
                return present
        raise Unavailable

    def _join(
        self,
        name: Hashable,
        keys: Sequence[BoardKey],
        get_current: Callable[[], View | None],
        event: str,
        event_sender: LatestEventSender,
    ) -> Subscription:
        subscription = self._views.get(name)
        if subscription is not None and (subscription.is_over or subscription.keys != tuple(keys)):
            subscription.end()
            self._drop(subscription)
            subscription = None
        if subscription is None:
            subscription = Subscription(
                name, keys, get_current, lambda view: self._event(event, view)
            )
            self._views[name] = subscription
            self._hub.follow(subscription.keys, subscription.send_if_changed)
            subscription.send_if_changed()
        elif self._most and len(subscription.event_senders) >= self._most:
            raise TooManyStreams
        subscription.add(event_sender)
        return subscription

    def _drop(self, subscription: Subscription) -> None:
        self._hub.unfollow(subscription.keys, subscription.send_if_changed)
        if self._views.get(subscription.name) is subscription:
            del self._views[subscription.name]

    def _event(self, name: str, view: View) -> bytes:
        json = view.rendered.complete(self._clock.now(), self._next_poll_ms)
        return events.state(name, view.revision_text, json)
