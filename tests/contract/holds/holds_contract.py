"""What every hold store promises: a test for each sentence of `dibs.holds.store`.

A backend inherits the class and gives it the fixture `it`.
"""

from __future__ import annotations

import asyncio
import itertools
import re

import pytest

from dibs.availability.boards import BoardKey
from dibs.availability.slots import ServiceSlot
from dibs.clock import microseconds
from dibs.holds.store import MAX_RECORDS, Hold, Refusal, writer_of
from tests.contract.holds.store_under_test import (
    BOARD,
    ELEVEN,
    HALF_PAST,
    LIFETIMES,
    MIDNIGHT,
    NEXT,
    TEN,
    StoreUnderTest,
    seconds,
    slot,
)

TOTAL = LIFETIMES.total.total_seconds()
RECORD = LIFETIMES.record.total_seconds()
BOTH = (BOARD, NEXT)


@pytest.mark.anyio
class HoldStoreContract:
    @pytest.fixture
    def it(self) -> StoreUnderTest:
        raise NotImplementedError("a backend gives its store")

    # --- hold

    async def test_a_hold_has_a_deadline_set_by_the_store(self, it: StoreUnderTest) -> None:
        now = it.clock.now()
        hold = await it.held(TEN, "ann", 1, ttl=120)
        assert (hold.created, hold.expires_at) == (now, now + seconds(120))
        assert (await it.part()).holds == (hold,)

    async def test_a_new_hold_raises_the_version_and_is_announced(self, it: StoreUnderTest) -> None:
        before = await it.version()
        await it.held(TEN, "ann", 1)
        assert await it.version() > before
        assert await it.announced() == [BOARD]

    async def test_a_claim_is_random_and_says_nothing_of_the_visitor(
        self, it: StoreUnderTest
    ) -> None:
        holds = [
            await it.held(slot(f"{hour}:00", f"{hour}:30"), f"visitor {hour}", 1)
            for hour in range(9, 17)
        ]
        assert len({hold.claim for hold in holds}) == len(holds)
        assert all(re.fullmatch("[0-9a-f]{16}", hold.claim) for hold in holds)

    async def test_a_lower_seq_is_superseded(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 5)
        await it.announced()
        assert await it.hold(ELEVEN, "ann", 4) is Refusal.SUPERSEDED
        assert await it.on_board() == {"ann": TEN}
        assert await it.announced() == []

    async def test_a_seq_is_kept_also_when_the_slot_is_refused(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "bob", 1)
        assert await it.hold(TEN, "ann", 5) is Refusal.HELD
        assert await it.hold(ELEVEN, "ann", 4) is Refusal.SUPERSEDED
        assert isinstance(await it.hold(ELEVEN, "ann", 6), Hold)

    async def test_a_refused_seq_outlives_prolonging_and_taking(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        await it.held(ELEVEN, "bob", 1)
        assert await it.hold(ELEVEN, "ann", 9) is Refusal.HELD
        assert await it.extend(TEN, "ann", 10) is not None
        assert await it.hold(HALF_PAST, "ann", 5) is Refusal.SUPERSEDED
        assert isinstance(await it.take(TEN, "ann"), Hold)
        assert await it.hold(HALF_PAST, "ann", 5) is Refusal.SUPERSEDED

    async def test_a_refused_seq_is_remembered_as_long_as_a_hold_that_ended(
        self, it: StoreUnderTest
    ) -> None:
        await it.held(TEN, "bob", 1, ttl=TOTAL)
        await it.held(ELEVEN, "ann", 1, ttl=10)
        it.clock.advance(RECORD)  # ten seconds before the record of the hold is forgotten
        assert await it.hold(TEN, "ann", 9) is Refusal.HELD
        it.clock.advance(RECORD - 1)
        assert await it.hold(ELEVEN, "ann", 8) is Refusal.SUPERSEDED
        it.clock.advance(1)
        assert isinstance(await it.hold(ELEVEN, "ann", 8), Hold)

    async def test_without_a_seq_the_stores_clock_serves(self, it: StoreUnderTest) -> None:
        first = await it.held(TEN, "ann")
        assert first.seq == microseconds(it.clock.now())
        it.clock.advance(0.001)
        assert (await it.held(ELEVEN, "ann")).slot == ELEVEN
        assert await it.hold(TEN, "ann", first.seq) is Refusal.SUPERSEDED

    async def test_the_same_call_again_is_the_same_answer(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1)
        version = await it.version()
        await it.announced()
        assert await it.held(TEN, "ann", 1) == hold
        assert await it.version() == version
        assert await it.announced() == []

    async def test_the_same_slot_again_prolongs_the_same_hold(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1)
        it.clock.advance(60)
        again = await it.held(TEN, "ann", 2)
        assert (again.claim, again.created) == (hold.claim, hold.created)
        assert again.expires_at == hold.expires_at + seconds(60)

    async def test_holding_again_never_shortens(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1, ttl=120)
        assert (await it.held(TEN, "ann", 2, ttl=10)).expires_at == hold.expires_at

    async def test_holding_again_and_again_ends_with_the_total_lifetime(
        self, it: StoreUnderTest
    ) -> None:
        hold = await it.held(TEN, "ann", 1)
        for seq in range(2, 6):
            it.clock.advance(119)
            last = await it.held(TEN, "ann", seq, ttl=300)
        assert last.expires_at == hold.created + LIFETIMES.total
        it.clock.advance(TOTAL - 4 * 119)
        assert await it.on_board() == {}

    @pytest.mark.scenario(4)
    async def test_anothers_hold_refuses(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
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
        await it.held(TEN, "ann", 1)
        assert await it.hold(wanted, "bob", 1) is Refusal.HELD
        assert await it.take(wanted, "bob") is Refusal.HELD

    async def test_touching_times_are_no_overlap(self, it: StoreUnderTest) -> None:
        await it.held(HALF_PAST, "ann", 1)
        assert isinstance(await it.hold(TEN, "bob", 1), Hold)
        assert isinstance(await it.hold(ELEVEN, "cem", 1), Hold)

    @pytest.mark.scenario(4)
    async def test_twenty_others_at_once_are_all_refused(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1)
        answers = await asyncio.gather(*(it.hold(TEN, f"bob {n}", 1) for n in range(20)))
        assert answers == [Refusal.HELD] * 20
        assert (await it.part()).holds == (hold,)

    async def test_of_twenty_at_once_exactly_one_wins(self, it: StoreUnderTest) -> None:
        answers = await asyncio.gather(*(it.hold(TEN, f"visitor {n}", 1) for n in range(20)))
        winners = [answer for answer in answers if isinstance(answer, Hold)]
        assert len(winners) == 1
        assert (await it.part()).holds == tuple(winners)

    async def test_another_slot_of_the_board_moves_the_hold(self, it: StoreUnderTest) -> None:
        first = await it.held(TEN, "ann", 1)
        it.clock.advance(30)
        await it.announced()
        second = await it.held(ELEVEN, "ann", 2)
        assert await it.on_board() == {"ann": ELEVEN}
        assert await it.announced() == [BOARD]
        assert second.claim != first.claim
        assert second.created == it.clock.now()
        assert isinstance(await it.hold(TEN, "bob", 1), Hold)

    async def test_a_visitor_never_blocks_itself(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        overlapping = slot("10:15", "10:45")
        assert (await it.held(overlapping, "ann", 2)).slot == overlapping
        assert await it.on_board() == {"ann": overlapping}

    async def test_a_refused_move_keeps_the_old_hold(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1)
        await it.held(ELEVEN, "bob", 1)
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
        assert await it.hold(TEN, "ann", ledger=6, if_unknown=True) is Refusal.STALE
        assert isinstance(await it.hold(TEN, "ann", ledger=7, if_unknown=True), Hold)

    # --- room

    async def test_as_many_may_hold_a_class_as_there_is_room(self, it: StoreUnderTest) -> None:
        for visitor in ("ann", "bob", "cem"):
            await it.held(TEN, visitor, 1, seats=3)
        assert await it.hold(TEN, "dee", 1, seats=3) is Refusal.HELD
        assert await it.take(TEN, "dee", seats=3) is Refusal.HELD
        assert (await it.held(TEN, "bob", 2, seats=3)).slot == TEN
        await it.release(TEN, "ann", 2)
        assert isinstance(await it.hold(TEN, "dee", 2, seats=3), Hold)

    async def test_room_is_for_the_very_same_slot_only(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1, seats=3)
        assert await it.hold(slot("10:15", "10:45"), "bob", 1, seats=3) is Refusal.HELD
        assert await it.hold(slot("10:00", "10:30", service=2), "bob", 2, seats=3) is Refusal.HELD
        assert await it.hold(slot("10:00", "10:30", after=5), "bob", 3, seats=3) is Refusal.HELD

    # --- across midnight

    async def test_a_time_across_midnight_is_on_both_boards(self, it: StoreUnderTest) -> None:
        hold = await it.held(MIDNIGHT, "ann", 1, boards=BOTH)
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
        await it.held(slot(*wanted), "bob", 1, boards=[board])
        await it.announced()
        assert await it.hold(MIDNIGHT, "ann", 5, boards=BOTH) is Refusal.HELD
        assert await it.take(MIDNIGHT, "ann", boards=BOTH) is Refusal.HELD
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
        await it.held(ELEVEN, "ann", 5, boards=[board])
        assert await it.hold(MIDNIGHT, "ann", 4, boards=BOTH) is Refusal.SUPERSEDED
        assert MIDNIGHT not in (await it.on_board(BOARD) | await it.on_board(NEXT)).values()

    async def test_moving_away_from_midnight_frees_both_boards(self, it: StoreUnderTest) -> None:
        await it.held(MIDNIGHT, "ann", 1, boards=BOTH)
        await it.announced()
        await it.held(ELEVEN, "ann", 2)
        assert await it.on_board(NEXT) == {}
        assert await it.on_board(BOARD) == {"ann": ELEVEN}
        assert sorted(await it.announced()) == list(BOTH)

    async def test_prolonging_and_releasing_reach_both_boards(self, it: StoreUnderTest) -> None:
        await it.held(MIDNIGHT, "ann", 1, boards=BOTH)
        hold = await it.extend(MIDNIGHT, "ann", 30, boards=BOTH)
        assert (await it.part(BOARD)).holds == (await it.part(NEXT)).holds == (hold,)
        await it.announced()
        assert await it.release(MIDNIGHT, "ann", 2, boards=BOTH)
        assert await it.on_board(BOARD) == await it.on_board(NEXT) == {}
        assert sorted(await it.announced()) == list(BOTH)

    async def test_settling_one_board_leaves_the_other_for_its_own_turn(
        self, it: StoreUnderTest
    ) -> None:
        hold = await it.held(MIDNIGHT, "ann", 1, boards=BOTH)
        await it.store.record_commit(BOARD, 3, hold)
        assert await it.on_board(BOARD) == {}
        assert await it.on_board(NEXT) == {"ann": MIDNIGHT}
        await it.store.record_commit(NEXT, 3, hold)
        assert await it.on_board(NEXT) == {}

    @pytest.mark.parametrize("board", BOTH)
    async def test_prolonging_does_not_revive_the_half_that_was_settled(
        self, it: StoreUnderTest, board: BoardKey
    ) -> None:
        hold = await it.held(MIDNIGHT, "ann", 1, boards=BOTH)
        await it.store.record_commit(board, 3, hold)
        assert await it.extend(MIDNIGHT, "ann", 60, boards=BOTH) is None
        assert await it.on_board(board) == {}

    async def test_holding_again_what_was_half_settled_is_a_new_hold_on_both_boards(
        self, it: StoreUnderTest
    ) -> None:
        former = await it.held(MIDNIGHT, "ann", 1, boards=BOTH)
        await it.store.record_commit(BOARD, 3, former)
        await it.announced()
        taken = await it.take(MIDNIGHT, "ann", boards=BOTH)
        assert isinstance(taken, Hold)
        assert taken.claim != former.claim
        assert (await it.part(BOARD)).holds == (await it.part(NEXT)).holds == (taken,)
        assert sorted(await it.announced()) == list(BOTH)

    async def test_what_took_the_place_of_a_settled_half_stays(self, it: StoreUnderTest) -> None:
        hold = await it.held(MIDNIGHT, "ann", 1, boards=BOTH)
        await it.store.record_commit(NEXT, 3, hold)
        later = slot("25:00", "25:30")
        await it.take(later, "ann", boards=[NEXT])
        await it.held(TEN, "ann", 2)
        assert await it.on_board(BOARD) == {"ann": TEN}
        assert await it.on_board(NEXT) == {"ann": later}

    # --- records

    async def test_if_unknown_takes_only_for_a_visitor_without_a_record(
        self, it: StoreUnderTest
    ) -> None:
        assert isinstance(await it.hold(TEN, "ann", if_unknown=True), Hold)
        assert await it.hold(TEN, "ann", if_unknown=True) is Refusal.KNOWN
        assert await it.hold(ELEVEN, "ann", if_unknown=True) is Refusal.KNOWN
        assert await it.on_board() == {"ann": TEN}

    async def test_if_unknown_looks_at_all_boards(self, it: StoreUnderTest) -> None:
        await it.held(slot("25:00", "25:30"), "ann", boards=[NEXT])
        assert await it.hold(MIDNIGHT, "ann", boards=BOTH, if_unknown=True) is Refusal.KNOWN

    async def test_a_record_outlives_its_hold(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 5, ttl=10)
        it.clock.advance(10 + RECORD - 1)
        assert (await it.part()).visitors == {"ann"}
        assert await it.hold(TEN, "ann", if_unknown=True) is Refusal.KNOWN
        assert await it.hold(TEN, "ann", 4) is Refusal.SUPERSEDED
        it.clock.advance(1)
        assert (await it.part()).visitors == frozenset()
        assert isinstance(await it.hold(TEN, "ann", 4), Hold)

    async def test_a_record_outlives_its_hold_no_longer_if_that_ended_early(
        self, it: StoreUnderTest
    ) -> None:
        await it.held(TEN, "ann", 1, ttl=TOTAL)
        await it.held(ELEVEN, "bob", 1, ttl=TOTAL)
        bob = (await it.store.held_by("bob"))[0]
        await it.release(TEN, "ann", 2)
        await it.store.record_commit(BOARD, 1, bob)
        it.clock.advance(RECORD - 1)
        assert (await it.part()).visitors == {"ann", "bob"}
        it.clock.advance(1)
        assert (await it.part()).visitors == frozenset()

    async def test_a_visitor_who_was_refused_is_known(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        await it.hold(TEN, "bob", 1)
        assert (await it.part()).visitors == {"ann", "bob"}
        assert await it.hold(ELEVEN, "bob", if_unknown=True) is Refusal.KNOWN

    # --- take

    async def test_taking_prolongs_and_never_shortens(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1, ttl=5)
        await it.announced()
        taken = await it.take(TEN, "ann", ttl=15)
        assert isinstance(taken, Hold)
        assert taken.expires_at == it.clock.now() + seconds(15)
        assert (taken.claim, taken.seq) == (hold.claim, 1)
        again = await it.take(TEN, "ann", ttl=5)
        assert isinstance(again, Hold)
        assert again.expires_at == taken.expires_at
        assert await it.announced() == []

    async def test_taking_goes_beyond_the_total_lifetime(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1, ttl=TOTAL)
        it.clock.advance(TOTAL - 1)
        taken = await it.take(TEN, "ann", ttl=15)
        assert isinstance(taken, Hold)
        assert taken.expires_at == hold.created + LIFETIMES.total + seconds(14)
        assert (await it.held(TEN, "ann", 2)).expires_at == taken.expires_at

    async def test_taking_asks_for_no_ledger_version(self, it: StoreUnderTest) -> None:
        await it.store.record_commit(BOARD, 7)
        assert isinstance(await it.take(TEN, "ann"), Hold)

    async def test_taking_without_a_hold_claims_the_time(self, it: StoreUnderTest) -> None:
        await it.take(TEN, "ann")
        assert await it.announced() == [BOARD]
        assert await it.hold(TEN, "bob", 1) is Refusal.HELD

    async def test_taking_another_slot_keeps_the_hold_for_the_write_may_be_refused(
        self, it: StoreUnderTest
    ) -> None:
        held = await it.held(TEN, "ann", 3)
        taken = await it.take(ELEVEN, "ann")
        assert isinstance(taken, Hold)
        assert (taken.seq, taken.visitor) == (3, writer_of("ann"))
        assert await it.on_board() == {"ann": TEN, writer_of("ann"): ELEVEN}
        assert await it.store.release((BOARD,), taken.slot, taken.visitor)
        assert (await it.part()).holds == (held,)

    async def test_a_time_that_is_taken_for_a_write_blocks_others_and_not_its_visitor(
        self, it: StoreUnderTest
    ) -> None:
        await it.held(TEN, "ann", 3)
        await it.take(ELEVEN, "ann")
        assert await it.hold(ELEVEN, "bob", 1) is Refusal.HELD
        assert await it.take(ELEVEN, "bob") is Refusal.HELD
        assert isinstance(await it.hold(slot("11:15", "11:45"), "ann", 4), Hold)

    @pytest.mark.scenario(5)
    async def test_anothers_hold_can_not_be_taken(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        await it.announced()
        assert await it.take(TEN, "bob") is Refusal.HELD
        assert await it.on_board() == {"ann": TEN}
        assert await it.announced() == []

    # --- extend

    @pytest.mark.parametrize("ttl", [3, 10, 300])
    async def test_prolonging_sets_the_deadline_earlier_or_later(
        self, it: StoreUnderTest, ttl: int
    ) -> None:
        hold = await it.held(TEN, "ann", 1, ttl=120)
        it.clock.advance(1)
        extended = await it.extend(TEN, "ann", ttl)
        assert extended is not None
        assert extended.expires_at == it.clock.now() + seconds(ttl)
        assert (extended.claim, extended.created) == (hold.claim, hold.created)
        assert (await it.part()).holds == (extended,)

    async def test_prolonging_ends_with_the_total_lifetime(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1, ttl=TOTAL)
        it.clock.advance(TOTAL - 1)
        extended = await it.extend(TEN, "ann", 10)
        assert extended is not None
        assert extended.expires_at == hold.created + LIFETIMES.total

    async def test_grace_is_granted_once_beyond_the_total_lifetime(
        self, it: StoreUnderTest
    ) -> None:
        hold = await it.held(TEN, "ann", 1, ttl=TOTAL)
        it.clock.advance(TOTAL - 1)
        lingering = await it.extend(TEN, "ann", 120, grace=120)
        assert lingering is not None
        assert lingering.expires_at == it.clock.now() + seconds(120)
        it.clock.advance(100)
        again = await it.extend(TEN, "ann", 120, grace=120)
        assert again is not None
        assert again.expires_at == hold.created + LIFETIMES.total + seconds(120)

    @pytest.mark.scenario(1)
    async def test_a_hold_that_is_kept_alive_never_flickers(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        version = await it.version()
        await it.announced()
        for _ in range(20):
            it.clock.advance(3)
            assert await it.extend(TEN, "ann", 10) is not None
            assert await it.on_board() == {"ann": TEN}
        assert await it.version() == version
        assert await it.announced() == []

    async def test_a_shortened_hold_ends_at_its_new_deadline(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1, ttl=120)
        await it.extend(TEN, "ann", 3)
        it.clock.advance(3)
        assert await it.on_board() == {}

    async def test_a_closing_pages_wish_is_undone_by_prolonging(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1, ttl=120)
        await it.extend(TEN, "ann", 3)
        await it.extend(TEN, "ann", 10)
        it.clock.advance(9)
        assert await it.on_board() == {"ann": TEN}

    async def test_who_knows_only_how_it_was_granted_shortens_no_later_wish(
        self, it: StoreUnderTest
    ) -> None:
        await it.held(TEN, "ann")
        shortened = await it.extend(TEN, "ann", 10, granted=120)
        assert shortened is not None
        assert shortened.expires_at == it.clock.now() + seconds(10)
        it.clock.advance(1)
        asked_for = await it.extend(TEN, "ann", 120)
        assert asked_for is not None
        it.clock.advance(1)
        assert await it.extend(TEN, "ann", 10, granted=120) == asked_for
        it.clock.advance(118)
        prolonged = await it.extend(TEN, "ann", 10, granted=120)
        assert prolonged is not None
        assert prolonged.expires_at == it.clock.now() + seconds(10)

    async def test_a_hold_that_was_granted_again_can_be_shortened_again(
        self, it: StoreUnderTest
    ) -> None:
        await it.held(TEN, "ann")
        it.clock.advance(60)
        await it.held(TEN, "ann")
        shortened = await it.extend(TEN, "ann", 10, granted=120)
        assert shortened is not None
        assert shortened.expires_at == it.clock.now() + seconds(10)

    async def test_only_the_visitors_live_hold_on_that_slot_is_prolonged(
        self, it: StoreUnderTest
    ) -> None:
        await it.held(TEN, "ann", 1, ttl=10)
        assert await it.extend(TEN, "bob", 60) is None
        assert await it.extend(ELEVEN, "ann", 60) is None
        assert await it.extend(TEN, "ann", 60, boards=[NEXT]) is None
        assert await it.extend(slot("10:00", "10:30", service=2), "ann", 60) is None
        it.clock.advance(10)
        assert await it.extend(TEN, "ann", 60) is None
        assert await it.on_board() == {}

    # --- release

    async def test_a_released_slot_is_free_for_others(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        before = await it.version()
        await it.announced()
        assert await it.release(TEN, "ann", 2)
        assert await it.version() > before
        assert await it.announced() == [BOARD]
        assert isinstance(await it.hold(TEN, "bob", 1), Hold)

    @pytest.mark.scenario(5)
    async def test_anothers_hold_and_none_are_released_alike(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        await it.announced()
        assert await it.release(TEN, "bob", 1) is False
        assert await it.release(ELEVEN, "bob", 2) is False
        assert await it.release(ELEVEN, "ann", 2) is False
        assert await it.on_board() == {"ann": TEN}
        assert await it.announced() == []

    async def test_an_expired_hold_is_not_released(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1, ttl=10)
        it.clock.advance(10)
        assert await it.release(TEN, "ann", 2) is False

    async def test_a_late_release_does_not_end_a_newer_hold(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 3)
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
        await it.held(TEN, "ann", 3)
        assert await it.release(TEN, "ann")

    # --- settle and note

    async def test_settling_ends_the_hold_and_names_the_version_in_one_step(
        self, it: StoreUnderTest
    ) -> None:
        hold = await it.held(TEN, "ann", 1)
        before = await it.version()
        await it.announced()
        await it.store.record_commit(BOARD, 7, hold)
        part = await it.part()
        assert (part.ledger, part.holds) == (7, ())
        assert part.version > before
        assert await it.announced() == [BOARD]

    async def test_settling_keeps_the_newest_ledger_version(self, it: StoreUnderTest) -> None:
        await it.store.record_commit(BOARD, 7)
        await it.store.record_commit(BOARD, 6)
        assert (await it.part()).ledger == 7

    async def test_settling_is_a_change_even_without_a_hold(self, it: StoreUnderTest) -> None:
        before = await it.version()
        await it.store.record_commit(BOARD, 7)
        assert await it.version() > before
        assert await it.announced() == [BOARD]

    async def test_settling_does_not_end_a_newer_hold(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1)
        await it.held(TEN, "ann", 2)
        await it.store.record_commit(BOARD, 7, hold)
        assert await it.on_board() == {"ann": TEN}

    async def test_settling_does_not_end_a_hold_on_another_slot(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1)
        await it.held(ELEVEN, "ann", 1)
        await it.store.record_commit(BOARD, 7, hold)
        assert await it.on_board() == {"ann": ELEVEN}

    async def test_settling_ends_only_the_visitors_own_hold(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1, seats=2)
        await it.held(TEN, "bob", 1, seats=2)
        await it.store.record_commit(BOARD, 7, hold)
        assert await it.on_board() == {"bob": TEN}

    async def test_settling_a_hold_that_is_gone_does_no_harm(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 1)
        await it.release(TEN, "ann", 2)
        await it.held(TEN, "bob", 1)
        await it.store.record_commit(BOARD, 7, hold)
        assert await it.on_board() == {"bob": TEN}

    async def test_a_settled_visitor_is_still_known(self, it: StoreUnderTest) -> None:
        hold = await it.held(TEN, "ann", 4)
        await it.store.record_commit(BOARD, 7, hold)
        assert await it.hold(TEN, "ann", 3, ledger=7) is Refusal.SUPERSEDED
        assert await it.hold(TEN, "ann", ledger=7, if_unknown=True) is Refusal.KNOWN

    async def test_noting_a_newer_version_is_announced(self, it: StoreUnderTest) -> None:
        await it.store.note(BOARD, 6)
        before = await it.version()
        await it.announced()
        await it.store.note(BOARD, 7)
        assert (await it.part()).ledger == 7
        assert await it.version() > before
        assert await it.announced() == [BOARD]

    async def test_noting_the_first_version_is_no_change(self, it: StoreUnderTest) -> None:
        before = await it.version()
        await it.store.note(BOARD, 7)
        assert (await it.part()).ledger == 7
        assert await it.version() == before
        assert await it.announced() == []

    @pytest.mark.parametrize("version", [6, 7])
    async def test_noting_what_is_known_is_no_change(
        self, it: StoreUnderTest, version: int
    ) -> None:
        await it.store.record_commit(BOARD, 7)
        before = await it.part()
        await it.announced()
        await it.store.note(BOARD, version)
        assert await it.part() == before
        assert await it.announced() == []

    # --- read, peek, held_by

    async def test_an_unknown_board_is_empty(self, it: StoreUnderTest) -> None:
        part = await it.part()
        assert (part.version, part.ledger, part.holds, part.visitors) == (0, None, (), frozenset())
        assert part.now == it.clock.now()
        assert not part.lost
        assert await it.store.peek([BOARD, NEXT]) == [0, 0]

    @pytest.mark.parametrize("known", [False, True])
    async def test_a_store_behind_its_reader_rises_above_what_was_seen(
        self, it: StoreUnderTest, known: bool
    ) -> None:
        if known:
            await it.held(TEN, "ann", 1)
        seen = await it.version() + 10**15
        await it.announced()
        part = await it.store.read(BOARD, seen)
        assert part.lost
        assert part.version > seen
        assert await it.version() == part.version
        assert await it.announced() == [BOARD]

    async def test_a_reader_who_is_not_ahead_changes_nothing(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        version = await it.version()
        await it.announced()
        for seen in (0, version - 1, version):
            part = await it.store.read(BOARD, seen)
            assert (part.version, part.lost) == (version, False)
        assert await it.announced() == []

    async def test_peeking_answers_in_the_order_asked(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        await it.store.record_commit(NEXT, 1)
        elsewhere = BoardKey(2, BOARD.day)
        versions = [await it.version(NEXT), 0, await it.version(BOARD)]
        assert await it.store.peek([NEXT, elsewhere, BOARD]) == versions

    async def test_all_live_holds_of_a_visitor_are_found(self, it: StoreUnderTest) -> None:
        first = await it.held(MIDNIGHT, "ann", 1, boards=BOTH, ttl=60)
        second = await it.held(TEN, "ann", 1, boards=[BoardKey(2, BOARD.day)], ttl=30)
        await it.held(ELEVEN, "bob", 1)
        found = await it.store.held_by("ann")
        assert sorted(found, key=lambda hold: hold.claim) == sorted(
            (first, second), key=lambda hold: hold.claim
        )
        it.clock.advance(30)
        assert await it.store.held_by("ann") == [first]
        await it.release(MIDNIGHT, "ann", 2, boards=BOTH)
        assert await it.store.held_by("ann") == []
        assert await it.store.held_by("nobody") == []

    # --- expiry and versions

    async def test_a_hold_ends_at_its_deadline(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1, ttl=120)
        it.clock.advance(119.999999)
        assert await it.on_board() == {"ann": TEN}
        it.clock.advance(0.000001)
        assert await it.on_board() == {}

    @pytest.mark.parametrize(
        "operation",
        [
            "read",
            "peek",
            "hold",
            "acquire",
            "extend",
            "release",
            "record_commit",
            "note",
            "held_by",
        ],
    )
    async def test_every_operation_first_drops_what_expired(
        self, it: StoreUnderTest, operation: str
    ) -> None:
        await it.held(TEN, "ann", 1, ttl=10)
        before = await it.version()
        await it.announced()
        it.clock.advance(10)
        store = it.store
        match operation:
            case "read":
                await store.read(BOARD)
            case "peek":
                await store.peek([BOARD])
            case "hold":
                assert isinstance(await it.hold(TEN, "bob", 1), Hold)
            case "acquire":
                assert isinstance(await it.take(TEN, "bob"), Hold)
            case "extend":
                assert await it.extend(TEN, "ann", 10) is None
            case "release":
                assert await it.release(TEN, "ann") is False
            case "record_commit":
                await store.record_commit(BOARD, 1)
            case "note":
                await store.note(BOARD, 1)
            case "held_by":
                assert await store.held_by("ann") == []
        assert set(await it.announced()) == {BOARD}
        assert (await it.part()).version > before
        assert "ann" not in await it.on_board()
        assert await it.announced() == []

    async def test_every_change_has_a_version_of_its_own(self, it: StoreUnderTest) -> None:
        seen = [await it.version()]
        for seq, wanted in zip(range(1, 50), itertools.cycle([TEN, ELEVEN]), strict=False):
            await it.held(wanted, "ann", seq)
            seen.append(await it.version())
            await it.store.record_commit(BOARD, 0)
            seen.append(await it.version())
        assert seen == sorted(set(seen))

    async def test_a_version_is_not_behind_the_clock(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        first = await it.version()
        assert first >= microseconds(it.clock.now())
        it.clock.advance(1)
        await it.held(ELEVEN, "ann", 2)
        assert await it.version() >= max(first + 1, microseconds(it.clock.now()))

    async def test_a_clock_set_back_does_not_lower_a_version(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1)
        before = await it.version()
        it.clock.advance(-3600)
        await it.held(ELEVEN, "ann", 2)
        assert await it.version() > before

    # --- visitors, and how many

    @pytest.mark.parametrize(
        "visitor",
        ["", "a:b", "v:a b", "version", "ledger", "{r:1}", "'\"\\", "\r\n\0", "żółw 🐢", "\ud800"],
        ids=ascii,
    )
    async def test_a_visitor_is_any_string(self, it: StoreUnderTest, visitor: str) -> None:
        await it.held(ELEVEN, "ann", 1)
        hold = await it.held(TEN, visitor, 2**53 - 1)
        part = await it.part()
        assert part.visitors == {"ann", visitor}
        assert hold in part.holds
        assert await it.store.held_by(visitor) == [hold]
        assert await it.extend(TEN, visitor, 120) == hold
        assert await it.hold(TEN, visitor, 2**53 - 2) is Refusal.SUPERSEDED
        await it.store.record_commit(BOARD, 1, hold)
        assert await it.on_board() == {"ann": ELEVEN}

    async def test_a_grant_says_whether_the_visitor_may_hold_elsewhere(
        self, it: StoreUnderTest
    ) -> None:
        await it.held(HALF_PAST, "bob", 1, boards=[NEXT])
        assert not (await it.held(MIDNIGHT, "ann", 1, boards=BOTH)).elsewhere
        assert not (await it.held(MIDNIGHT, "ann", 2, boards=BOTH)).elsewhere
        assert (await it.held(TEN, "ann", 3)).elsewhere
        taken = await it.take(TEN, "bob", boards=[BoardKey(2, BOARD.day)])
        assert isinstance(taken, Hold)
        assert taken.elsewhere

    async def test_a_board_full_of_holds_refuses_whoever_is_unknown(
        self, it: StoreUnderTest
    ) -> None:
        for number in range(MAX_RECORDS):
            await it.held(TEN, f"visitor {number}", 1, seats=MAX_RECORDS + 1)
        assert await it.hold(ELEVEN, "one more", 1) is Refusal.HELD
        assert await it.take(ELEVEN, "one more") is Refusal.HELD
        assert await it.release(ELEVEN, "one more", 2) is False
        assert "one more" not in (await it.part()).visitors
        assert (await it.held(ELEVEN, "visitor 7", 2)).slot == ELEVEN
        await it.release(TEN, "visitor 8", 2)
        assert isinstance(await it.hold(HALF_PAST, "one more", 3), Hold)

    async def test_what_would_be_forgotten_first_makes_room(self, it: StoreUnderTest) -> None:
        await it.held(TEN, "ann", 1, ttl=TOTAL)
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
            return await it.work(lambda: it.store.peek([BOARD]))

        await it.held(TEN, "ann", 1, ttl=TOTAL)
        await it.held(ELEVEN, "bob", 1, ttl=10)
        await measure()
        before = await measure()
        for wait in (10, RECORD, TOTAL):
            it.clock.advance(wait)
            await it.part()
            assert await measure() == before

    @pytest.mark.scenario(19)
    async def test_holds_on_other_boards_cost_nothing(self, it: StoreUnderTest) -> None:
        for number in range(40):
            await it.held(slot(f"{number}:00", f"{number}:30"), f"visitor {number}", 1)

        async def measure() -> list[int]:
            return [
                await it.work(lambda: it.store.read(BOARD)),
                await it.work(lambda: it.store.peek([BOARD])),
                await it.work(lambda: it.hold(TEN, "visitor 10", 1)),
                await it.work(lambda: it.extend(TEN, "visitor 10", 120)),
                await it.work(lambda: it.store.held_by("visitor 10")),
            ]

        await measure()
        alone = await measure()
        assert all(alone)
        theirs = [slot(f"{hour}:00", f"{hour}:30") for hour in range(8)]
        for resource in range(2, 252):
            board = BoardKey(resource, BOARD.day)
            await asyncio.gather(
                *(
                    it.held(wanted, f"other {resource} {number}", 1, boards=[board])
                    for number, wanted in enumerate(theirs)
                )
            )
        crowded = await measure()
        assert crowded == alone
        assert len((await it.part()).holds) == 40
