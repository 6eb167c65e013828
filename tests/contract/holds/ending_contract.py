"""What every hold store promises about releasing a hold and about settling it in the ledger."""

from __future__ import annotations

import pytest

from dibs.holds.store import Hold, Refusal
from tests.contract.holds.store_under_test import BOARD, ELEVEN, TEN, StoreUnderTest


class EndingContract:
    # --- release

    async def test_a_released_slot_is_free_for_others(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        before = await it.version()
        await it.announced()
        assert await it.release(TEN, "ann", 2)
        assert await it.version() > before
        assert await it.announced() == [BOARD]
        assert isinstance(await it.hold(TEN, "bob", 1), Hold)

    @pytest.mark.scenario(5)
    async def test_anothers_hold_and_none_are_released_alike(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        await it.announced()
        assert await it.release(TEN, "bob", 1) is False
        assert await it.release(ELEVEN, "bob", 2) is False
        assert await it.release(ELEVEN, "ann", 2) is False
        assert await it.on_board() == {"ann": TEN}
        assert await it.announced() == []

    async def test_an_expired_hold_is_not_released(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1, ttl=10)
        it.clock.advance(10)
        assert await it.release(TEN, "ann", 2) is False

    async def test_a_late_release_does_not_end_a_newer_hold(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 3)
        assert await it.release(TEN, "ann", 2) is False
        assert await it.on_board() == {"ann": TEN}
        assert await it.release(TEN, "ann", 3)

    async def test_a_release_is_newer_than_the_hold_that_comes_late(
        self, it: StoreUnderTest
    ) -> None:
        assert await it.release(TEN, "ann", 2) is False
        assert await it.hold(TEN, "ann", 1) is Refusal.SUPERSEDED
        assert await it.on_board() == {}

    async def test_a_release_without_a_seq_ends_whatever_is_there(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 3)
        assert await it.release(TEN, "ann")

    # --- record_commit and note_ledger_version

    async def test_settling_ends_the_hold_and_names_the_version_in_one_step(
        self, it: StoreUnderTest
    ) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1)
        before = await it.version()
        await it.announced()
        await it.store.record_commit(BOARD, 7, hold)
        part = await it.part()
        assert (part.ledger_version, part.holds) == (7, ())
        assert part.version > before
        assert await it.announced() == [BOARD]

    async def test_settling_keeps_the_newest_ledger_version(self, it: StoreUnderTest) -> None:
        await it.store.record_commit(BOARD, 7)
        await it.store.record_commit(BOARD, 6)
        assert (await it.part()).ledger_version == 7

    async def test_settling_is_a_change_even_without_a_hold(self, it: StoreUnderTest) -> None:
        before = await it.version()
        await it.store.record_commit(BOARD, 7)
        assert await it.version() > before
        assert await it.announced() == [BOARD]

    async def test_settling_does_not_end_a_newer_hold(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1)
        await it.acquire_surely(TEN, "ann", 2)
        await it.store.record_commit(BOARD, 7, hold)
        assert await it.on_board() == {"ann": TEN}

    async def test_settling_does_not_end_a_hold_on_another_slot(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1)
        await it.acquire_surely(ELEVEN, "ann", 1)
        await it.store.record_commit(BOARD, 7, hold)
        assert await it.on_board() == {"ann": ELEVEN}

    async def test_settling_ends_only_the_visitors_own_hold(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1, seats=2)
        await it.acquire_surely(TEN, "bob", 1, seats=2)
        await it.store.record_commit(BOARD, 7, hold)
        assert await it.on_board() == {"bob": TEN}

    async def test_settling_a_hold_that_is_gone_does_no_harm(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1)
        await it.release(TEN, "ann", 2)
        await it.acquire_surely(TEN, "bob", 1)
        await it.store.record_commit(BOARD, 7, hold)
        assert await it.on_board() == {"bob": TEN}

    async def test_a_settled_visitor_is_still_known(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 4)
        await it.store.record_commit(BOARD, 7, hold)
        assert await it.hold(TEN, "ann", 3, ledger=7) is Refusal.SUPERSEDED
        assert await it.hold(TEN, "ann", ledger=7, only_if_unknown=True) is Refusal.KNOWN

    async def test_noting_a_newer_version_is_announced(self, it: StoreUnderTest) -> None:
        await it.store.note_ledger_version(BOARD, 6)
        before = await it.version()
        await it.announced()
        await it.store.note_ledger_version(BOARD, 7)
        assert (await it.part()).ledger_version == 7
        assert await it.version() > before
        assert await it.announced() == [BOARD]

    async def test_noting_the_first_version_is_no_change(self, it: StoreUnderTest) -> None:
        before = await it.version()
        await it.store.note_ledger_version(BOARD, 7)
        assert (await it.part()).ledger_version == 7
        assert await it.version() == before
        assert await it.announced() == []

    @pytest.mark.parametrize("version", [6, 7])
    async def test_noting_what_is_known_is_no_change(
        self, it: StoreUnderTest, version: int
    ) -> None:
        await it.store.record_commit(BOARD, 7)
        before = await it.part()
        await it.announced()
        await it.store.note_ledger_version(BOARD, version)
        assert await it.part() == before
        assert await it.announced() == []
