"""An event loop that never waits: its time jumps from one event to the next.

Events that are due at the same time happen in an order that the seed decides. What an event causes
happens at once, in asyncio's order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from heapq import heappop, heappush
from random import Random
from types import TracebackType
from typing import Any

#: Far more events than a run has. If there are more, something never stops.
MAX_EVENTS = 30_000


class BusyForEver(Exception):
    """More happens than can have a reason."""


class Timer:
    """A call that is due at a time, unless it is cancelled."""

    __slots__ = ("_at", "args", "callback", "context")

    def __init__(
        self, at: float, callback: Callable[..., object], args: tuple[Any, ...], context: Any
    ) -> None:
        self._at = at
        self.callback: Callable[..., object] | None = callback
        self.args = args
        self.context = context

    def when(self) -> float:
        return self._at

    def cancel(self) -> None:
        self.callback = None

    def run(self) -> None:
        if self.callback is None:
            return
        if self.context is None:
            self.callback(*self.args)
        else:
            self.context.run(self.callback, *self.args)


class VirtualLoop(asyncio.AbstractEventLoop):
    """An event loop with virtual time. It calls `after_each` after each event, when everything that
    the event has caused is done."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._now = 0.0
        self._ready: deque[Timer] = deque()
        self._timers: list[tuple[float, float, int, Timer]] = []
        self._events = 0
        self._tasks: list[asyncio.Task[Any]] = []
        self._stopped_by: Exception | None = None
        self.after_each: Callable[[], None] = lambda: None

    def __enter__(self) -> VirtualLoop:
        asyncio._set_running_loop(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        try:
            for task in self._tasks:
                task.cancel()
            self._settle()
        finally:
            asyncio._set_running_loop(None)

    def run_until(self, time: float) -> None:
        """Run all events that are due by this time."""
        self._settle()
        while self._timers and self._timers[0][0] <= time:
            at, _, _, timer = heappop(self._timers)
            if timer.callback is None:
                continue
            self._now = max(self._now, at)
            timer.run()
            self._settle()
            self.after_each()
            if self._stopped_by is not None:
                raise self._stopped_by
            self._events += 1
            if self._events > MAX_EVENTS:
                raise BusyForEver
        self._now = max(self._now, time)

    def stop_with(self, error: Exception) -> None:
        """End the run with this error, wherever it was found. The first error counts."""
        self._stopped_by = self._stopped_by or error

    def failures(self) -> list[BaseException]:
        """Return the errors that ended tasks."""
        ended = (task for task in self._tasks if task.done() and not task.cancelled())
        return [error for task in ended if (error := task.exception()) is not None]

    def _settle(self) -> None:
        while self._ready:
            self._ready.popleft().run()

    # --- what asyncio asks of a loop

    def time(self) -> float:
        return self._now

    def call_soon(  # type: ignore[override] # a timer that is no asyncio.Handle is enough here
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> Any:
        timer = Timer(self._now, callback, args, context)
        self._ready.append(timer)
        return timer

    def call_later(  # type: ignore[override] # as in call_soon
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Any:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override] # as in call_soon
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Any:
        timer = Timer(when, callback, args, context)
        heappush(self._timers, (when, self._rng.random(), len(self._timers), timer))
        return timer

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Generator[Any, Any, Any] | Coroutine[Any, Any, Any],
        *,
        name: Any = None,
        context: Any = None,
    ) -> asyncio.Task[Any]:
        task = asyncio.Task(coro, loop=self, name=name)
        self._tasks.append(task)
        return task

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        raise AssertionError(context)
