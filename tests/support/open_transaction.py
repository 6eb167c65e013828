"""A write transaction that stays open between its statements, like one of another node."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import datetime
from queue import SimpleQueue
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.util import await_only

from dibs.availability.boards import BoardKey
from dibs.ledger.database import TRANSACTION_TIMEOUT, Database, Transaction
from dibs.ledger.postgresql import PostgreSQL

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class OpenTransaction:
    """Runs functions of the ledger, one after the other, inside one transaction. `versions` are the
    versions of the boards that the transaction has locked."""

    def __init__(self, *, is_in_thread: bool) -> None:
        # While it waits for its next step, an operation blocks its thread on SQLite, but only its
        # task on PostgreSQL.
        self._threads: SimpleQueue[Any] | None = SimpleQueue() if is_in_thread else None
        self._tasks: asyncio.Queue[Any] = asyncio.Queue()
        self.versions: dict[BoardKey, int] = {}
        self.began: Future[None] = Future()

    async def run(
        self,
        function: Callable[Concatenate[Transaction, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        answer: Future[Result] = Future()
        self._put((lambda tx: function(tx, *args, **kwargs), answer))
        return await asyncio.wrap_future(answer)

    async def now(self) -> datetime:
        return await self.run(lambda tx: tx.now)

    async def lock_boards(self, boards: Iterable[BoardKey]) -> None:
        await self.run(lambda tx: tx.lock_boards(boards))

    async def sql(self, statement: str) -> Any:
        """Run a statement, and return the first value of its first row, or None."""

        def execute(tx: Transaction) -> Any:
            result = tx.connection.exec_driver_sql(statement)
            row = result.first() if result.returns_rows else None
            return row[0] if row else None

        return await self.run(execute)

    def operate(self, tx: Transaction) -> None:
        """Run all steps. The database runs this function as one operation."""
        self.versions = tx.versions
        self.began.set_result(None)
        while (step := self._next()) is not None:
            if isinstance(step, BaseException):
                raise step
            function, answer = step
            try:
                answer.set_result(function(tx))
            except BaseException as error:
                answer.set_exception(error)

    def end(self, error: BaseException | None = None) -> None:
        self._put(error)

    def _put(self, step: Any) -> None:
        if self._threads is not None:
            self._threads.put(step)
        else:
            self._tasks.put_nowait(step)

    def _next(self) -> Any:
        if self._threads is not None:
            return self._threads.get(timeout=60)
        return await_only(self._tasks.get())


@asynccontextmanager
async def open_transaction(
    database: Database, longest: float = TRANSACTION_TIMEOUT
) -> AsyncIterator[OpenTransaction]:
    """Open a transaction. It is committed at the end of the block, or rolled back if the block
    raises an exception."""
    tx = OpenTransaction(is_in_thread=not isinstance(database, PostgreSQL))
    running = asyncio.ensure_future(database.write_within(longest, tx.operate))
    began = asyncio.wrap_future(tx.began)
    await asyncio.wait([running, began], return_when=asyncio.FIRST_COMPLETED)
    if not began.done():
        await running
    try:
        yield tx
    except BaseException as error:
        tx.end(error)
        await running
        raise
    tx.end()
    await running
