"""The threads that use the SQLite file: one that writes, and some that read.

SQLite has one writer at a time. So the **writer** takes all transactions that wait, gives each a
savepoint of its own, and commits them together: that is one write to the disk for all of them, and
each caller is answered after it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import text

from dibs import metrics
from dibs.ledger.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Connection, Engine

#: The most transactions that are committed together. The first of them waits for the last.
MAX_GROUP = 64

SET_SAVEPOINT = Statement(text("SAVEPOINT one"))
ROLL_BACK = Statement(text("ROLLBACK TO one"))
RELEASE = Statement(text("RELEASE one"))

Result = TypeVar("Result")


class Job(Generic[Result]):
    """A function that a thread runs, and the task that waits for what it returns or raises."""

    def __init__(self, function: Callable[[Connection], Result], *, in_transaction: bool) -> None:
        self._function = function
        self.in_transaction = in_transaction
        self._loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Result] = self._loop.create_future()
        self._result: Result | None = None
        self.error: BaseException | None = None

    @property
    def is_awaited(self) -> bool:
        """Whether a task still waits. It is False once that task has been cancelled."""
        return not self.future.done()

    def run(self, connection: Connection) -> None:
        """Run the function and keep its result. Raises what the function raises."""
        self._result = self._function(connection)

    def answer(self) -> None:
        """Give the result to the task that waits, in its own event loop."""
        with suppress(RuntimeError):  # The loop has been closed.
            self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self._result)  # type: ignore[arg-type]


class _Threads(ABC):
    """Threads that work off one queue and start with the first job. They are daemons, so that a
    disk that hangs keeps no process alive."""

    def __init__(self, name: str, count: int) -> None:
        self._name = name
        self._count = count
        self._jobs: SimpleQueue[Job[Any] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    async def _run(
        self, function: Callable[[Connection], Result], *, in_transaction: bool = True
    ) -> Result:
        if not self._threads:
            self._start()
        job = Job(function, in_transaction=in_transaction)
        self._jobs.put(job)
        return await job.future

    def _start(self) -> None:
        for number in range(self._count):
            name = f"{self._name}-{number}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    @abstractmethod
    def _work(self) -> None:
        """Run jobs until `None` is in the queue; called in each thread."""

    async def close(self, timeout: float) -> None:
        """Let the threads end with what they are doing, and wait for that for at most `timeout`
        seconds."""
        threads, self._threads = self._threads, []
        for _ in threads:
            self._jobs.put(None)
        if threads:
            await asyncio.to_thread(_join, threads, timeout)


class Readers(_Threads):
    """Runs queries side by side."""

    def __init__(self, engine: Engine, count: int) -> None:
        super().__init__("dibs-reader", count)
        self._engine = engine

    async def run(
        self, query: Callable[[Connection], Result], *, in_transaction: bool = True
    ) -> Result:
        """Run a query. With `in_transaction` it may have several statements, which see one moment.
        Raises what the query raises."""
        return await self._run(query, in_transaction=in_transaction)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.is_awaited:
                try:
                    engine = self._engine
                    with engine.begin() if job.in_transaction else engine.connect() as connection:
                        job.run(connection)
                except BaseException as error:
                    job.error = error
            job.answer()


class Writer(_Threads):
    """Runs transactions one after the other, and commits those that wait together."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("dibs-writer", 1)
        self._engine = engine

    async def run(self, operation: Callable[[Connection], Result]) -> Result:
        """Run the operation in a transaction, and wait until it is committed.

        If the wait is cancelled before the operation has ended, the operation is rolled back.
        Raises what the operation raises, and then only that operation is rolled back. If the commit
        fails, it fails for all operations of the group.
        """
        return await self._run(operation)

    def _work(self) -> None:
        while group := self._next_group():
            self._commit_together(group)
            for job in group:
                job.answer()

    def _next_group(self) -> list[Job[Any]]:
        """Return the jobs that wait now, in the order in which they came. If there are none, it is
        time to end."""
        group: list[Job[Any]] = []
        job = self._jobs.get()
        while job is not None:
            group.append(job)
            try:
                job = self._jobs.get_nowait() if len(group) < MAX_GROUP else None
            except Empty:
                return group
        if group and len(group) < MAX_GROUP:
            self._jobs.put(None)
        return group

    def _commit_together(self, group: Sequence[Job[Any]]) -> None:
        metrics.observe_group(len(group))
        try:
            with self._engine.begin() as connection:
                for job in group:
                    if job.is_awaited:
                        _run_in_savepoint(connection, job)
        except BaseException as error:
            for job in group:
                job.error = job.error or error


def _run_in_savepoint(connection: Connection, job: Job[Any]) -> None:
    SET_SAVEPOINT.execute(connection)
    try:
        job.run(connection)
    except BaseException as error:
        job.error = error
        if not _is_in_transaction(connection):
            raise
    if job.error is not None or not job.is_awaited:
        ROLL_BACK.execute(connection)
    RELEASE.execute(connection)


def _is_in_transaction(connection: Connection) -> bool:
    """Tell whether the transaction still exists. After some errors, such as a full disk, SQLite
    itself rolls all of it back."""
    driver: Any = connection.connection.driver_connection
    return bool(driver.in_transaction)


def _join(threads: Iterable[threading.Thread], timeout: float) -> None:
    deadline = time.monotonic() + timeout
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
