"""What every hold store promises about taking a time for a write and about prolonging a hold."""

from __future__ import annotations

import pytest

from dibs.holds.store import Hold, Refusal, writer_of
from tests.contract.holds.store_under_test import (
    BOARD,
    ELEVEN,
    LIFETIMES,
    NEXT,
    TEN,
    TOTAL,
    StoreUnderTest,
    seconds,
    slot,
)


class ProlongingContract:
    # --- acquire

    async def test_taking_prolongs_and_never_shortens(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1, ttl=5)
        await it.announced()
        taken = await it.acquire(TEN, "ann", ttl=15)
        assert isinstance(taken, Hold)
        assert taken.expires_at == it.clock.now() + seconds(15)
        assert (taken.claim, taken.seq) == (hold.claim, 1)
        again = await it.acquire(TEN, "ann", ttl=5)
        assert isinstance(again, Hold)
        assert again.expires_at == taken.expires_at
        assert await it.announced() == []

    async def test_taking_goes_beyond_the_total_lifetime(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1, ttl=TOTAL)
        it.clock.advance(TOTAL - 1)
        taken = await it.acquire(TEN, "ann", ttl=15)
        assert isinstance(taken, Hold)
        assert taken.expires_at == hold.created + LIFETIMES.max_hold + seconds(14)
        assert (await it.acquire_surely(TEN, "ann", 2)).expires_at == taken.expires_at

    async def test_taking_asks_for_no_ledger_version(self, it: StoreUnderTest) -> None:
        await it.store.record_commit(BOARD, 7)
        assert isinstance(await it.acquire(TEN, "ann"), Hold)

    async def test_taking_without_a_hold_claims_the_time(self, it: StoreUnderTest) -> None:
        await it.acquire(TEN, "ann")
        assert await it.announced() == [BOARD]
        assert await it.hold(TEN, "bob", 1) is Refusal.HELD

    async def test_taking_another_slot_keeps_the_hold_for_the_write_may_be_refused(
        self, it: StoreUnderTest
    ) -> None:
        held = await it.acquire_surely(TEN, "ann", 3)
        taken = await it.acquire(ELEVEN, "ann")
        assert isinstance(taken, Hold)
        assert (taken.seq, taken.visitor) == (3, writer_of("ann"))
        assert await it.on_board() == {"ann": TEN, writer_of("ann"): ELEVEN}
        assert await it.store.release((BOARD,), taken.slot, taken.visitor)
        assert (await it.part()).holds == (held,)

    async def test_a_time_that_is_taken_for_a_write_blocks_others_and_not_its_visitor(
        self, it: StoreUnderTest
    ) -> None:
        await it.acquire_surely(TEN, "ann", 3)
        await it.acquire(ELEVEN, "ann")
        assert await it.hold(ELEVEN, "bob", 1) is Refusal.HELD
        assert await it.acquire(ELEVEN, "bob") is Refusal.HELD
        assert isinstance(await it.hold(slot("11:15", "11:45"), "ann", 4), Hold)

    @pytest.mark.scenario(5)
    async def test_anothers_hold_can_not_be_taken(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        await it.announced()
        assert await it.acquire(TEN, "bob") is Refusal.HELD
        assert await it.on_board() == {"ann": TEN}
        assert await it.announced() == []

    # --- extend

    @pytest.mark.parametrize("ttl", [3, 10, 300])
    async def test_prolonging_sets_the_deadline_earlier_or_later(
        self, it: StoreUnderTest, ttl: int
    ) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1, ttl=120)
        it.clock.advance(1)
        extended = await it.extend(TEN, "ann", ttl)
        assert extended is not None
        assert extended.expires_at == it.clock.now() + seconds(ttl)
        assert (extended.claim, extended.created) == (hold.claim, hold.created)
        assert (await it.part()).holds == (extended,)

    async def test_prolonging_ends_with_the_total_lifetime(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1, ttl=TOTAL)
        it.clock.advance(TOTAL - 1)
        extended = await it.extend(TEN, "ann", 10)
        assert extended is not None
        assert extended.expires_at == hold.created + LIFETIMES.max_hold

    async def test_grace_is_granted_once_beyond_the_total_lifetime(
        self, it: StoreUnderTest
    ) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1, ttl=TOTAL)
        it.clock.advance(TOTAL - 1)
        lingering = await it.extend(TEN, "ann", 120, grace=120)
        assert lingering is not None
        assert lingering.expires_at == it.clock.now() + seconds(120)
        it.clock.advance(100)
        again = await it.extend(TEN, "ann", 120, grace=120)
        assert again is not None
        assert again.expires_at == hold.created + LIFETIMES.max_hold + seconds(120)

    @pytest.mark.scenario(1)
    async def test_a_hold_that_is_kept_alive_never_flickers(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        version = await it.version()
        await it.announced()
        for _ in range(20):
            it.clock.advance(3)
            assert await it.extend(TEN, "ann", 10) is not None
            assert await it.on_board() == {"ann": TEN}
        assert await it.version() == version
        assert await it.announced() == []

    async def test_a_shortened_hold_ends_at_its_new_deadline(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1, ttl=120)
        await it.extend(TEN, "ann", 3)
        it.clock.advance(3)
        assert await it.on_board() == {}

    async def test_a_closing_pages_release_is_undone_by_prolonging(
        self, it: StoreUnderTest
    ) -> None:
        await it.acquire_surely(TEN, "ann", 1, ttl=120)
        await it.extend(TEN, "ann", 3)
        await it.extend(TEN, "ann", 10)
        it.clock.advance(9)
        assert await it.on_board() == {"ann": TEN}

    async def test_who_knows_only_how_it_was_granted_shortens_no_later_request(
        self, it: StoreUnderTest
    ) -> None:
        await it.acquire_surely(TEN, "ann")
        shortened = await it.extend(TEN, "ann", 10, granted_ttl=120)
        assert shortened is not None
        assert shortened.expires_at == it.clock.now() + seconds(10)
        it.clock.advance(1)
        asked_for = await it.extend(TEN, "ann", 120)
        assert asked_for is not None
        it.clock.advance(1)
        assert await it.extend(TEN, "ann", 10, granted_ttl=120) == asked_for
        it.clock.advance(118)
        prolonged = await it.extend(TEN, "ann", 10, granted_ttl=120)
        assert prolonged is not None
        assert prolonged.expires_at == it.clock.now() + seconds(10)

    async def test_a_hold_that_was_granted_again_can_be_shortened_again(
        self, it: StoreUnderTest
    ) -> None:
        await it.acquire_surely(TEN, "ann")
        it.clock.advance(60)
        await it.acquire_surely(TEN, "ann")
        shortened = await it.extend(TEN, "ann", 10, granted_ttl=120)
        assert shortened is not None
        assert shortened.expires_at == it.clock.now() + seconds(10)

    async def test_only_the_visitors_live_hold_on_that_slot_is_prolonged(
        self, it: StoreUnderTest
    ) -> None:
        await it.acquire_surely(TEN, "ann", 1, ttl=10)
        assert await it.extend(TEN, "bob", 60) is None
        assert await it.extend(ELEVEN, "ann", 60) is None
        assert await it.extend(TEN, "ann", 60, boards=[NEXT]) is None
        assert await it.extend(slot("10:00", "10:30", service=2), "ann", 60) is None
        it.clock.advance(10)
        assert await it.extend(TEN, "ann", 60) is None
        assert await it.on_board() == {}
