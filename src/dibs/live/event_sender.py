"""Sends events to one viewer, and keeps only the newest for a viewer who reads slowly.

An event is sent at once, in the caller's own step, because a queue, a task or a timer for each of
thousands of viewers would cost more than the sending. Only when the connection can't take any more
does a task wait for it. Meanwhile each new event replaces the one before it. A connection that
takes nothing for too long is aborted.
"""

from __future__ import annotations

import asyncio
import types
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

    #: Sends an event; the flag says whether it is the last.
    Send = Callable[[bytes, bool], Coroutine[Any, Any, None]]

log = structlog.get_logger()

#: Seconds in which the last event must be sent; after that the connection is aborted.
GOODBYE_TIMEOUT = 0.5


class LatestEventSender:
    """Keeps the newest event until `open` is called, and sends from then on."""

    __slots__ = (
        "_abort",
        "_is_closed",
        "_is_open",
        "_newest",
        "_send",
        "_send_timeout",
        "_sending_task",
    )

    def __init__(self, send: Send, cut: Callable[[], object], send_timeout: float) -> None:
        self._send = send
        self._abort = cut
        self._send_timeout = send_timeout
        self._newest: bytes | None = None
        self._sending_task: asyncio.Task[None] | None = None
        self._is_open = False
        self._is_closed = False

    def open(self, before: bytes = b"") -> None:
        """Send `before` and the event that was kept; from now on events are sent at once."""
        self._is_open = True
        event, self._newest = self._newest, None
        if event is not None:
            self._begin(before + event, last=self._is_closed)

    def send_latest(self, event: bytes) -> None:
        """Send the event, or keep it for later. Never waits and never fails, because the events of
        other viewers are sent after this one."""
        if self._is_closed:
            return
        if self._is_open and self._sending_task is None:
            self._begin(event, last=False)
        else:
            self._newest = event

    def send_heartbeat(self, event: bytes) -> None:
        """Send this unless there is something better to send."""
        if self._is_open and self._sending_task is None and not self._is_closed:
            self._begin(event, last=False)

    def close(self, event: bytes) -> None:
        """Send this as the last; who doesn't take it now is cut."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._sending_task is not None:
            self._abort()
        elif self._is_open:
            self._begin(event, last=True)
        else:
            self._newest = event

    def discard(self) -> None:
        """The viewer is gone."""
        self._is_closed = True
        self._newest = None
        if self._sending_task is not None:
            self._sending_task.cancel()

    def _begin(self, event: bytes, *, last: bool) -> None:
        if last:
            asyncio.get_running_loop().call_later(GOODBYE_TIMEOUT, self._abort)
        sending = self._send(event, last)
        try:
            awaited = sending.send(None)
        except StopIteration:
            return
        except Exception:
            self._fail()
            return
        self._sending_task = asyncio.create_task(self._finish_sending(sending, awaited))

    async def _finish_sending(self, sending: Coroutine[Any, Any, None], awaited: Any) -> None:
        """Finish what has been begun, then send the newest that has come meanwhile."""
        try:
            async with asyncio.timeout(self._send_timeout):
                await _rest(sending, awaited)
            while self._newest is not None and not self._is_closed:
                event, self._newest = self._newest, None
                async with asyncio.timeout(self._send_timeout):
                    await self._send(event, False)
        except TimeoutError:
            self._is_closed = True
            self._abort()
        except Exception:
            self._fail()
        finally:
            self._sending_task = None

    def _fail(self) -> None:
        log.debug("a viewer can't be told", exc_info=True)
        self._is_closed = True
        self._abort()


@types.coroutine
def _wait(awaited: Any) -> Generator[Any, Any, Any]:
    return (yield awaited)


async def _rest(begun: Coroutine[Any, Any, None], awaited: Any) -> None:
    """What is left of a coroutine that has been begun and waits for this."""
    try:
        while True:
            try:
                got = await _wait(awaited)
            except BaseException as error:
                awaited = begun.throw(error)
            else:
                awaited = begun.send(got)
    except StopIteration:
        return
    finally:
        begun.close()
