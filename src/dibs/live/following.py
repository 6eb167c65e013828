"""Views that are followed: every change goes to all their viewers, as the same bytes.

A view is rendered when it changes, once, and that is put into the mailbox of each viewer. A new
viewer's mailbox is registered first and given the present state then, with no await in between:
in any other way a change could pass in the gap and never be told.
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
    from dibs.live.board import Rendered, Revision
    from dibs.live.day import Days, DayView
    from dibs.live.hub import Hub
    from dibs.live.mailbox import Mailbox

#: A day whose boards are dropped while it is being opened is opened anew, so often.
MOST_TRIES = 3


class View(Protocol):
    @property
    def tag(self) -> str: ...
    @property
    def rendered(self) -> Rendered: ...


class Followed:
    """One view and its viewers. `present` says what it shows now; None: there is no such view
    any more."""

    def __init__(
        self,
        name: Hashable,
        keys: Sequence[BoardKey],
        present: Callable[[], View | None],
        write: Callable[[View], bytes],
    ) -> None:
        self.name = name
        self.keys = tuple(keys)
        self.mailboxes: set[Mailbox] = set()
        self.is_over = False
        self._present = present
        self._write = write
        self._tag: str | None = None
        self._event = b""

    def changed(self) -> None:
        """Tell all if it shows something else now."""
        view = self._present()
        if view is None:
            self.end()
        elif view.tag != self._tag:
            # In this order: a view that can't be written is tried again at its next change.
            self._event = self._write(view)
            self._tag = view.tag
            for mailbox in tuple(self.mailboxes):
                mailbox.put(self._event)

    def add(self, mailbox: Mailbox) -> None:
        self.mailboxes.add(mailbox)
        mailbox.put(self._event)

    def end(self) -> None:
        """Send all viewers away; those who come back learn what has become of it."""
        self.is_over = True
        for mailbox in tuple(self.mailboxes):
            mailbox.close(events.bye())


class Following:
    """All views that are followed. `most` is how many may follow one; 0: any number."""

    def __init__(self, hub: Hub, days: Days, clock: Clock, next_poll_ms: int, most: int) -> None:
        self._hub = hub
        self._days = days
        self._clock = clock
        self._next_poll_ms = next_poll_ms
        self._most = most
        self._views: dict[Hashable, Followed] = {}

    async def board(self, key: BoardKey, seen: Revision | None, mailbox: Mailbox) -> Followed:
        """Have the mailbox told of a board, from its present state on.

        Raises NotFound, LedgerUnavailable, TooManyStreams.
        """
        await self._hub.look(key, seen)
        return self._join(key, [key], lambda: self._hub.present(key), "board", mailbox)

    async def day(
        self,
        service_id: int,
        day: date,
        resource_id: int | None,
        seen: str | None,
        mailbox: Mailbox,
    ) -> Followed:
        """The same for a service's day. Raises Unavailable too."""
        view = await self._opened(service_id, day, resource_id, seen)

        def present() -> DayView | None:
            nonlocal view
            now = self._days.present(view, resource_id)
            view = now or view
            return now

        keys = [board.key for board in view.boards]
        return self._join((service_id, day, resource_id), keys, present, "day", mailbox)

    def leave(self, followed: Followed, mailbox: Mailbox) -> None:
        followed.mailboxes.discard(mailbox)
        if not followed.mailboxes:
            self._drop(followed)

    async def _opened(
        self, service_id: int, day: date, resource_id: int | None, seen: str | None
    ) -> DayView:
        """The day, with all of its boards at hand at this very moment."""
        for _ in range(MOST_TRIES):
            view = await self._days.look(service_id, day, resource_id, seen)
            present = self._days.present(view, resource_id)
            if present is not None:
                return present
        raise Unavailable

    def _join(
        self,
        name: Hashable,
        keys: Sequence[BoardKey],
        present: Callable[[], View | None],
        event: str,
        mailbox: Mailbox,
    ) -> Followed:
        followed = self._views.get(name)
        if followed is not None and (followed.is_over or followed.keys != tuple(keys)):
            followed.end()
            self._drop(followed)
            followed = None
        if followed is None:
            followed = Followed(name, keys, present, lambda view: self._event(event, view))
            self._views[name] = followed
            self._hub.follow(followed.keys, followed.changed)
            followed.changed()
        elif self._most and len(followed.mailboxes) >= self._most:
            raise TooManyStreams
        followed.add(mailbox)
        return followed

    def _drop(self, followed: Followed) -> None:
        self._hub.unfollow(followed.keys, followed.changed)
        if self._views.get(followed.name) is followed:
            del self._views[followed.name]

    def _event(self, name: str, view: View) -> bytes:
        json = view.rendered.at(self._clock.now(), self._next_poll_ms)
        return events.state(name, view.tag, json)
