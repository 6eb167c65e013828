"""Work that runs beside the requests for as long as the process lives."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

log = structlog.get_logger()

MIN_PAUSE = 0.5
MAX_PAUSE = 30.0
#: Seconds without a fault after which a task counts as working again.
STEADY_AFTER = 60.0


class BackgroundTask:
    """Runs `run`. When it ends with an exception, logs that and starts it again after a pause.

    Each pause is twice as long as the one before, up to a limit, until `run` has worked for a
    while. If `run` returns, it has nothing to do and is not started again.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[], Coroutine[Any, Any, None]],
        *,
        shortest_pause: float = MIN_PAUSE,
        steady_after: float = STEADY_AFTER,
    ) -> None:
        self.name = name
        self._run = run
        self._shortest_pause = self._pause = shortest_pause
        self._steady_after = steady_after
        self._failed_at: float | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_failing(self) -> bool:
        """Whether the task has ended with an exception, and has not worked long enough since
        then."""
        failed_at = self._failed_at
        return failed_at is not None and time.monotonic() - failed_at < (
            self._pause + self._steady_after
        )

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_running(self) -> None:
        while True:
            try:
                await self._run()
            except Exception:
                # The exception is logged here, because no caller sees it. The work has to go on.
                if not self.is_failing:
                    self._pause = self._shortest_pause
                self._failed_at = time.monotonic()
                log.exception("a background task has ended", task=self.name, again_in=self._pause)
            else:
                return
            await asyncio.sleep(self._pause)
            self._pause = min(MAX_PAUSE, 2 * self._pause)
