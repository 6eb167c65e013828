"""Sends events to one viewer, and keeps only the newest for a viewer who reads slowly.

A board may have thousands of viewers, and each change goes to all of them. A queue, a task or a
timer for each viewer would cost more than the sending itself. So an event is sent without a task:

1. ASGI's `send` is a coroutine function. `_begin` runs the coroutine by hand: `send(None)` executes
   it up to the first point where it has to wait.
2. Nearly always it never waits, because the server puts the bytes into the socket or its buffer.
   Then the coroutine ends with StopIteration, and the event is sent.
3. If the buffer is full, the coroutine waits for a future, which `send(None)` returns. From there a
   task takes over (`_finish_sending`). It waits for this same future on the coroutine's behalf and
   then runs the rest of the coroutine (`_run_rest`). The coroutine itself can't be made a task any
   more, because a task's first step would resume it although that future isn't done.

While the task waits, each new event replaces the one before it. A connection that takes nothing for
too long is aborted.
"""

from __future__ import annotations

import asyncio
import types
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

    #: Sends an event. The flag says whether it is the last one.
    Send = Callable[[bytes, bool], Coroutine[Any, Any, None]]

log = structlog.get_logger()

#: Seconds in which the last event must be sent. After that the connection is aborted.
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

    def __init__(self, send: Send, abort: Callable[[], object], send_timeout: float) -> None:
        """`abort` drops the connection. `send_timeout` is in seconds, for each event."""
        self._send = send
        self._abort = abort
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
        """Send the event, or keep it for later.

        This never waits and never fails, because the events of other viewers are sent after it.
        """
        if self._is_closed:
            return
        if self._is_open and self._sending_task is None:
            self._begin(event, last=False)
        else:
            self._newest = event

    def send_heartbeat(self, event: bytes) -> None:
        """Send this heartbeat, unless another event is still being sent. That event also shows that
        the connection lives."""
        if self._is_open and self._sending_task is None and not self._is_closed:
            self._begin(event, last=False)

    def close(self, event: bytes) -> None:
        """Send this as the last event. A viewer who doesn't take it now is disconnected."""
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
        """Stop sending, because the viewer is gone."""
        self._is_closed = True
        self._newest = None
        if self._sending_task is not None:
            self._sending_task.cancel()

    def _begin(self, event: bytes, *, last: bool) -> None:
        if last:
            asyncio.get_running_loop().call_later(GOODBYE_TIMEOUT, self._abort)
        sending = self._send(event, last)
        try:
            future = sending.send(None)
        except StopIteration:
            return  # Everything has been sent.
        except Exception:
            # Whatever went wrong, only this viewer may lose the stream. The client connects again.
            self._fail()
            return
        self._sending_task = asyncio.create_task(self._finish_sending(sending, future))

    async def _finish_sending(self, sending: Coroutine[Any, Any, None], future: Any) -> None:
        """Finish the event that waits for `future`, then send the newest event that came
        meanwhile."""
        try:
            async with asyncio.timeout(self._send_timeout):
                await _run_rest(sending, future)
            while self._newest is not None and not self._is_closed:
                event, self._newest = self._newest, None
                async with asyncio.timeout(self._send_timeout):
                    await self._send(event, False)
        except TimeoutError:
            self._is_closed = True
            self._abort()
        except Exception:
            # As in `_begin`: only this viewer loses the stream.
            self._fail()
        finally:
            self._sending_task = None

    def _fail(self) -> None:
        log.debug("an event can't be sent", exc_info=True)
        self._is_closed = True
        self._abort()


@types.coroutine
def _wait_for(future: Any) -> Generator[Any, Any, Any]:
    """Hand the event loop exactly what the coroutine has yielded.

    `await` would not do: a coroutine may also yield None, which asks for the loop's next step
    (`asyncio.sleep(0)` does), and None can't be awaited.
    """
    return (yield future)


async def _run_rest(begun: Coroutine[Any, Any, None], future: Any) -> None:
    """Run the rest of a coroutine that has been begun and waits for `future`.

    What the event loop answers is passed into the coroutine, and the next future that the coroutine
    waits for is passed out to the event loop, until the coroutine ends.
    """
    try:
        while True:
            try:
                answer = await _wait_for(future)
            except BaseException as error:
                future = begun.throw(error)
            else:
                future = begun.send(answer)
    except StopIteration:
        return
    finally:
        begun.close()
