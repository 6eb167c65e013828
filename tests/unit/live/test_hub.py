"""The rules of the hub, by their numbers in `dibs.live.hub`: each test breaks without its rule."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from dibs.availability.boards import BoardKey
from dibs.errors import LedgerUnavailable, NotFound
from dibs.live import hub as hub_module
from dibs.live.board import Revision
from tests.unit.live.scenes import DAY, KEY, busy
from tests.unit.live.stage import (
    Door,
    Stage,
    StagedHolds,
    StagedLedger,
    a_moment,
    eventually,
    states,
)

pytestmark = pytest.mark.anyio

SECOND = BoardKey(2, DAY)
TEN_SECONDS = timedelta(seconds=10)
#: A version of the holds that nobody has read yet.
NEWER = 2**60


@pytest.fixture
def stage() -> Stage:
    return Stage()


class TestRule1OneRefresh:
    async def test_all_who_look_at_once_share_a_reading(self, stage: Stage) -> None:
        boards = await asyncio.gather(*(stage.hub.get(KEY) for _ in range(20)))
        assert len({id(board) for board in boards}) == 1
        assert stage.calls.count("ledger.board") == 1

    async def test_all_who_come_during_a_reading_share_the_next(self, stage: Stage) -> None:
        await stage.watched()
        stop = stage.holds.before_read.stop_next()
        first = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.reached()
        later = [asyncio.create_task(stage.hub.refresh(KEY)) for _ in range(20)]
        await a_moment()
        stop.go_on()
        await asyncio.gather(first, *later)
        assert stage.calls.count("holds.read") == 2

    async def test_a_hint_during_a_reading_causes_another(self, stage: Stage) -> None:
        await stage.watched()
        stop = stage.holds.after_read.stop_next()
        stage.hub.hint(KEY, NEWER)
        await stop.reached()
        await stage.hold()
        stop.go_on()
        await eventually(lambda: stage.shown() == {"10:00": "held"})

    async def test_a_hint_of_what_has_been_read_already_costs_nothing(self, stage: Stage) -> None:
        await stage.watched()
        stage.hints = False
        await stage.hold()
        board = await stage.hub.refresh(KEY)
        stage.calls.clear()
        stage.hub.hint(KEY, board.revision.holds)
        await a_moment()
        assert stage.calls == []

    async def test_a_forced_reading_has_all_that_happened_before_it(self, stage: Stage) -> None:
        await stage.watched()
        stage.hints = False
        stop = stage.ledger.after_board.stop_next()
        first = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.reached()
        await stage.hold()
        stage.ledger.write(busy("11:00"))
        second = asyncio.create_task(stage.hub.refresh(KEY))
        await a_moment()
        next_reading = stage.holds.before_read.stop_next()
        stop.go_on()
        await next_reading.reached()
        await a_moment()
        assert (first.done(), second.done()) == (True, False)
        next_reading.go_on()
        assert states(await second) == {"10:00": "held", "11:00": "taken"}

    @pytest.mark.parametrize("slow", ["holds", "ledger"])
    async def test_a_reading_of_over_a_second_starts_over(self, stage: Stage, slow: str) -> None:
        await stage.watched()
        stage.hints = False
        door = stage.holds.after_read if slow == "holds" else stage.ledger.after_board
        stop = door.stop_next()
        reading = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.reached()
        await stage.hold()
        stage.ledger.write(busy("11:00"))
        stage.clock.advance(1.1)
        stop.go_on()
        assert states(await reading) == {"10:00": "held", "11:00": "taken"}

    async def test_a_reading_that_is_always_slow_ends_but_counts_as_old(self, stage: Stage) -> None:
        await stage.watched()
        stage.ledger.after_board.then = lambda: stage.clock.advance(2)
        await stage.hub.refresh(KEY)
        assert stage.calls.count("holds.read") == 3
        assert stage.hub.get_if_fresh(KEY) is None

    async def test_an_unexpected_error_leaves_nobody_waiting(self, stage: Stage) -> None:
        before = await stage.watched()

        def fail() -> None:
            raise RuntimeError("unexpected")

        stage.holds.before_read.then = fail
        async with asyncio.timeout(5):
            assert await stage.hub.refresh(KEY) is before
        stage.holds.before_read.then = lambda: None
        await stage.hold()
        await eventually(lambda: stage.shown() == {"10:00": "held"})


class TestRule2HoldsFirst:
    async def test_the_holds_are_read_before_the_ledger(self, stage: Stage) -> None:
        await stage.hub.refresh(KEY)
        assert stage.calls[:2] == ["holds.read", "ledger.board"]

    async def test_a_change_of_holds_alone_costs_no_query(self, stage: Stage) -> None:
        await stage.watched()
        await stage.hold()
        await eventually(lambda: stage.shown() == {"10:00": "held"})
        assert set(stage.calls) == {"holds.read"}

    async def test_the_ledger_is_read_when_the_store_names_a_newer_version(
        self, stage: Stage
    ) -> None:
        await stage.watched()
        await stage.holds.record_commit(KEY, stage.ledger.write(busy("11:00")))
        await eventually(lambda: stage.shown() == {"11:00": "taken"})

    async def test_the_ledger_is_read_when_the_store_names_none(self, stage: Stage) -> None:
        await stage.watched()
        stage.holds.forget_everything()
        stage.ledger.write(busy("11:00"))
        stage.hub.hint(KEY, NEWER)
        await eventually(lambda: stage.shown() == {"11:00": "taken"})

    async def test_the_ledger_is_read_when_the_store_has_lost_writes(self, stage: Stage) -> None:
        await stage.hold()
        await stage.watched()
        stage.ledger.write(busy("11:00"))
        stage.holds.lose_writes(KEY)
        stage.hub.hint(KEY, NEWER)
        await eventually(lambda: stage.shown() == {"10:00": "held", "11:00": "taken"})

    async def test_the_ledger_is_read_when_the_store_had_been_away(self, stage: Stage) -> None:
        await stage.watched()
        stage.holds.away = True
        await stage.hub.refresh_all([KEY], ledger=False)
        stage.ledger.write(busy("11:00"))
        stage.holds.away = False
        stage.hub.hint(KEY, NEWER)
        await eventually(lambda: stage.shown() == {"11:00": "taken"})

    async def test_a_hold_that_became_a_booking_is_never_seen_free(self, stage: Stage) -> None:
        hold = await stage.hold()
        await stage.watched()
        stop = stage.ledger.before_board.stop_next()
        await stage.holds.record_commit(KEY, stage.ledger.write(busy("10:00")), hold)
        await stop.reached()
        assert stage.shown() == {"10:00": "held"}
        stop.go_on()
        await eventually(lambda: stage.shown() != {"10:00": "held"})
        assert stage.shown() == {"10:00": "taken"}

    async def test_the_latest_reading_is_the_truth_even_if_it_is_older(self, stage: Stage) -> None:
        stage.ledger.write(busy("11:00"), version=9)
        await stage.hold()
        await stage.watched()
        stage.holds.forget_everything()
        stage.ledger.write(busy("12:00"), version=4)
        board = await stage.hub.refresh(KEY)
        assert states(board) == {"12:00": "taken"}
        assert board.revision.ledger == 4


class TestRule3TellingTheStore:
    async def test_a_newer_version_is_written_to_the_store(self, stage: Stage) -> None:
        await stage.watched()
        version = stage.ledger.write(busy("11:00"))
        await stage.hub.refresh(KEY)
        assert stage.holds.knows_ledger() == version

    async def test_a_checkout_that_ends_for_a_hold_is_not_shown_free(self, stage: Stage) -> None:
        stage.ledger.write(busy("10:00", "pending"))
        await stage.watched()
        stage.hints = False
        stop = stage.holds.after_read.stop_next()
        reading = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.reached()
        await stage.hold("10:00")
        stage.ledger.write()
        stop.go_on()
        assert states(await reading) == {"10:00": "held"}

    async def test_the_first_version_is_written_without_a_change(self, stage: Stage) -> None:
        await stage.hub.refresh(KEY)
        assert stage.holds.knows_ledger() == 1
        assert await stage.holds.peek([KEY]) == [0]

    async def test_what_the_store_knows_is_not_written_again(self, stage: Stage) -> None:
        await stage.watched()
        await stage.hub.refresh(KEY)
        assert "holds.note" not in stage.calls

    async def test_a_ledger_that_lags_behind_does_not_lower_the_store(self, stage: Stage) -> None:
        await stage.watched()
        await stage.holds.record_commit(KEY, 9)
        await stage.hub.refresh(KEY)
        assert stage.holds.knows_ledger() == 9


class TestRule4Comparing:
    async def test_all_boards_are_compared_in_one_go(self, stage: Stage) -> None:
        for resource in (1, 2):
            for day in range(20, 30):
                await stage.hub.get(BoardKey(resource, DAY.replace(day=day)))
        await a_moment()
        stage.calls.clear()
        await stage.compare()
        await a_moment()
        assert sorted(stage.calls) == ["holds.peek 20", "ledger.pulse 20"]

    async def test_no_board_is_asked_for_while_nobody_looks(self, stage: Stage) -> None:
        await stage.compare()
        assert stage.calls == ["ledger.pulse 0"]

    async def test_while_nothing_changes_a_second_costs_one_question_each(
        self, stage: Stage
    ) -> None:
        await stage.watched()
        await stage.compare()
        stage.calls.clear()
        await stage.compare()
        await a_moment()
        assert sorted(stage.calls) == ["holds.peek 1", "ledger.pulse 1"]

    @pytest.mark.parametrize("moment", ["before_pulse", "after_pulse", "before_peek"])
    async def test_who_begins_to_look_during_a_comparison_misses_nothing(
        self, stage: Stage, moment: str
    ) -> None:
        await stage.watched()
        door: Door = getattr(stage.holds if moment == "before_peek" else stage.ledger, moment)
        stop = door.stop_next()
        comparing = asyncio.create_task(stage.compare())
        await stop.reached()
        await stage.hub.get(SECOND)
        stage.ledger.write(busy("11:00"), key=SECOND)
        stop.go_on()
        await comparing
        await stage.compare()
        await eventually(lambda: stage.shown(SECOND) == {"11:00": "taken"})

    async def test_a_change_that_could_not_be_read_is_not_forgotten(self, stage: Stage) -> None:
        await stage.watched()
        await stage.compare()

        def fail() -> None:
            raise RuntimeError("unexpected")

        stage.ledger.write(busy("11:00"))
        stage.ledger.before_board.then = fail
        await stage.compare()
        await a_moment()
        stage.ledger.before_board.then = lambda: None
        await stage.compare()
        await eventually(lambda: stage.shown() == {"11:00": "taken"})

    @pytest.mark.scenario(20)
    async def test_a_lost_hint_delays_a_view_until_the_comparison(self, stage: Stage) -> None:
        await stage.watched()
        stage.hints = False
        await stage.hold()
        assert stage.shown() == {}
        await stage.compare()
        await eventually(lambda: stage.shown() == {"10:00": "held"})

    @pytest.mark.scenario(20)
    async def test_a_booking_nobody_told_of_is_found(self, stage: Stage) -> None:
        await stage.watched()
        stage.ledger.write(busy("11:00"))
        await stage.compare()
        await eventually(lambda: stage.shown() == {"11:00": "taken"})

    async def test_a_version_that_fell_is_a_difference_too(self, stage: Stage) -> None:
        stage.ledger.write(busy("11:00"), version=9)
        await stage.watched()
        await stage.compare()
        stage.ledger.write(version=4)
        await stage.compare()
        await eventually(lambda: stage.shown() == {})

    async def test_holds_that_were_lost_are_a_difference_too(self, stage: Stage) -> None:
        await stage.hold()
        await stage.watched()
        stage.holds.forget_everything()
        await stage.compare()
        await eventually(lambda: stage.shown() == {})

    async def test_a_board_nobody_looks_at_is_no_longer_compared(self, stage: Stage) -> None:
        await stage.watched()
        await stage.watched(SECOND)
        for _ in range(60):
            stage.clock.advance(1)
            await stage.compare()
            stage.hub.get_if_fresh(KEY)
        stage.calls.clear()
        stage.clock.advance(1)
        await stage.compare()
        assert sorted(stage.calls) == ["holds.peek 1", "ledger.pulse 1"]
        assert stage.hub.get_if_fresh(SECOND) is None

    async def test_after_a_resubscription_both_parts_of_every_board_are_read(
        self, stage: Stage
    ) -> None:
        await stage.watched()
        await stage.watched(SECOND)
        stage.hints = False
        await stage.hold()
        stage.ledger.write(busy("11:00"), key=SECOND)
        stage.calls.clear()
        stage.hub.refresh_everything()
        await eventually(lambda: stage.shown() == {"10:00": "held"})
        await eventually(lambda: stage.shown(SECOND) == {"11:00": "taken"})
        assert stage.calls.count("ledger.board") == 2

    async def test_who_has_a_board_in_hand_that_is_dropped_is_not_left_waiting(
        self, stage: Stage
    ) -> None:
        await stage.watched()
        stop = stage.holds.before_read.stop_next()
        first = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.reached()
        dropped = stage.hub._boards.pop(KEY)
        dropped.close()
        async with asyncio.timeout(1):
            await stage.hub._refresh(dropped)
            await first

    async def test_a_failed_comparison_is_not_the_last(self, stage: Stage) -> None:
        await stage.watched()
        compared = asyncio.Event()
        beats = 0

        def beat() -> None:
            nonlocal beats
            beats += 1
            stage.clock.advance(1)  # so that the next comparison is due at once
            if beats < 3:
                raise RuntimeError("unexpected")
            compared.set()

        stage.holds.before_peek.then = beat
        async with running(stage, sweep=nothing):
            await asyncio.wait_for(compared.wait(), 5)

    @pytest.mark.scenario(37)
    async def test_overdue_checkouts_are_ended_also_when_nobody_looks(self, stage: Stage) -> None:
        swept = asyncio.Event()
        beats = 0

        async def sweep() -> None:
            nonlocal beats
            beats += 1
            stage.clock.advance(1)
            if beats < 3:
                raise LedgerUnavailable
            swept.set()

        stage.ledger.overdue = True
        async with running(stage, sweep):
            await asyncio.wait_for(swept.wait(), 5)


class TestRule5Deadlines:
    async def test_time_alone_changes_nothing_shown(self, stage: Stage) -> None:
        await stage.hold(lives=1)
        await stage.watched()
        stage.clock.advance(1.2)
        assert stage.shown() == {"10:00": "held"}

    async def test_a_hold_ends_when_the_store_says_so_not_when_we_count_so(
        self, stage: Stage
    ) -> None:
        await stage.watched()
        await stage.hold(lives=0.3)
        stage.ledger.after_board.then = lambda: stage.clock.advance(0.5)
        assert states(await stage.hub.refresh(KEY)) == {"10:00": "held"}
        await eventually(lambda: stage.shown() == {})

    async def test_at_a_holds_deadline_the_store_ends_it(self, stage: Stage) -> None:
        await stage.hold(lives=0.01)
        await stage.watched()
        stage.clock.advance(0.01)
        await eventually(lambda: stage.shown() == {})

    async def test_a_hold_that_was_prolonged_here_wakes_nobody_at_its_old_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=0.01)
        await stage.watched()
        stage.calls.clear()
        stage.hub.note_deadline(
            replace(hold, expires_at=hold.expires_at + TEN_SECONDS), TEN_SECONDS
        )
        stage.clock.advance(0.02)
        assert stage.hub._boards[KEY].until_deadline(stage.clock.monotonic()) == pytest.approx(9.99)
        stage.hub._deadlines.on_deadline(stage.hub._boards[KEY])
        await a_moment()
        assert stage.calls == []

    async def test_a_hold_that_was_shortened_here_ends_at_its_new_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=120)
        await stage.watched()
        soon = timedelta(seconds=0.01)
        shortened = await stage.holds.extend(hold.boards, hold.slot, hold.visitor, ttl=soon)
        assert shortened is not None
        stage.hub.note_deadline(shortened, soon)
        stage.clock.advance(0.01)
        await eventually(lambda: stage.shown() == {})

    async def test_a_hold_on_a_board_that_only_others_watch_ends_at_the_deadline_set_here(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=120)
        stage.calls.clear()
        for seconds in (0.02, 0.01):
            soon = timedelta(seconds=seconds)
            shortened = await stage.holds.extend(hold.boards, hold.slot, hold.visitor, ttl=soon)
            assert shortened is not None
            stage.hub.note_deadline(shortened, soon)
        stage.clock.advance(0.01)
        await eventually(lambda: stage.calls)
        await a_moment()
        assert stage.calls == ["holds.peek 1"]
        assert stage.announced[-1] == KEY

    async def test_a_hold_shortened_during_a_refresh_ends_at_its_new_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=120)
        await stage.watched()
        stop = stage.holds.after_read.stop_next()
        reading = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.reached()
        soon = timedelta(seconds=0.01)
        shortened = await stage.holds.extend(hold.boards, hold.slot, hold.visitor, ttl=soon)
        assert shortened is not None
        stage.hub.note_deadline(shortened, soon)
        stop.go_on()
        await reading
        stage.clock.advance(0.01)
        await eventually(lambda: stage.shown() == {})

    async def test_what_the_store_says_later_replaces_what_was_set_here(self, stage: Stage) -> None:
        hold = await stage.hold(lives=120)
        await stage.watched()
        stage.hub.note_deadline(
            replace(hold, expires_at=hold.expires_at + TEN_SECONDS), TEN_SECONDS
        )
        soon = timedelta(seconds=0.01)
        await stage.holds.extend(hold.boards, hold.slot, hold.visitor, ttl=soon)
        await stage.hub.refresh(KEY)
        stage.clock.advance(0.01)
        await eventually(lambda: stage.shown() == {})

    async def test_the_first_deadline_counts(self, stage: Stage) -> None:
        await stage.hold("10:00", "ann", lives=120)
        await stage.hold("11:00", "bob", lives=0.01)
        await stage.hold("12:00", "cem", lives=120)
        await stage.watched()
        stage.clock.advance(0.01)
        await eventually(lambda: stage.shown() == {"10:00": "held", "12:00": "held"})

    async def test_a_prolonged_hold_is_not_shown_as_gone_at_its_old_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=0.01)
        await stage.watched()
        stop = stage.holds.before_read.stop_next()
        await stage.hold(lives=60)  # by another process: this one doesn't hear of it
        stage.clock.advance(0.01)
        await stop.reached()
        stop.go_on()
        await a_moment()
        board = stage.hub.get_if_fresh(KEY)
        assert board is not None
        assert [claim.id for claim in board.claims] == [hold.claim]

    async def test_at_a_checkouts_deadline_the_ledger_ends_it(self, stage: Stage) -> None:
        async def sweep() -> None:
            stage.ledger.write()

        async with running(stage, sweep):
            await a_moment()  # nothing is watched yet, so the first beat is over
            stage.holds.before_peek.stop_next()  # and no other comes to help
            stage.ledger.write(busy("10:00", "pending"))
            stage.clock.advance(600)
            assert states(await stage.hub.get(KEY)) == {"10:00": "pending"}
            await eventually(lambda: stage.shown() == {})

    async def test_a_checkout_whose_time_runs_out_while_it_is_shown_is_ended(
        self, stage: Stage
    ) -> None:
        async def sweep() -> None:
            stage.ledger.write()

        async with running(stage, sweep):
            await a_moment()
            stage.holds.before_peek.stop_next()
            stage.ledger.write(busy("10:00", "pending"))
            stage.clock.advance(599.99)
            assert states(await stage.hub.get(KEY)) == {"10:00": "pending"}
            stage.clock.advance(0.02)
            assert stage.shown() == {"10:00": "pending"}
            await eventually(lambda: stage.shown() == {})

    async def test_a_checkout_that_can_not_be_ended_now_is_ended_later(self, stage: Stage) -> None:
        tries = 0

        async def sweep() -> None:
            nonlocal tries
            tries += 1
            if tries < 2:
                raise LedgerUnavailable
            stage.ledger.write()

        async with running(stage, sweep):
            await a_moment()
            stage.ledger.write(busy("10:00", "pending"))
            stage.clock.advance(600)
            await stage.hub.get(KEY)
            await eventually(lambda: tries == 1)
            assert stage.shown() == {"10:00": "pending"}
            await sweep()  # as each beat does
            await stage.compare()
            await eventually(lambda: stage.shown() == {})


class TestRule6Away:
    @pytest.mark.scenario(36)
    async def test_without_the_store_the_last_holds_stay_and_the_board_says_so(
        self, stage: Stage
    ) -> None:
        await stage.hold()
        whole = await stage.watched()
        stage.holds.away = True
        await stage.compare()
        await eventually(lambda: "holds" in degraded(stage))
        assert stage.shown() == {"10:00": "held"}
        board = stage.hub.get_if_fresh(KEY)
        assert board is not None
        assert board.tag != whole.tag
        assert board.revision == whole.revision

    async def test_without_the_store_bookings_still_appear(self, stage: Stage) -> None:
        await stage.hold()
        await stage.watched()
        stage.holds.away = True
        stage.ledger.write(busy("11:00"))
        await stage.compare()
        await eventually(lambda: stage.shown() == {"10:00": "held", "11:00": "taken"})

    async def test_without_the_store_each_hold_ends_at_its_own_deadline(self, stage: Stage) -> None:
        await stage.hold("10:00", "ann", lives=10)
        await stage.hold("11:00", "bob", lives=20)
        await stage.watched()
        stage.holds.away = True
        tags = set()
        for expected in ({"10:00": "held", "11:00": "held"}, {"11:00": "held"}, {}):
            await stage.hub.refresh_all([KEY])
            assert stage.shown() == expected
            board = stage.hub.get_if_fresh(KEY)
            assert board is not None
            tags.add(board.tag)
            stage.clock.advance(10)
        assert len(tags) == 3

    async def test_without_the_store_a_prolonged_hold_has_its_new_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=10)
        await stage.watched()
        await stage.holds.extend(hold.boards, hold.slot, "ann", ttl=timedelta(seconds=60))
        await stage.hub.refresh_all([KEY])
        stage.holds.away = True
        stage.clock.advance(59)
        await stage.hub.refresh_all([KEY])
        assert stage.shown() == {"10:00": "held"}

    @pytest.mark.parametrize("part", ["holds", "ledger"])
    async def test_what_is_back_unchanged_is_whole_again(self, stage: Stage, part: str) -> None:
        await stage.hold()
        whole = await stage.watched()
        lost = stage.holds if part == "holds" else stage.ledger
        lost.away = True
        await stage.hub.refresh(KEY)
        stage.clock.advance(4)
        assert (await stage.hub.get(KEY)).degraded
        lost.away = False
        await stage.compare()
        await eventually(lambda: shown_tag(stage) == whole.tag)
        assert stage.shown() == {"10:00": "held"}

    async def test_a_comparison_never_publishes_half_of_a_refresh(self, stage: Stage) -> None:
        """A checkout has become a hold again; both sources fail while the refresh that has read
        so is about to end."""
        stage.hints = False
        stage.ledger.write(busy("10:00", "pending"))
        await stage.watched()
        await stage.hold()
        stage.ledger.write()
        noting = stage.holds.before_note.stop_next()
        refreshing = asyncio.create_task(stage.hub.refresh(KEY))
        await noting.reached()
        stage.ledger.away = stage.holds.away = True
        await stage.compare()
        shown = stage.hub.get_last(KEY)
        assert shown is not None
        assert states(shown) in ({"10:00": "pending"}, {"10:00": "held"})
        noting.go_on()
        await refreshing

    async def test_without_the_store_a_hold_prolonged_here_has_its_new_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=10)
        await stage.watched()
        stage.hub.note_deadline(
            replace(hold, expires_at=hold.expires_at + TEN_SECONDS), TEN_SECONDS
        )
        stage.holds.away = True
        for expected in ({"10:00": "held"}, {"10:00": "held"}, {}):
            await stage.hub.refresh_all([KEY])
            assert stage.shown() == expected
            stage.clock.advance(10)

    async def test_without_the_store_a_hold_that_is_over_is_not_asked_about_again(
        self, stage: Stage
    ) -> None:
        await stage.hold(lives=10)
        await stage.watched()
        stage.holds.away = True
        stage.clock.advance(10)
        await stage.hub.refresh_all([KEY])
        assert stage.hub._boards[KEY].alarm is None

    async def test_when_the_store_is_back_both_parts_are_read(self, stage: Stage) -> None:
        await stage.hold()
        await stage.watched()
        stage.holds.away = True
        await stage.hub.refresh_all([KEY])
        stage.holds.forget_everything()
        stage.holds.away = False
        stage.calls.clear()
        await stage.compare()
        await eventually(lambda: stage.shown() == {})
        assert degraded(stage) == ()
        assert {"holds.read", "ledger.board"} <= set(stage.calls)

    async def test_a_store_that_was_never_there_leaves_the_ledgers_board(
        self, stage: Stage
    ) -> None:
        stage.holds.away = True
        stage.ledger.write(busy("11:00"))
        board = await stage.hub.get(KEY)
        assert states(board) == {"11:00": "taken"}
        assert board.degraded == ("holds",)

    @pytest.mark.scenario(15)
    async def test_without_the_database_a_board_is_unknown_after_three_seconds(
        self, stage: Stage
    ) -> None:
        stage.ledger.write(busy("11:00"))
        await stage.watched()
        stage.ledger.away = True
        await stage.compare()
        await a_moment()
        stage.clock.advance(3)
        board = await stage.hub.get(KEY)
        assert states(board) == {"11:00": "taken"}
        stage.clock.advance(0.1)
        board = await stage.hub.get(KEY)
        assert board.is_unknown
        assert board.claims == ()

    @pytest.mark.scenario(15)
    async def test_a_database_that_hangs_has_been_away_since_it_was_asked(
        self, stage: Stage
    ) -> None:
        await stage.watched()
        stage.ledger.away = True
        stage.ledger.before_board.then = lambda: stage.clock.advance(3.1)
        assert (await stage.hub.refresh(KEY)).is_unknown

    @pytest.mark.parametrize("part", ["holds", "ledger"])
    async def test_what_is_away_is_asked_once_for_all_boards(self, stage: Stage, part: str) -> None:
        for day in range(20, 30):
            await stage.hub.get(BoardKey(1, DAY.replace(day=day)))
        await stage.compare()
        await a_moment()
        away: StagedHolds | StagedLedger = getattr(stage, part)
        away.away = True
        for _ in range(5):
            stage.clock.advance(1)
            stage.calls.clear()
            await stage.compare()
            await a_moment()
            assert sorted(stage.calls) == ["holds.peek 10", "ledger.pulse 10"]
        board = stage.hub.get_if_fresh(KEY) or await stage.hub.get(KEY)
        assert board.degraded == (("holds",) if part == "holds" else ("unknown",))

    async def test_without_the_database_no_hold_leaves_the_board(self, stage: Stage) -> None:
        hold = await stage.hold()
        await stage.watched()
        stage.ledger.away = True
        version = stage.ledger.write(busy("10:00"))
        await stage.holds.record_commit(KEY, version, hold)
        await stage.hold("12:00", "bob")
        await stage.hub.refresh_all([KEY])
        assert stage.shown() == {"10:00": "held"}
        stage.ledger.away = False
        await stage.hub.refresh_all([KEY])
        assert stage.shown() == {"10:00": "taken", "12:00": "held"}

    async def test_without_the_database_a_booking_that_was_told_of_is_not_shown_free(
        self, stage: Stage
    ) -> None:
        board = await stage.watched()
        stage.hints = False
        hold = await stage.hold()
        stage.ledger.away = True
        await stage.holds.record_commit(KEY, stage.ledger.write(busy("10:00")), hold)
        await stage.hub.refresh_all([KEY])
        assert stage.hub.get_if_fresh(KEY) is board

    async def test_without_the_database_the_first_board_hides_no_booking(
        self, stage: Stage
    ) -> None:
        stop = stage.ledger.after_board.stop_next()
        first = asyncio.create_task(stage.hub.get(KEY))
        await stop.reached()
        await stage.holds.record_commit(KEY, stage.ledger.write(busy("10:00")))
        stage.ledger.away = True
        stop.go_on()
        with pytest.raises(LedgerUnavailable):
            await first

    async def test_without_the_database_new_holds_are_shown(self, stage: Stage) -> None:
        await stage.watched()
        stage.ledger.away = True
        await stage.hold()
        await stage.hub.refresh_all([KEY])
        assert stage.shown() == {"10:00": "held"}

    async def test_without_the_database_nobody_is_shown_less_than_they_have_seen(
        self, stage: Stage
    ) -> None:
        board = await stage.watched()
        stage.ledger.away = True
        seen = board.revision._replace(ledger=board.revision.ledger + 1)
        with pytest.raises(LedgerUnavailable):
            await stage.hub.get(KEY, seen)
        stage.clock.advance(3.1)
        assert (await stage.hub.get(KEY, seen)).is_unknown

    async def test_without_the_database_no_board_counts_as_compared(self, stage: Stage) -> None:
        await stage.watched()
        stage.ledger.away = True
        stage.clock.advance(1)
        await stage.compare()
        await a_moment()
        stage.clock.advance(0.6)
        assert stage.hub.get_if_fresh(KEY) is None

    async def test_when_the_database_is_back_the_board_is_known_again(self, stage: Stage) -> None:
        await stage.watched()
        stage.ledger.away = True
        await stage.hub.refresh(KEY)
        stage.clock.advance(4)
        assert (await stage.hub.get(KEY)).is_unknown
        stage.ledger.away = False
        stage.ledger.write(busy("11:00"))
        await stage.compare()
        await eventually(lambda: stage.shown() == {"11:00": "taken"})
        assert degraded(stage) == ()

    async def test_of_what_was_never_read_nothing_is_made_up(self, stage: Stage) -> None:
        stage.ledger.away = True
        with pytest.raises(LedgerUnavailable):
            await stage.hub.get(KEY)


class TestNoAnswer:
    """Rules 6 and 7: what hangs has been away since it was asked, and nobody waits for it."""

    @pytest.fixture(autouse=True)
    def _short_waits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hub_module, "GET_TIMEOUT", 0.02)

    @pytest.mark.scenario(15)
    @pytest.mark.parametrize("part", ["holds", "ledger"])
    async def test_the_last_board_stands_then_it_is_unknown_then_the_truth(
        self, stage: Stage, part: str
    ) -> None:
        stage.ledger.write(busy("11:00"))
        last = await stage.watched()
        told = []
        stage.hub.follow([KEY], lambda: told.append(stage.hub.get_last(KEY)))
        stop = (
            stage.holds.before_read if part == "holds" else stage.ledger.before_board
        ).stop_next()
        stage.clock.advance(1.6)
        assert await stage.hub.get(KEY) is last
        stage.clock.advance(2.9)
        assert await stage.hub.get(KEY) is last
        assert told == []
        stage.clock.advance(0.2)
        unknown = await stage.hub.get(KEY)
        assert unknown.is_unknown
        assert unknown.claims == ()
        assert told == [unknown]
        stage.ledger.write(busy("11:00"), busy("12:00"))
        stop.go_on()
        await eventually(lambda: stage.shown() == {"11:00": "taken", "12:00": "taken"})
        assert told[-1] is stage.hub.get_if_fresh(KEY)
        assert degraded(stage) == ()

    async def test_all_who_wait_are_answered_and_cause_one_reading(self, stage: Stage) -> None:
        last = await stage.watched()
        stop = stage.ledger.before_board.stop_next()
        stage.clock.advance(1.6)
        boards = await asyncio.gather(*(stage.hub.get(KEY) for _ in range(50)))
        assert {id(board) for board in boards} == {id(last)}
        stage.clock.advance(3.1)
        boards = await asyncio.gather(*(stage.hub.get(KEY) for _ in range(50)))
        assert all(board.is_unknown for board in boards)
        assert stage.calls.count("ledger.board") == 1
        stop.go_on()

    async def test_nobody_is_shown_less_than_they_have_seen(self, stage: Stage) -> None:
        board = await stage.watched()
        stop = stage.ledger.before_board.stop_next()
        seen = board.revision._replace(ledger=board.revision.ledger + 1)
        with pytest.raises(LedgerUnavailable):
            await stage.hub.get(KEY, seen)
        stage.clock.advance(3.1)
        assert (await stage.hub.get(KEY, seen)).is_unknown
        stop.go_on()

    async def test_of_what_was_never_read_nothing_is_made_up(self, stage: Stage) -> None:
        stop = stage.ledger.before_board.stop_next()
        with pytest.raises(LedgerUnavailable):
            await stage.hub.get(KEY)
        stop.go_on()
        await eventually(lambda: stage.shown() == {})

    async def test_half_a_reading_is_not_published(self, stage: Stage) -> None:
        stage.ledger.write(busy("10:00", "pending"))
        last = await stage.watched()
        stage.hints = False
        stop = stage.ledger.after_board.stop_next()
        stage.ledger.write()
        stage.clock.advance(1.6)
        assert await stage.hub.get(KEY) is last
        await stage.hold("10:00")
        stop.go_on()
        await eventually(lambda: stage.shown() == {"10:00": "held"})

    async def test_followers_are_told_while_only_the_comparison_waits(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        last = await stage.watched()
        told = []
        stage.hub.follow([KEY], lambda: told.append(stage.hub.get_last(KEY)))
        stop = stage.ledger.before_pulse.stop_next()
        monkeypatch.setattr(hub_module, "LEDGER_AWAY_TIMEOUT", 0.02)
        # So that what was read is older than the question.
        stage.clock.advance(0.001)
        comparing = asyncio.create_task(stage.compare())
        await stop.reached()
        stage.clock.advance(0.1)
        await eventually(lambda: told)
        assert told[0] is not None
        assert told[0].is_unknown
        stop.go_on()
        await comparing
        await eventually(lambda: stage.shown() == {} and shown_tag(stage) == last.tag)
        assert told[-1] is stage.hub.get_last(KEY)


class TestRule7Serving:
    async def test_what_was_never_read_is_read_first(self, stage: Stage) -> None:
        assert stage.hub.get_if_fresh(KEY) is None
        await stage.hold()
        assert states(await stage.hub.get(KEY)) == {"10:00": "held"}

    async def test_a_fresh_board_costs_nothing(self, stage: Stage) -> None:
        board = await stage.watched()
        for _ in range(50):
            assert await stage.hub.get(KEY) is board
            assert stage.hub.get_if_fresh(KEY) is board
        assert stage.calls == []

    async def test_a_board_not_compared_for_one_and_a_half_seconds_is_read_first(
        self, stage: Stage
    ) -> None:
        await stage.watched()
        stage.hints = False
        await stage.hold()
        stage.clock.advance(1.5)
        assert stage.shown() == {}
        stage.clock.advance(0.001)
        assert stage.shown() is None
        assert states(await stage.hub.get(KEY)) == {"10:00": "held"}

    async def test_a_comparison_without_a_difference_keeps_it_fresh(self, stage: Stage) -> None:
        await stage.watched()
        for _ in range(10):
            stage.clock.advance(1)
            await stage.compare()
        stage.clock.advance(1.5)
        assert stage.shown() == {}
        assert "holds.read" not in stage.calls

    async def test_a_reading_of_the_holds_alone_is_no_comparison(self, stage: Stage) -> None:
        await stage.watched()
        stage.clock.advance(1)
        stage.hub.hint(KEY, NEWER)
        await a_moment()
        assert stage.calls == ["holds.read"]
        stage.clock.advance(0.6)
        assert stage.shown() is None

    async def test_a_comparison_that_finds_other_holds_is_one_for_the_ledger(
        self, stage: Stage
    ) -> None:
        await stage.watched()
        stage.hints = False
        stage.clock.advance(1)
        await stage.hold()
        await stage.compare()
        await eventually(lambda: stage.shown() == {"10:00": "held"})
        stage.clock.advance(1.5)
        assert stage.shown() == {"10:00": "held"}

    async def test_a_comparison_counts_from_its_beginning(self, stage: Stage) -> None:
        await stage.watched()
        stage.clock.advance(1)
        stage.holds.before_peek.then = lambda: stage.clock.advance(1)
        await stage.compare()
        stage.clock.advance(0.6)
        assert stage.shown() is None

    @pytest.mark.scenario(29)
    @pytest.mark.parametrize("ahead", [Revision(1, 0), Revision(0, 1)])
    async def test_a_caller_who_has_seen_more_is_not_shown_less(
        self, stage: Stage, ahead: Revision
    ) -> None:
        await stage.hold()
        board = await stage.watched()
        stage.hints = False
        await stage.hold("12:00", "bob")
        stage.ledger.write(busy("11:00"))
        seen = board.revision
        assert stage.hub.get_if_fresh(KEY, seen) is board
        seen = Revision(seen.holds + ahead.holds, seen.ledger + ahead.ledger)
        assert stage.hub.get_if_fresh(KEY, seen) is None
        newest = await stage.hub.get(KEY, seen)
        assert states(newest) == {"10:00": "held", "11:00": "taken", "12:00": "held"}

    async def test_a_caller_who_has_seen_less_is_served_at_once(self, stage: Stage) -> None:
        await stage.hold()
        board = await stage.watched()
        assert stage.hub.get_if_fresh(KEY, Revision(0, 0)) is board

    async def test_a_resource_that_does_not_exist_is_not_watched(self, stage: Stage) -> None:
        with pytest.raises(NotFound):
            await stage.hub.get(BoardKey(99, DAY))
        stage.calls.clear()
        await stage.compare()
        assert stage.calls == ["ledger.pulse 0"]

    async def test_one_who_changes_something_sees_it_on_return(self, stage: Stage) -> None:
        await stage.watched()
        stage.hints = False
        stage.ledger.write(busy("11:00"))
        await stage.hub.refresh_all([KEY, SECOND])
        assert stage.shown() == {"11:00": "taken"}
        assert stage.hub.get_if_fresh(SECOND) is None

    async def test_a_board_that_is_read_again_unchanged_stays_the_same(self, stage: Stage) -> None:
        await stage.hold()
        board = await stage.watched()
        assert await stage.hub.refresh(KEY) is board
        (hold,) = await stage.holds.held_by("ann")
        await stage.holds.extend([KEY], hold.slot, "ann", ttl=TEN_SECONDS)
        assert await stage.hub.refresh(KEY) is board


def degraded(stage: Stage) -> tuple[str, ...]:
    board = stage.hub.get_if_fresh(KEY)
    return () if board is None else board.degraded


def shown_tag(stage: Stage) -> str | None:
    board = stage.hub.get_if_fresh(KEY)
    return None if board is None else board.tag


async def nothing() -> None:
    """A sweep that finds nothing overdue."""


@asynccontextmanager
async def running(stage: Stage, sweep: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """`Hub.run` for as long as the block lasts."""
    task = asyncio.create_task(stage.hub.run(sweep))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
