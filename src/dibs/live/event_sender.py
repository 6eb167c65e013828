"""A viewer's sender: it holds one event, the newest.

What is put in goes out at once, in the caller's own step: no queue, no task, no timer. Only while
a viewer can't take any more is there a task; meanwhile each new event takes the place of the one
before it, and who takes nothing for too long is cut.
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

#: Seconds in which a last event must be on its way: an orderly end waits for its reader.
GOODBYE_TIMEOUT = 0.5


class LatestEventSender:
    """Keeps what is put into it until `open` is called."""

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
        """Send what is in it, after this, and from now on whatever is put in."""
        self._is_open = True
        event, self._newest = self._newest, None
        if event is not None:
            self._begin(before + event, last=self._is_closed)

    def send_latest(self, event: bytes) -> None:
        """Never waits and never fails: one viewer is no reason why others aren't told."""
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
