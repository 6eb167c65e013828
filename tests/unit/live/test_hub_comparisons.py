"""How the hub compares its boards and ends overdue claims: rules 4 and 5 of `dibs.live`. Each test
fails without its rule."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from dibs.availability.boards import BoardKey
from dibs.errors import LedgerUnavailable
from tests.unit.live.scenes import DAY, KEY, busy
from tests.unit.live.stage import SECOND, TEN_SECONDS, Door, Stage, a_moment, eventually, states

pytestmark = pytest.mark.anyio


class TestRule4Comparing:
    async def test_all_boards_are_compared_in_one_go(self, stage: Stage) -> None:
        for resource in (1, 2):
            for day in range(20, 30):
                await stage.hub.get(BoardKey(resource, DAY.replace(day=day)))
        await a_moment()
        stage.calls.clear()
        await stage.compare()
        await a_moment()
        assert sorted(stage.calls) == ["holds.read_versions 20", "ledger.poll_changes 20"]

    async def test_no_board_is_asked_for_while_nobody_looks(self, stage: Stage) -> None:
        await stage.compare()
        assert stage.calls == ["ledger.poll_changes 0"]

    async def test_while_nothing_changes_a_second_costs_one_question_each(
        self, stage: Stage
    ) -> None:
        await stage.watch_board()
        await stage.compare()
        stage.calls.clear()
        await stage.compare()
        await a_moment()
        assert sorted(stage.calls) == ["holds.read_versions 1", "ledger.poll_changes 1"]

    @pytest.mark.parametrize("moment", ["before_pulse", "after_pulse", "before_read_versions"])
    async def test_who_begins_to_look_during_a_comparison_misses_nothing(
        self, stage: Stage, moment: str
    ) -> None:
        await stage.watch_board()
        door: Door = getattr(
            stage.holds if moment == "before_read_versions" else stage.ledger, moment
        )
        stop = door.stop_next()
        comparing = asyncio.create_task(stage.compare())
        await stop.wait_until_reached()
        await stage.hub.get(SECOND)
        stage.ledger.write(busy("11:00"), key=SECOND)
        stop.go_on()
        await comparing
        await stage.compare()
        await eventually(lambda: stage.states_shown(SECOND) == {"11:00": "taken"})

    async def test_a_change_that_could_not_be_read_is_not_forgotten(self, stage: Stage) -> None:
        await stage.watch_board()
        await stage.compare()

        def fail() -> None:
            raise RuntimeError("unexpected")

        stage.ledger.write(busy("11:00"))
        stage.ledger.before_board.then = fail
        await stage.compare()
        await a_moment()
        stage.ledger.before_board.then = lambda: None
        await stage.compare()
        await eventually(lambda: stage.states_shown() == {"11:00": "taken"})

    @pytest.mark.scenario(20)
    async def test_a_lost_hint_delays_a_view_until_the_comparison(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.hints = False
        await stage.hold()
        assert stage.states_shown() == {}
        await stage.compare()
        await eventually(lambda: stage.states_shown() == {"10:00": "held"})

    @pytest.mark.scenario(20)
    async def test_a_booking_nobody_told_of_is_found(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.ledger.write(busy("11:00"))
        await stage.compare()
        await eventually(lambda: stage.states_shown() == {"11:00": "taken"})

    async def test_a_version_that_fell_is_a_difference_too(self, stage: Stage) -> None:
        stage.ledger.write(busy("11:00"), version=9)
        await stage.watch_board()
        await stage.compare()
        stage.ledger.write(version=4)
        await stage.compare()
        await eventually(lambda: stage.states_shown() == {})

    async def test_holds_that_were_lost_are_a_difference_too(self, stage: Stage) -> None:
        await stage.hold()
        await stage.watch_board()
        stage.holds.forget_everything()
        await stage.compare()
        await eventually(lambda: stage.states_shown() == {})

    async def test_a_board_nobody_looks_at_is_no_longer_compared(self, stage: Stage) -> None:
        await stage.watch_board()
        await stage.watch_board(SECOND)
        for _ in range(60):
            stage.clock.advance(1)
            await stage.compare()
            stage.hub.get_if_fresh(KEY)
        stage.calls.clear()
        stage.clock.advance(1)
        await stage.compare()
        assert sorted(stage.calls) == ["holds.read_versions 1", "ledger.poll_changes 1"]
        assert stage.hub.get_if_fresh(SECOND) is None

    async def test_after_a_resubscription_both_parts_of_every_board_are_read(
        self, stage: Stage
    ) -> None:
        await stage.watch_board()
        await stage.watch_board(SECOND)
        stage.hints = False
        await stage.hold()
        stage.ledger.write(busy("11:00"), key=SECOND)
        stage.calls.clear()
        stage.hub.refresh_everything()
        await eventually(lambda: stage.states_shown() == {"10:00": "held"})
        await eventually(lambda: stage.states_shown(SECOND) == {"11:00": "taken"})
        assert stage.calls.count("ledger.board") == 2

    async def test_who_has_a_board_in_hand_that_is_dropped_is_not_left_waiting(
        self, stage: Stage
    ) -> None:
        await stage.watch_board()
        stop = stage.holds.before_read.stop_next()
        first = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.wait_until_reached()
        dropped = stage.hub._boards.pop(KEY)
        dropped.close()
        async with asyncio.timeout(1):
            await stage.hub._refresh(dropped)
            await first

    async def test_a_failed_comparison_is_not_the_last(self, stage: Stage) -> None:
        await stage.watch_board()
        compared = asyncio.Event()
        comparisons = 0

        def count_comparison() -> None:
            nonlocal comparisons
            comparisons += 1
            stage.clock.advance(1)  # so that the next comparison is due at once
            if comparisons < 3:
                raise RuntimeError("unexpected")
            compared.set()

        stage.holds.before_read_versions.then = count_comparison
        async with running(stage, sweep=find_nothing):
            await asyncio.wait_for(compared.wait(), 5)

    @pytest.mark.scenario(37)
    async def test_overdue_checkouts_are_ended_also_when_nobody_looks(self, stage: Stage) -> None:
        swept = asyncio.Event()
        comparisons = 0

        async def sweep() -> None:
            nonlocal comparisons
            comparisons += 1
            stage.clock.advance(1)
            if comparisons < 3:
                raise LedgerUnavailable
            swept.set()

        stage.ledger.overdue = True
        async with running(stage, sweep):
            await asyncio.wait_for(swept.wait(), 5)


class TestRule5Deadlines:
    async def test_time_alone_changes_nothing_shown(self, stage: Stage) -> None:
        await stage.hold(lives=1)
        await stage.watch_board()
        stage.clock.advance(1.2)
        assert stage.states_shown() == {"10:00": "held"}

    async def test_a_hold_ends_when_the_store_says_so_not_when_we_count_so(
        self, stage: Stage
    ) -> None:
        await stage.watch_board()
        await stage.hold(lives=0.3)
        stage.ledger.after_board.then = lambda: stage.clock.advance(0.5)
        assert states(await stage.hub.refresh(KEY)) == {"10:00": "held"}
        await eventually(lambda: stage.states_shown() == {})

    async def test_at_a_holds_deadline_the_store_ends_it(self, stage: Stage) -> None:
        await stage.hold(lives=0.01)
        await stage.watch_board()
        stage.clock.advance(0.01)
        await eventually(lambda: stage.states_shown() == {})

    async def test_a_hold_that_was_prolonged_here_wakes_nobody_at_its_old_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=0.01)
        await stage.watch_board()
        stage.calls.clear()
        stage.hub.note_deadline(
            replace(hold, expires_at=hold.expires_at + TEN_SECONDS), TEN_SECONDS
        )
        stage.clock.advance(0.02)
        assert stage.hub._boards[KEY].seconds_to_deadline(stage.clock.monotonic()) == pytest.approx(
            9.99
        )
        stage.hub._deadlines.on_deadline(stage.hub._boards[KEY])
        await a_moment()
        assert stage.calls == []

    async def test_a_hold_that_was_shortened_here_ends_at_its_new_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=120)
        await stage.watch_board()
        soon = timedelta(seconds=0.01)
        shortened = await stage.holds.extend(hold.boards, hold.slot, hold.visitor, ttl=soon)
        assert shortened is not None
        stage.hub.note_deadline(shortened, soon)
        stage.clock.advance(0.01)
        await eventually(lambda: stage.states_shown() == {})

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
        assert stage.calls == ["holds.read_versions 1"]
        assert stage.announced[-1] == KEY

    async def test_a_hold_shortened_during_a_refresh_ends_at_its_new_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=120)
        await stage.watch_board()
        stop = stage.holds.after_read.stop_next()
        reading = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.wait_until_reached()
        soon = timedelta(seconds=0.01)
        shortened = await stage.holds.extend(hold.boards, hold.slot, hold.visitor, ttl=soon)
        assert shortened is not None
        stage.hub.note_deadline(shortened, soon)
        stop.go_on()
        await reading
        stage.clock.advance(0.01)
        await eventually(lambda: stage.states_shown() == {})

    async def test_what_the_store_says_later_replaces_what_was_set_here(self, stage: Stage) -> None:
        hold = await stage.hold(lives=120)
        await stage.watch_board()
        stage.hub.note_deadline(
            replace(hold, expires_at=hold.expires_at + TEN_SECONDS), TEN_SECONDS
        )
        soon = timedelta(seconds=0.01)
        await stage.holds.extend(hold.boards, hold.slot, hold.visitor, ttl=soon)
        await stage.hub.refresh(KEY)
        stage.clock.advance(0.01)
        await eventually(lambda: stage.states_shown() == {})

    async def test_the_first_deadline_counts(self, stage: Stage) -> None:
        await stage.hold("10:00", "ann", lives=120)
        await stage.hold("11:00", "bob", lives=0.01)
        await stage.hold("12:00", "cem", lives=120)
        await stage.watch_board()
        stage.clock.advance(0.01)
        await eventually(lambda: stage.states_shown() == {"10:00": "held", "12:00": "held"})

    async def test_a_prolonged_hold_is_not_shown_as_gone_at_its_old_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=0.01)
        await stage.watch_board()
        stop = stage.holds.before_read.stop_next()
        await stage.hold(lives=60)  # by another process: this one doesn't hear of it
        stage.clock.advance(0.01)
        await stop.wait_until_reached()
        stop.go_on()
        await a_moment()
        board = stage.hub.get_if_fresh(KEY)
        assert board is not None
        assert [claim.id for claim in board.claims] == [hold.claim]

    async def test_at_a_checkouts_deadline_the_ledger_ends_it(self, stage: Stage) -> None:
        async def sweep() -> None:
            stage.ledger.write()

        async with running(stage, sweep):
            await a_moment()  # nothing is watched yet, so the first comparison is over
            stage.holds.before_read_versions.stop_next()  # and no other comes to help
            stage.ledger.write(busy("10:00", "pending"))
            stage.clock.advance(600)
            assert states(await stage.hub.get(KEY)) == {"10:00": "pending"}
            await eventually(lambda: stage.states_shown() == {})

    async def test_a_checkout_whose_time_runs_out_while_it_is_shown_is_ended(
        self, stage: Stage
    ) -> None:
        async def sweep() -> None:
            stage.ledger.write()

        async with running(stage, sweep):
            await a_moment()
            stage.holds.before_read_versions.stop_next()
            stage.ledger.write(busy("10:00", "pending"))
            stage.clock.advance(599.99)
            assert states(await stage.hub.get(KEY)) == {"10:00": "pending"}
            stage.clock.advance(0.02)
            assert stage.states_shown() == {"10:00": "pending"}
            await eventually(lambda: stage.states_shown() == {})

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
            assert stage.states_shown() == {"10:00": "pending"}
            await sweep()  # as each comparison does
            await stage.compare()
            await eventually(lambda: stage.states_shown() == {})


async def find_nothing() -> None:
    """Do nothing, like a sweep that finds nothing overdue."""


@asynccontextmanager
async def running(stage: Stage, sweep: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Run `Hub.run` during the block."""
    task = asyncio.create_task(stage.hub.run(sweep))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
