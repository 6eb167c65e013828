"""What every hold store promises about granting a hold and about the visitors that it remembers."""

from __future__ import annotations

import asyncio
import re

import pytest

from dibs.availability.slots import ServiceSlot
from dibs.clock import microseconds
from dibs.holds.store import Hold, Refusal
from tests.contract.holds.store_under_test import (
    BOARD,
    BOTH,
    ELEVEN,
    HALF_PAST,
    LIFETIMES,
    MIDNIGHT,
    NEXT,
    RECORD,
    TEN,
    TOTAL,
    StoreUnderTest,
    seconds,
    slot,
)


class GrantingContract:
    # --- hold

    async def test_a_hold_has_a_deadline_set_by_the_store(self, it: StoreUnderTest) -> None:
        now = it.clock.now()
        hold = await it.acquire_surely(TEN, "ann", 1, ttl=120)
        assert (hold.created, hold.expires_at) == (now, now + seconds(120))
        assert (await it.part()).holds == (hold,)

    async def test_a_new_hold_raises_the_version_and_is_announced(self, it: StoreUnderTest) -> None:
        before = await it.version()
        await it.acquire_surely(TEN, "ann", 1)
        assert await it.version() > before
        assert await it.announced() == [BOARD]

    async def test_a_claim_is_random_and_says_nothing_of_the_visitor(
        self, it: StoreUnderTest
    ) -> None:
        holds = [
            await it.acquire_surely(slot(f"{hour}:00", f"{hour}:30"), f"visitor {hour}", 1)
            for hour in range(9, 17)
        ]
        assert len({hold.claim for hold in holds}) == len(holds)
        assert all(re.fullmatch("[0-9a-f]{16}", hold.claim) for hold in holds)

    async def test_a_lower_seq_is_superseded(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 5)
        await it.announced()
        assert await it.hold(ELEVEN, "ann", 4) is Refusal.SUPERSEDED
        assert await it.on_board() == {"ann": TEN}
        assert await it.announced() == []

    async def test_a_seq_is_kept_also_when_the_slot_is_refused(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "bob", 1)
        assert await it.hold(TEN, "ann", 5) is Refusal.HELD
        assert await it.hold(ELEVEN, "ann", 4) is Refusal.SUPERSEDED
        assert isinstance(await it.hold(ELEVEN, "ann", 6), Hold)

    async def test_a_refused_seq_outlives_prolonging_and_taking(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        await it.acquire_surely(ELEVEN, "bob", 1)
        assert await it.hold(ELEVEN, "ann", 9) is Refusal.HELD
        assert await it.extend(TEN, "ann", 10) is not None
        assert await it.hold(HALF_PAST, "ann", 5) is Refusal.SUPERSEDED
        assert isinstance(await it.acquire(TEN, "ann"), Hold)
        assert await it.hold(HALF_PAST, "ann", 5) is Refusal.SUPERSEDED

    async def test_a_refused_seq_is_remembered_as_long_as_a_hold_that_ended(
        self, it: StoreUnderTest
    ) -> None:
        await it.acquire_surely(TEN, "bob", 1, ttl=TOTAL)
        await it.acquire_surely(ELEVEN, "ann", 1, ttl=10)
        it.clock.advance(RECORD)  # ten seconds before the record of the hold is forgotten
        assert await it.hold(TEN, "ann", 9) is Refusal.HELD
        it.clock.advance(RECORD - 1)
        assert await it.hold(ELEVEN, "ann", 8) is Refusal.SUPERSEDED
        it.clock.advance(1)
        assert isinstance(await it.hold(ELEVEN, "ann", 8), Hold)

    async def test_without_a_seq_the_stores_clock_serves(self, it: StoreUnderTest) -> None:
        first = await it.acquire_surely(TEN, "ann")
        assert first.seq == microseconds(it.clock.now())
        it.clock.advance(0.001)
        assert (await it.acquire_surely(ELEVEN, "ann")).slot == ELEVEN
        assert await it.hold(TEN, "ann", first.seq) is Refusal.SUPERSEDED

    async def test_the_same_call_again_is_the_same_answer(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1)
        version = await it.version()
        await it.announced()
        assert await it.acquire_surely(TEN, "ann", 1) == hold
        assert await it.version() == version
        assert await it.announced() == []

    async def test_the_same_slot_again_prolongs_the_same_hold(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1)
        it.clock.advance(60)
        again = await it.acquire_surely(TEN, "ann", 2)
        assert (again.claim, again.created) == (hold.claim, hold.created)
        assert again.expires_at == hold.expires_at + seconds(60)

    async def test_holding_again_never_shortens(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1, ttl=120)
        assert (await it.acquire_surely(TEN, "ann", 2, ttl=10)).expires_at == hold.expires_at

    async def test_holding_again_and_again_ends_with_the_total_lifetime(
        self, it: StoreUnderTest
    ) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1)
        for seq in range(2, 6):
            it.clock.advance(119)
            last = await it.acquire_surely(TEN, "ann", seq, ttl=300)
        assert last.expires_at == hold.created + LIFETIMES.max_hold
        it.clock.advance(TOTAL - 4 * 119)
        assert await it.on_board() == {}

    @pytest.mark.scenario(4)
    async def test_anothers_hold_refuses(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        await it.announced()
        assert await it.hold(TEN, "bob", 1) is Refusal.HELD
        assert await it.on_board() == {"ann": TEN}
        assert await it.announced() == []

    @pytest.mark.parametrize(
        "wanted",
        [
            slot("09:45", "10:15"),
            slot("10:29", "10:59"),
            slot("10:10", "10:20"),
            slot("09:00", "12:00"),
            slot("10:35", "11:00", before=10),
            slot("09:00", "09:55", after=10),
            slot("10:00", "10:30", service=2),
            slot("10:00", "10:30", service=None),
        ],
        ids=str,
    )
    async def test_overlap_refuses_buffers_included(
        self, it: StoreUnderTest, wanted: ServiceSlot
    ) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        assert await it.hold(wanted, "bob", 1) is Refusal.HELD
        assert await it.acquire(wanted, "bob") is Refusal.HELD

    async def test_touching_times_are_no_overlap(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(HALF_PAST, "ann", 1)
        assert isinstance(await it.hold(TEN, "bob", 1), Hold)
        assert isinstance(await it.hold(ELEVEN, "cem", 1), Hold)

    @pytest.mark.scenario(4)
    async def test_twenty_others_at_once_are_all_refused(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1)
        answers = await asyncio.gather(*(it.hold(TEN, f"bob {n}", 1) for n in range(20)))
        assert answers == [Refusal.HELD] * 20
        assert (await it.part()).holds == (hold,)

    async def test_of_twenty_at_once_exactly_one_wins(self, it: StoreUnderTest) -> None:
        answers = await asyncio.gather(*(it.hold(TEN, f"visitor {n}", 1) for n in range(20)))
        winners = [answer for answer in answers if isinstance(answer, Hold)]
        assert len(winners) == 1
        assert (await it.part()).holds == tuple(winners)

    async def test_another_slot_of_the_board_moves_the_hold(self, it: StoreUnderTest) -> None:
        first = await it.acquire_surely(TEN, "ann", 1)
        it.clock.advance(30)
        await it.announced()
        second = await it.acquire_surely(ELEVEN, "ann", 2)
        assert await it.on_board() == {"ann": ELEVEN}
        assert await it.announced() == [BOARD]
        assert second.claim != first.claim
        assert second.created == it.clock.now()
        assert isinstance(await it.hold(TEN, "bob", 1), Hold)

    async def test_a_visitor_never_blocks_itself(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        overlapping = slot("10:15", "10:45")
        assert (await it.acquire_surely(overlapping, "ann", 2)).slot == overlapping
        assert await it.on_board() == {"ann": overlapping}

    async def test_a_refused_move_keeps_the_old_hold(self, it: StoreUnderTest) -> None:
        hold = await it.acquire_surely(TEN, "ann", 1)
        await it.acquire_surely(ELEVEN, "bob", 1)
        assert await it.hold(ELEVEN, "ann", 2) is Refusal.HELD
        assert hold in (await it.part()).holds

    async def test_a_caller_who_has_not_seen_the_newest_ledger_is_stale(
        self, it: StoreUnderTest
    ) -> None:
        await it.store.record_commit(BOARD, 7)
        await it.announced()
        assert await it.hold(TEN, "ann", 1, ledger=6) is Refusal.STALE
        assert await it.on_board() == {}
        assert await it.announced() == []
        assert isinstance(await it.hold(TEN, "ann", 1, ledger=7), Hold)
        assert isinstance(await it.hold(TEN, "ann", 2, ledger=8), Hold)

    async def test_a_stale_caller_is_still_unknown(self, it: StoreUnderTest) -> None:
        await it.store.record_commit(BOARD, 7)
        assert await it.hold(TEN, "ann", ledger=6, only_if_unknown=True) is Refusal.STALE
        assert isinstance(await it.hold(TEN, "ann", ledger=7, only_if_unknown=True), Hold)

    # --- room

    async def test_as_many_may_hold_a_class_as_there_is_room(self, it: StoreUnderTest) -> None:
        for visitor in ("ann", "bob", "cem"):
            await it.acquire_surely(TEN, visitor, 1, seats=3)
        assert await it.hold(TEN, "dee", 1, seats=3) is Refusal.HELD
        assert await it.acquire(TEN, "dee", seats=3) is Refusal.HELD
        assert (await it.acquire_surely(TEN, "bob", 2, seats=3)).slot == TEN
        await it.release(TEN, "ann", 2)
        assert isinstance(await it.hold(TEN, "dee", 2, seats=3), Hold)

    async def test_room_is_for_the_very_same_slot_only(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1, seats=3)
        assert await it.hold(slot("10:15", "10:45"), "bob", 1, seats=3) is Refusal.HELD
        assert await it.hold(slot("10:00", "10:30", service=2), "bob", 2, seats=3) is Refusal.HELD
        assert await it.hold(slot("10:00", "10:30", after=5), "bob", 3, seats=3) is Refusal.HELD

    # --- records

    async def test_if_unknown_takes_only_for_a_visitor_without_a_record(
        self, it: StoreUnderTest
    ) -> None:
        assert isinstance(await it.hold(TEN, "ann", only_if_unknown=True), Hold)
        assert await it.hold(TEN, "ann", only_if_unknown=True) is Refusal.KNOWN
        assert await it.hold(ELEVEN, "ann", only_if_unknown=True) is Refusal.KNOWN
        assert await it.on_board() == {"ann": TEN}

    async def test_if_unknown_looks_at_all_boards(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(slot("25:00", "25:30"), "ann", boards=[NEXT])
        assert await it.hold(MIDNIGHT, "ann", boards=BOTH, only_if_unknown=True) is Refusal.KNOWN

    async def test_a_record_outlives_its_hold(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 5, ttl=10)
        it.clock.advance(10 + RECORD - 1)
        assert (await it.part()).visitors == {"ann"}
        assert await it.hold(TEN, "ann", only_if_unknown=True) is Refusal.KNOWN
        assert await it.hold(TEN, "ann", 4) is Refusal.SUPERSEDED
        it.clock.advance(1)
        assert (await it.part()).visitors == frozenset()
        assert isinstance(await it.hold(TEN, "ann", 4), Hold)

    async def test_a_record_outlives_its_hold_no_longer_if_that_ended_early(
        self, it: StoreUnderTest
    ) -> None:
        await it.acquire_surely(TEN, "ann", 1, ttl=TOTAL)
        await it.acquire_surely(ELEVEN, "bob", 1, ttl=TOTAL)
        bob = (await it.store.find_holds("bob"))[0]
        await it.release(TEN, "ann", 2)
        await it.store.record_commit(BOARD, 1, bob)
        it.clock.advance(RECORD - 1)
        assert (await it.part()).visitors == {"ann", "bob"}
        it.clock.advance(1)
        assert (await it.part()).visitors == frozenset()

    async def test_a_visitor_who_was_refused_is_known(self, it: StoreUnderTest) -> None:
        await it.acquire_surely(TEN, "ann", 1)
        await it.hold(TEN, "bob", 1)
        assert (await it.part()).visitors == {"ann", "bob"}
        assert await it.hold(ELEVEN, "bob", only_if_unknown=True) is Refusal.KNOWN
