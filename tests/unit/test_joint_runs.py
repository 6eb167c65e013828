"""Requests that come together are handled together, and each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from dibs.shared_runs import JointRuns

pytestmark = pytest.mark.anyio


class Work:
    """Doubles numbers as soon as the test allows it, and refuses odd numbers."""

    def __init__(self) -> None:
        self.allowed = asyncio.Event()
        self.runs: list[list[int]] = []

    async def __call__(self, asked: Sequence[int]) -> list[int | Exception]:
        self.runs.append(list(asked))
        await self.allowed.wait()
        if 0 in asked:
            raise ZeroDivisionError
        return [ValueError(each) if each % 2 else each * 2 for each in asked]


async def start(runs: JointRuns[int, int], *asked: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(runs.run(each)) for each in asked]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_who_comes_during_a_run_shares_the_next() -> None:
    work = Work()
    runs = JointRuns(work)
    first = await start(runs, 2)
    others = await start(runs, 4, 6, 8)
    work.allowed.set()
    assert await asyncio.gather(*first, *others) == [4, 8, 12, 16]
    assert work.runs == [[2], [4, 6, 8]]
    assert await runs.run(10) == 20
    assert work.runs[2:] == [[10]]


async def test_an_error_of_one_question_is_not_the_others() -> None:
    work = Work()
    work.allowed.set()
    runs = JointRuns(work)
    answers = await asyncio.gather(*await start(runs, 2, 3, 4), return_exceptions=True)
    assert answers[::2] == [4, 8]
    assert isinstance(answers[1], ValueError)


async def test_an_error_of_the_work_is_everybodys_and_the_next_run_works() -> None:
    work = Work()
    runs = JointRuns(work)
    failing = await start(runs, 0)
    failing += await start(runs, 2, 0)
    work.allowed.set()
    answers = await asyncio.gather(*failing, return_exceptions=True)
    assert [type(answer) for answer in answers] == [ZeroDivisionError] * 3
    assert await runs.run(2) == 4


async def test_who_leaves_is_not_asked_for_any_more() -> None:
    work = Work()
    runs = JointRuns(work)
    first = await start(runs, 2)
    waiting = await start(runs, 4, 6)
    for leaving in (first[0], waiting[0]):
        leaving.cancel()
    await asyncio.gather(first[0], waiting[0], return_exceptions=True)
    work.allowed.set()
    assert await waiting[1] == 12
    assert work.runs == [[2], [6]]


async def test_a_run_for_nobody_ends_and_a_newcomer_is_answered() -> None:
    work = Work()
    runs = JointRuns(work)
    leaving = (await start(runs, 2))[0]
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    newcomer = await start(runs, 4)
    work.allowed.set()
    assert await newcomer[0] == 8
    assert work.runs == [[2], [4]]
