"""How the hub reads a board: rules 1 to 3 of `dibs.live`. Each test fails without its rule."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.live.scenes import KEY, busy
from tests.unit.live.stage import NEWER, Stage, a_moment, eventually, states

pytestmark = pytest.mark.anyio


class TestRule1OneRefresh:
    async def test_all_who_look_at_once_share_a_reading(self, stage: Stage) -> None:
        boards = await asyncio.gather(*(stage.hub.get(KEY) for _ in range(20)))
        assert len({id(board) for board in boards}) == 1
        assert stage.calls.count("ledger.board") == 1

    async def test_all_who_come_during_a_reading_share_the_next(self, stage: Stage) -> None:
        await stage.watch_board()
        stop = stage.holds.before_read.stop_next()
        first = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.wait_until_reached()
        later = [asyncio.create_task(stage.hub.refresh(KEY)) for _ in range(20)]
        await a_moment()
        stop.go_on()
        await asyncio.gather(first, *later)
        assert stage.calls.count("holds.read") == 2

    async def test_a_hint_during_a_reading_causes_another(self, stage: Stage) -> None:
        await stage.watch_board()
        stop = stage.holds.after_read.stop_next()
        stage.hub.hint(KEY, NEWER)
        await stop.wait_until_reached()
        await stage.hold()
        stop.go_on()
        await eventually(lambda: stage.states_shown() == {"10:00": "held"})

    async def test_a_hint_of_what_has_been_read_already_costs_nothing(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.hints = False
        await stage.hold()
        board = await stage.hub.refresh(KEY)
        stage.calls.clear()
        stage.hub.hint(KEY, board.revision.holds)
        await a_moment()
        assert stage.calls == []

    async def test_a_forced_reading_has_all_that_happened_before_it(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.hints = False
        stop = stage.ledger.after_board.stop_next()
        first = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.wait_until_reached()
        await stage.hold()
        stage.ledger.write(busy("11:00"))
        second = asyncio.create_task(stage.hub.refresh(KEY))
        await a_moment()
        next_reading = stage.holds.before_read.stop_next()
        stop.go_on()
        await next_reading.wait_until_reached()
        await a_moment()
        assert (first.done(), second.done()) == (True, False)
        next_reading.go_on()
        assert states(await second) == {"10:00": "held", "11:00": "taken"}

    @pytest.mark.parametrize("slow", ["holds", "ledger"])
    async def test_a_reading_of_over_a_second_starts_over(self, stage: Stage, slow: str) -> None:
        await stage.watch_board()
        stage.hints = False
        door = stage.holds.after_read if slow == "holds" else stage.ledger.after_board
        stop = door.stop_next()
        reading = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.wait_until_reached()
        await stage.hold()
        stage.ledger.write(busy("11:00"))
        stage.clock.advance(1.1)
        stop.go_on()
        assert states(await reading) == {"10:00": "held", "11:00": "taken"}

    async def test_a_reading_that_is_always_slow_ends_but_counts_as_old(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.ledger.after_board.then = lambda: stage.clock.advance(2)
        await stage.hub.refresh(KEY)
        assert stage.calls.count("holds.read") == 3
        assert stage.hub.get_if_fresh(KEY) is None

    async def test_an_unexpected_error_leaves_nobody_waiting(self, stage: Stage) -> None:
        before = await stage.watch_board()

        def fail() -> None:
            raise RuntimeError("unexpected")

        stage.holds.before_read.then = fail
        async with asyncio.timeout(5):
            assert await stage.hub.refresh(KEY) is before
        stage.holds.before_read.then = lambda: None
        await stage.hold()
        await eventually(lambda: stage.states_shown() == {"10:00": "held"})


class TestRule2HoldsFirst:
    async def test_the_holds_are_read_before_the_ledger(self, stage: Stage) -> None:
        await stage.hub.refresh(KEY)
        assert stage.calls[:2] == ["holds.read", "ledger.board"]

    async def test_a_change_of_holds_alone_costs_no_query(self, stage: Stage) -> None:
        await stage.watch_board()
        await stage.hold()
        await eventually(lambda: stage.states_shown() == {"10:00": "held"})
        assert set(stage.calls) == {"holds.read"}

    async def test_the_ledger_is_read_when_the_store_names_a_newer_version(
        self, stage: Stage
    ) -> None:
        await stage.watch_board()
        await stage.holds.record_commit(KEY, stage.ledger.write(busy("11:00")))
        await eventually(lambda: stage.states_shown() == {"11:00": "taken"})

    async def test_the_ledger_is_read_when_the_store_names_none(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.holds.forget_everything()
        stage.ledger.write(busy("11:00"))
        stage.hub.hint(KEY, NEWER)
        await eventually(lambda: stage.states_shown() == {"11:00": "taken"})

    async def test_the_ledger_is_read_when_the_store_has_lost_writes(self, stage: Stage) -> None:
        await stage.hold()
        await stage.watch_board()
        stage.ledger.write(busy("11:00"))
        stage.holds.lose_writes(KEY)
        stage.hub.hint(KEY, NEWER)
        await eventually(lambda: stage.states_shown() == {"10:00": "held", "11:00": "taken"})

    async def test_the_ledger_is_read_when_the_store_had_been_away(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.holds.away = True
        await stage.hub.refresh_all([KEY], ledger=False)
        stage.ledger.write(busy("11:00"))
        stage.holds.away = False
        stage.hub.hint(KEY, NEWER)
        await eventually(lambda: stage.states_shown() == {"11:00": "taken"})

    async def test_a_hold_that_became_a_booking_is_never_seen_free(self, stage: Stage) -> None:
        hold = await stage.hold()
        await stage.watch_board()
        stop = stage.ledger.before_board.stop_next()
        await stage.holds.record_commit(KEY, stage.ledger.write(busy("10:00")), hold)
        await stop.wait_until_reached()
        assert stage.states_shown() == {"10:00": "held"}
        stop.go_on()
        await eventually(lambda: stage.states_shown() != {"10:00": "held"})
        assert stage.states_shown() == {"10:00": "taken"}

    async def test_the_latest_reading_is_the_truth_even_if_it_is_older(self, stage: Stage) -> None:
        stage.ledger.write(busy("11:00"), version=9)
        await stage.hold()
        await stage.watch_board()
        stage.holds.forget_everything()
        stage.ledger.write(busy("12:00"), version=4)
        board = await stage.hub.refresh(KEY)
        assert states(board) == {"12:00": "taken"}
        assert board.revision.ledger == 4


class TestRule3TellingTheStore:
    async def test_a_newer_version_is_written_to_the_store(self, stage: Stage) -> None:
        await stage.watch_board()
        version = stage.ledger.write(busy("11:00"))
        await stage.hub.refresh(KEY)
        assert stage.holds.knows_ledger() == version

    async def test_a_checkout_that_ends_for_a_hold_is_not_shown_free(self, stage: Stage) -> None:
        stage.ledger.write(busy("10:00", "pending"))
        await stage.watch_board()
        stage.hints = False
        stop = stage.holds.after_read.stop_next()
        reading = asyncio.create_task(stage.hub.refresh(KEY))
        await stop.wait_until_reached()
        await stage.hold("10:00")
        stage.ledger.write()
        stop.go_on()
        assert states(await reading) == {"10:00": "held"}

    async def test_the_first_version_is_written_without_a_change(self, stage: Stage) -> None:
        await stage.hub.refresh(KEY)
        assert stage.holds.knows_ledger() == 1
        assert await stage.holds.read_versions([KEY]) == [0]

    async def test_what_the_store_knows_is_not_written_again(self, stage: Stage) -> None:
        await stage.watch_board()
        await stage.hub.refresh(KEY)
        assert "holds.note" not in stage.calls

    async def test_a_ledger_that_lags_behind_does_not_lower_the_store(self, stage: Stage) -> None:
        await stage.watch_board()
        await stage.holds.record_commit(KEY, 9)
        await stage.hub.refresh(KEY)
        assert stage.holds.knows_ledger() == 9
