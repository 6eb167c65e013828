"""What every hold store promises about a time across midnight, which is on two boards."""

from __future__ import annotations

import pytest

from dibs.availability.boards import BoardKey
from dibs.holds.store import Hold, Refusal
from tests.contract.holds.store_under_test import (
    BOARD,
    BOTH,
    ELEVEN,
    MIDNIGHT,
    NEXT,
    TEN,
    StoreUnderTest,
    slot,
)


class TwoBoardsContract:
    async def test_a_time_across_midnight_is_on_both_boards(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(MIDNIGHT, "ann", 1, boards=BOTH)
        assert hold.boards == BOTH
        assert (await it.part(BOARD)).holds == (await it.part(NEXT)).holds == (hold,)
        assert sorted(await it.announced()) == list(BOTH)
        assert await it.hold(slot("23:30", "24:00"), "bob", 1) is Refusal.HELD
        assert await it.hold(slot("24:00", "24:30"), "bob", 1, boards=[NEXT]) is Refusal.HELD

    @pytest.mark.parametrize(
        ("board", "wanted"), [(BOARD, ("23:30", "24:00")), (NEXT, ("24:00", "24:30"))]
    )
    async def test_it_is_granted_on_both_boards_or_on_none(
        self, it: StoreUnderTest, board: BoardKey, wanted: tuple[str, str]
    ) -> None:
        await it.acquire_surely(slot(*wanted), "bob", 1, boards=[board])
        await it.announced()
        assert await it.hold(MIDNIGHT, "ann", 5, boards=BOTH) is Refusal.HELD
        assert await it.acquire(MIDNIGHT, "ann", boards=BOTH) is Refusal.HELD
        assert await it.on_board(BOARD) | await it.on_board(NEXT) == {"bob": slot(*wanted)}
        assert await it.announced() == []
        for each in BOTH:
            assert await it.hold(ELEVEN, "ann", 4, boards=[each]) is Refusal.SUPERSEDED

    @pytest.mark.parametrize("board", BOTH)
    async def test_a_newer_ledger_of_either_board_is_stale(
        self, it: StoreUnderTest, board: BoardKey
    ) -> None:
        await it.store.record_commit(board, 7)
        assert await it.hold(MIDNIGHT, "ann", 1, boards=BOTH, ledger=6) is Refusal.STALE
        assert await it.on_board(BOARD) == await it.on_board(NEXT) == {}

    @pytest.mark.parametrize("board", BOTH)
    async def test_a_newer_seq_on_either_board_supersedes(
        self, it: StoreUnderTest, board: BoardKey
    ) -> None:
        await it.acquire_surely(ELEVEN, "ann", 5, boards=[board])
        assert await it.hold(MIDNIGHT, "ann", 4, boards=BOTH) is Refusal.SUPERSEDED
        assert MIDNIGHT not in (await it.on_board(BOARD) | await it.on_board(NEXT)).values()

    async def test_moving_away_from_midnight_frees_both_boards(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(MIDNIGHT, "ann", 1, boards=BOTH)
        await it.announced()
        await it.acquire_surely(ELEVEN, "ann", 2)
        assert await it.on_board(NEXT) == {}
        assert await it.on_board(BOARD) == {"ann": ELEVEN}
        assert sorted(await it.announced()) == list(BOTH)

    async def test_prolonging_and_releasing_reach_both_boards(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(MIDNIGHT, "ann", 1, boards=BOTH)
        hold = await it.extend(MIDNIGHT, "ann", 30, boards=BOTH)
        assert (await it.part(BOARD)).holds == (await it.part(NEXT)).holds == (hold,)
        await it.announced()
        assert await it.release(MIDNIGHT, "ann", 2, boards=BOTH)
        assert await it.on_board(BOARD) == await it.on_board(NEXT) == {}
        assert sorted(await it.announced()) == list(BOTH)

    async def test_settling_one_board_leaves_the_other_for_its_own_turn(
        self, it: StoreUnderTest
    ) -> None:
        hold = await it.acquire_surely(MIDNIGHT, "ann", 1, boards=BOTH)
        await it.store.record_commit(BOARD, 3, hold)
        assert await it.on_board(BOARD) == {}
        assert await it.on_board(NEXT) == {"ann": MIDNIGHT}
        await it.store.record_commit(NEXT, 3, hold)
        assert await it.on_board(NEXT) == {}

    @pytest.mark.parametrize("board", BOTH)
    async def test_prolonging_does_not_revive_the_half_that_was_settled(
        self, it: StoreUnderTest, board: BoardKey
    ) -> None:
        hold = await it.acquire_surely(MIDNIGHT, "ann", 1, boards=BOTH)
        await it.store.record_commit(board, 3, hold)
        assert await it.extend(MIDNIGHT, "ann", 60, boards=BOTH) is None
        assert await it.on_board(board) == {}

    async def test_holding_again_what_was_half_settled_is_a_new_hold_on_both_boards(
        self, it: StoreUnderTest
    ) -> None:
        former = await it.acquire_surely(MIDNIGHT, "ann", 1, boards=BOTH)
        await it.store.record_commit(BOARD, 3, former)
        await it.announced()
        taken = await it.acquire(MIDNIGHT, "ann", boards=BOTH)
        assert isinstance(taken, Hold)
        assert taken.claim != former.claim
        assert (await it.part(BOARD)).holds == (await it.part(NEXT)).holds == (taken,)
        assert sorted(await it.announced()) == list(BOTH)

    async def test_what_took_the_place_of_a_settled_half_stays(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(MIDNIGHT, "ann", 1, boards=BOTH)
        await it.store.record_commit(NEXT, 3, hold)
        later = slot("25:00", "25:30")
        await it.acquire(later, "ann", boards=[NEXT])
        await it.acquire_surely(TEN, "ann", 2)
        assert await it.on_board(BOARD) == {"ann": TEN}
        assert await it.on_board(NEXT) == {"ann": later}
