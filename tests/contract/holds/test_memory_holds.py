"""The hold store of the embedded mode keeps the contract, and forgets what no longer matters."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import settings

from dibs.availability.boards import BoardKey
from dibs.holds.memory import MemoryHoldStore
from tests.contract.holds.claims_contract import ClaimBookContract
from tests.contract.holds.holds_contract import HoldStoreContract
from tests.contract.holds.holds_machine import HoldsMachine
from tests.contract.holds.store_under_test import BOARD, LIFETIMES, NEXT, TEN, StoreUnderTest
from tests.support.hand_clock import HandClock


def memory_store() -> StoreUnderTest:
    clock = HandClock()
    announcements: list[BoardKey] = []

    async def take_announcements() -> list[BoardKey]:
        news = announcements.copy()
        announcements.clear()
        return news

    store = MemoryHoldStore(clock, lambda board, _: announcements.append(board), LIFETIMES)
    return StoreUnderTest(store, clock, take_announcements, lines_run)


async def lines_run(operation: Callable[[], Awaitable[object]]) -> int:
    """Count the lines of Python that an operation runs. This shows loops, however fast the machine
    is."""
    count = 0

    def trace(_: FrameType, event: str, __: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        await operation()
    finally:
        sys.settrace(former)
    return count


class TestMemoryClaims(ClaimBookContract):
    @pytest.fixture
    def it(self) -> StoreUnderTest:
        return memory_store()


class TestMemoryHolds(HoldStoreContract):
    @pytest.fixture
    def it(self) -> StoreUnderTest:
        return memory_store()

    async def test_a_board_left_alone_is_forgotten_in_the_end(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        it.clock.advance((LIFETIMES.max_hold + LIFETIMES.record).total_seconds() + 1)
        await it.acquire_surely(TEN, "bob", 1, boards=[NEXT])
        await it.announced()
        assert await it.version(BOARD) == 0

    async def test_a_board_that_comes_back_after_being_forgotten_goes_on_upwards(
        self, it: StoreUnderTest
    ) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        before = await it.version()
        it.clock.advance((LIFETIMES.max_hold + LIFETIMES.record).total_seconds() + 1)
        await it.acquire_surely(TEN, "bob", 1, boards=[NEXT])
        await it.acquire_surely(TEN, "ann", 1)
        assert await it.version() > before


class MemoryHoldsMachine(HoldsMachine):
    def open(self) -> StoreUnderTest:
        return memory_store()


TestMemoryHoldsAgree = MemoryHoldsMachine.TestCase
TestMemoryHoldsAgree.settings = settings(
    derandomize=True, deadline=None, max_examples=120, stateful_step_count=50
)
