"""Which callers the hub serves at once, and which have to wait: rule 7 of `dibs.live`. Each test
fails without its rule."""

from __future__ import annotations

import pytest

from dibs.availability.boards import BoardKey
from dibs.errors import NotFound
from dibs.live.board import Revision
from tests.unit.live.scenes import DAY, KEY, busy
from tests.unit.live.stage import NEWER, SECOND, TEN_SECONDS, Stage, a_moment, eventually, states

pytestmark = pytest.mark.anyio


class TestRule7Serving:
    async def test_what_was_never_read_is_read_first(self, stage: Stage) -> None:
        assert stage.hub.get_if_fresh(KEY) is None
        await stage.hold()
        assert states(await stage.hub.get(KEY)) == {"10:00": "held"}

    async def test_a_fresh_board_costs_nothing(self, stage: Stage) -> None:
        board = await stage.watch_board()
        for _ in range(50):
            assert await stage.hub.get(KEY) is board
            assert stage.hub.get_if_fresh(KEY) is board
        assert stage.calls == []

    async def test_a_board_not_compared_for_one_and_a_half_seconds_is_read_first(
        self, stage: Stage
    ) -> None:
        await stage.watch_board()
        stage.hints = False
        await stage.hold()
        stage.clock.advance(1.5)
        assert stage.states_shown() == {}
        stage.clock.advance(0.001)
        assert stage.states_shown() is None
        assert states(await stage.hub.get(KEY)) == {"10:00": "held"}

    async def test_a_comparison_without_a_difference_keeps_it_fresh(self, stage: Stage) -> None:
        await stage.watch_board()
        for _ in range(10):
            stage.clock.advance(1)
            await stage.compare()
        stage.clock.advance(1.5)
        assert stage.states_shown() == {}
        assert "holds.read" not in stage.calls

    async def test_a_reading_of_the_holds_alone_is_no_comparison(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.clock.advance(1)
        stage.hub.hint(KEY, NEWER)
        await a_moment()
        assert stage.calls == ["holds.read"]
        stage.clock.advance(0.6)
        assert stage.states_shown() is None

    async def test_a_comparison_that_finds_other_holds_is_one_for_the_ledger(
        self, stage: Stage
    ) -> None:
        await stage.watch_board()
        stage.hints = False
        stage.clock.advance(1)
        await stage.hold()
        await stage.compare()
        await eventually(lambda: stage.states_shown() == {"10:00": "held"})
        stage.clock.advance(1.5)
        assert stage.states_shown() == {"10:00": "held"}

    async def test_a_comparison_counts_from_its_beginning(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.clock.advance(1)
        stage.holds.before_read_versions.then = lambda: stage.clock.advance(1)
        await stage.compare()
        stage.clock.advance(0.6)
        assert stage.states_shown() is None

    @pytest.mark.scenario(29)
    @pytest.mark.parametrize("ahead", [Revision(1, 0), Revision(0, 1)])
    async def test_a_caller_who_has_seen_more_is_not_shown_less(
        self, stage: Stage, ahead: Revision
    ) -> None:
        await stage.hold()
        board = await stage.watch_board()
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
        board = await stage.watch_board()
        assert stage.hub.get_if_fresh(KEY, Revision(0, 0)) is board

    async def test_a_resource_that_does_not_exist_is_not_watched(self, stage: Stage) -> None:
        with pytest.raises(NotFound):
            await stage.hub.get(BoardKey(99, DAY))
        stage.calls.clear()
        await stage.compare()
        assert stage.calls == ["ledger.poll_changes 0"]

    async def test_one_who_changes_something_sees_it_on_return(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.hints = False
        stage.ledger.write(busy("11:00"))
        await stage.hub.refresh_all([KEY, SECOND])
        assert stage.states_shown() == {"11:00": "taken"}
        assert stage.hub.get_if_fresh(SECOND) is None

    async def test_a_board_that_is_read_again_unchanged_stays_the_same(self, stage: Stage) -> None:
        await stage.hold()
        board = await stage.watch_board()
        assert await stage.hub.refresh(KEY) is board
        (hold,) = await stage.holds.find_holds("ann")
        await stage.holds.extend([KEY], hold.slot, "ann", ttl=TEN_SECONDS)
        assert await stage.hub.refresh(KEY) is board
