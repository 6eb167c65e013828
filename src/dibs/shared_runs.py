"""Runs work once for all callers that ask for it at the same time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable, Sequence

Asked = TypeVar("Asked")
Result = TypeVar("Result")


class SharedRuns(Generic[Result]):
    """Runs the work of one name once for all callers that ask before it begins.

    A caller that asks while it runs shares the next run. So a result is never older than the call
    that gets it.
    """

    def __init__(self) -> None:
        self._next: dict[Hashable, asyncio.Task[Result]] = {}
        self._running: dict[Hashable, asyncio.Task[Result]] = {}

    async def run(self, name: Hashable, work: Callable[[], Awaitable[Result]]) -> Result:
        """Return the result of the next run. If the caller is cancelled, the work goes on, because
        others may wait for it, too."""
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


class JointRuns(Generic[Asked, Result]):
    """Answers in one run all questions that were asked during the run before.

    `work` returns for each question, in their order, an answer or the error of this question. An
    error that `work` raises is the answer to all. As with `SharedRuns`, an answer is never older
    than its question.
    """

    def __init__(
        self, work: Callable[[Sequence[Asked]], Awaitable[Sequence[Result | Exception]]]
    ) -> None:
        self._work = work
        self._waiting: list[tuple[Asked, asyncio.Future[Result]]] = []
        self._being_answered: list[tuple[Asked, asyncio.Future[Result]]] = []
        self._runs: asyncio.Task[None] | None = None

    async def run(self, asked: Asked) -> Result:
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._runs is None:
            self._runs = asyncio.create_task(self._run_until_none_waits())
        try:
            return await answer
        except asyncio.CancelledError:
            self._end_run_for_nobody()
            raise

    def _end_run_for_nobody(self) -> None:
        everybody = [*self._being_answered, *self._waiting]
        if self._runs is not None and all(answer.done() for _, answer in everybody):
            self._runs.cancel()

    async def _run_until_none_waits(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                self._being_answered = [each for each in waiting if not each[1].done()]
                await self._answer(self._being_answered)
        finally:
            self._runs, self._being_answered = None, []
            if self._waiting:
                # These questions came after this run was cancelled.
                self._runs = asyncio.create_task(self._run_until_none_waits())

    async def _answer(self, waiting: Sequence[tuple[Asked, asyncio.Future[Result]]]) -> None:
        answers: Sequence[Result | Exception]
        try:
            answers = await self._work([asked for asked, _ in waiting])
        except Exception as error:
            answers = [error] * len(waiting)
        for (_, future), answer in zip(waiting, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)


def _note_error(task: asyncio.Task[Result]) -> None:
    """Mark the error of a task as seen, so that asyncio does not log it. Callers that still wait
    get the error anyway."""
    if not task.cancelled():
        task.exception()
