"""Work that all who ask for it at one time share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

Result = TypeVar("Result")


class SharedRuns(Generic[Result]):
    """Runs work of one name once for all who ask before it begins. Who asks while it runs shares
    the next run: a result never says less than what was true when its caller asked."""

    def __init__(self) -> None:
        self._next: dict[Hashable, asyncio.Task[Result]] = {}
        self._running: dict[Hashable, asyncio.Task[Result]] = {}

    async def run(self, name: Hashable, work: Callable[[], Awaitable[Result]]) -> Result:
        """The work goes on if its caller is cancelled: others may wait for it, too."""
        task = self._next.get(name)
        if task is None:
            task = asyncio.create_task(self._run(name, self._running.get(name), work))
            task.add_done_callback(_note_error)
            self._next[name] = task
        return await asyncio.shield(task)

    async def _run(
        self,
        name: Hashable,
        before: asyncio.Task[Result] | None,
        work: Callable[[], Awaitable[Result]],
    ) -> Result:
        if before is not None:
            await asyncio.wait([before])
        this = self._running[name] = self._next.pop(name)
        try:
            return await work()
        finally:
            if self._running[name] is this:
                del self._running[name]


def _note_error(task: asyncio.Task[Result]) -> None:
    """Those who wait are told; if nobody waits any more, nobody needs to be."""
    if not task.cancelled():
        task.exception()
