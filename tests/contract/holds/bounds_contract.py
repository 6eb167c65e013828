"""What every hold store promises about how much it keeps and how much an operation costs."""

from __future__ import annotations

import asyncio

import pytest

from dibs.availability.boards import BoardKey
from dibs.holds.store import MAX_RECORDS, Hold, Refusal
from tests.contract.holds.store_under_test import (
    BOARD,
    BOTH,
    ELEVEN,
    HALF_PAST,
    MIDNIGHT,
    NEXT,
    RECORD,
    TEN,
    TOTAL,
    StoreUnderTest,
    slot,
)


class BoundsContract:
    # --- how many visitors

    @pytest.mark.parametrize(
        "visitor",
        ["", "a:b", "v:a b", "version", "ledger", "{r:1}", "'\"\\", "\r\n\0", "żółw 🐢", "\ud800"],
        ids=ascii,
    )
    async def test_a_visitor_is_any_string(self, it: StoreUnderTest, visitor: str) -> None:
        await it.acquire_surely(ELEVEN, "ann", 1)
        hold = await it.acquire_surely(TEN, visitor, 2**53 - 1)
        part = await it.part()
        assert part.visitors == {"ann", visitor}
        assert hold in part.holds
        assert await it.store.find_holds(visitor) == [hold]
        assert await it.extend(TEN, visitor, 120) == hold
        assert await it.hold(TEN, visitor, 2**53 - 2) is Refusal.SUPERSEDED
        await it.store.record_commit(BOARD, 1, hold)
        assert await it.on_board() == {"ann": ELEVEN}

    async def test_a_grant_says_whether_the_visitor_may_hold_elsewhere(
        self, it: StoreUnderTest
    ) -> None:
        await it.acquire_surely(HALF_PAST, "bob", 1, boards=[NEXT])
        assert not (await it.acquire_surely(MIDNIGHT, "ann", 1, boards=BOTH)).may_have_others
        assert not (await it.acquire_surely(MIDNIGHT, "ann", 2, boards=BOTH)).may_have_others
        assert (await it.acquire_surely(TEN, "ann", 3)).may_have_others
        taken = await it.acquire(TEN, "bob", boards=[BoardKey(2, BOARD.day)])
        assert isinstance(taken, Hold)
        assert taken.may_have_others

    async def test_a_board_full_of_holds_refuses_whoever_is_unknown(
        self, it: StoreUnderTest
    ) -> None:
        for number in range(MAX_RECORDS):
            await it.acquire_surely(TEN, f"visitor {number}", 1, seats=MAX_RECORDS + 1)
        assert await it.hold(ELEVEN, "one more", 1) is Refusal.HELD
        assert await it.acquire(ELEVEN, "one more") is Refusal.HELD
        assert await it.release(ELEVEN, "one more", 2) is False
        assert "one more" not in (await it.part()).visitors
        assert (await it.acquire_surely(ELEVEN, "visitor 7", 2)).slot == ELEVEN
        await it.release(TEN, "visitor 8", 2)
        assert isinstance(await it.hold(HALF_PAST, "one more", 3), Hold)

    async def test_what_would_be_forgotten_first_makes_room(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1, ttl=TOTAL)
        for number in range(MAX_RECORDS - 1):
            await it.release(ELEVEN, f"visitor {number}", 1)
            it.clock.advance(0.001)
        await it.announced()
        assert await it.hold(TEN, "bob", 1) is Refusal.HELD
        assert isinstance(await it.hold(ELEVEN, "cem", 1), Hold)
        visitors = (await it.part()).visitors
        assert len(visitors) == MAX_RECORDS
        assert visitors >= {"ann", "bob", "cem", "visitor 2"}
        assert visitors.isdisjoint({"visitor 0", "visitor 1"})
        assert await it.announced() == [BOARD]

    # --- size

    async def test_what_is_over_costs_nothing(self, it: StoreUnderTest) -> None:
        async def measure() -> int:
            return await it.work(lambda: it.store.read_versions([BOARD]))

        await it.acquire_surely(TEN, "ann", 1, ttl=TOTAL)
        await it.acquire_surely(ELEVEN, "bob", 1, ttl=10)
        await measure()
        before = await measure()
        for wait in (10, RECORD, TOTAL):
            it.clock.advance(wait)
            await it.part()
            assert await measure() == before

    @pytest.mark.scenario(19)
    async def test_holds_on_other_boards_cost_nothing(self, it: StoreUnderTest) -> None:
        for number in range(40):
            await it.acquire_surely(slot(f"{number}:00", f"{number}:30"), f"visitor {number}", 1)

        async def measure() -> list[int]:
            return [
                await it.work(lambda: it.store.read(BOARD)),
                await it.work(lambda: it.store.read_versions([BOARD])),
                await it.work(lambda: it.hold(TEN, "visitor 10", 1)),
                await it.work(lambda: it.extend(TEN, "visitor 10", 120)),
                await it.work(lambda: it.store.find_holds("visitor 10")),
            ]

        await measure()
        alone = await measure()
        assert all(alone)
        theirs = [slot(f"{hour}:00", f"{hour}:30") for hour in range(8)]
        for resource in range(2, 252):
            board = BoardKey(resource, BOARD.day)
            await asyncio.gather(
                *(
                    it.acquire_surely(wanted, f"other {resource} {number}", 1, boards=[board])
                    for number, wanted in enumerate(theirs)
                )
            )
        crowded = await measure()
        assert crowded == alone
        assert len((await it.part()).holds) == 40
