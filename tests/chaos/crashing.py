"""Use cases in a process of their own, which kills itself just before its n-th statement.

An event hook in this file counts the statements: the code under test knows nothing of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from dibs.app import Dibs, build
from dibs.ledger.sqlite_threads import Job
from dibs.settings import Settings
from tests.support.forked_process import processes

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ENDS_WITHIN = 30.0
Step = Callable[[Dibs, str], Awaitable[str]]


@dataclass
class StoppedClock:
    present: datetime

    def now(self) -> datetime:
        return self.present

    def monotonic(self) -> float:
        return self.present.timestamp()


def run(
    where: Path | Settings,
    step: Step,
    subject: str = "",
    *,
    dies_at: int = 0,
    now: datetime = NOW,
) -> str | None:
    """Run one step on a database, or on the database in a folder. Returns its answer, or None if
    the process was killed.

    `dies_at`: kill the process just before the statement with this number; 0: never.
    """
    settings = where if isinstance(where, Settings) else Settings(data=where)
    ours, theirs = processes.Pipe(duplex=False)
    child = processes.Process(target=_child, args=(theirs, settings, step, subject, dies_at, now))
    child.start()
    theirs.close()
    try:
        answer: str | None = ours.recv()
    except EOFError:
        answer = None
    child.join(ENDS_WITHIN)
    expected = 0 if answer is not None else -signal.SIGKILL
    assert child.exitcode == expected, f"exit code {child.exitcode}, answer {answer!r}"
    return answer


def _child(
    report: Connection, settings: Settings, step: Step, subject: str, dies_at: int, now: datetime
) -> None:
    async def act() -> str:
        dibs = build(settings, "secret", StoppedClock(now))
        try:
            if dies_at:
                _die_before_statement(dies_at)
            return await step(dibs, subject)
        finally:
            await dibs.database.close()

    report.send(asyncio.run(act()))


def _die_before_statement(number: int) -> None:
    """Kill this process just before the statement with this number.

    Every statement counts, BEGIN included, and so does each COMMIT. The answer that a database
    thread gives after a COMMIT counts too: then the work is committed, but the caller is not told.
    """
    left = number

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    answer = Job.answer

    def count_and_answer(job: Job[Any]) -> None:
        count()
        answer(job)

    Job.answer = count_and_answer  # type: ignore[method-assign, assignment]
