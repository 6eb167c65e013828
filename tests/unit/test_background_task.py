"""Background tasks go on after a fault."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from dibs.background_task import BackgroundTask

pytestmark = pytest.mark.anyio

LONG = 3600.0


class Work:
    """Raises an exception the first `faults` times, then runs until it is stopped."""

    def __init__(self, faults: int) -> None:
        self.faults = faults
        self.begun = 0
        self.goes_on = asyncio.Event()

    async def run(self) -> None:
        self.begun += 1
        if self.begun <= self.faults:
            raise ZeroDivisionError
        self.goes_on.set()
        await asyncio.Event().wait()


async def reaches(what: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(10):
        await what()


async def test_a_task_that_ends_by_a_fault_is_logged_started_again_and_told() -> None:
    work = Work(faults=1)
    task = BackgroundTask("work", work.run, shortest_pause=0.01, steady_after=LONG)
    with capture_logs() as logged:
        task.start()
        assert not task.is_failing
        await reaches(work.goes_on.wait)
    (line,) = logged
    assert (line["log_level"], line["task"], line["exc_info"]) == ("error", "work", True)
    assert task.is_failing
    await task.stop()


async def test_a_task_that_has_been_steady_is_sound_again() -> None:
    work = Work(faults=3)
    task = BackgroundTask("work", work.run, shortest_pause=0.01, steady_after=0.01)
    with capture_logs() as logged:
        task.start()
        await reaches(work.goes_on.wait)
    pauses = [line["again_in"] for line in logged]
    assert pauses == sorted(pauses)
    async with asyncio.timeout(10):
        while task.is_failing:
            await asyncio.sleep(0.01)
    await task.stop()


async def test_a_task_that_returns_had_nothing_to_do() -> None:
    begun = 0

    async def run() -> None:
        nonlocal begun
        begun += 1

    task = BackgroundTask("work", run)
    task.start()
    await asyncio.sleep(0)
    await task.stop()
    assert (begun, task.is_failing) == (1, False)
