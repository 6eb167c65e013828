"""What the hub shows while a source is away or doesn't answer: rule 6 of `dibs.live`. Each test
fails without its rule."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from dibs.availability.boards import BoardKey
from dibs.errors import LedgerUnavailable
from dibs.live import hub as hub_module
from tests.unit.live.scenes import DAY, KEY, busy
from tests.unit.live.stage import (
    TEN_SECONDS,
    Stage,
    StagedHolds,
    StagedLedger,
    a_moment,
    eventually,
    states,
)

pytestmark = pytest.mark.anyio


class TestRule6Away:
    @pytest.mark.scenario(36)
    async def test_without_the_store_the_last_holds_stay_and_the_board_says_so(
        self, stage: Stage
    ) -> None:
        await stage.hold()
        whole = await stage.watch_board()
        stage.holds.away = True
        await stage.compare()
        await eventually(lambda: "holds" in read_degraded(stage))
        assert stage.states_shown() == {"10:00": "held"}
        board = stage.hub.get_if_fresh(KEY)
        assert board is not None
        assert board.revision_text != whole.revision_text
        assert board.revision == whole.revision

    async def test_without_the_store_bookings_still_appear(self, stage: Stage) -> None:
        await stage.hold()
        await stage.watch_board()
        stage.holds.away = True
        stage.ledger.write(busy("11:00"))
        await stage.compare()
        await eventually(lambda: stage.states_shown() == {"10:00": "held", "11:00": "taken"})

    async def test_without_the_store_each_hold_ends_at_its_own_deadline(self, stage: Stage) -> None:
        await stage.hold("10:00", "ann", lives=10)
        await stage.hold("11:00", "bob", lives=20)
        await stage.watch_board()
        stage.holds.away = True
        tags = set()
        for expected in ({"10:00": "held", "11:00": "held"}, {"11:00": "held"}, {}):
            await stage.hub.refresh_all([KEY])
            assert stage.states_shown() == expected
            board = stage.hub.get_if_fresh(KEY)
            assert board is not None
            tags.add(board.revision_text)
            stage.clock.advance(10)
        assert len(tags) == 3

    async def test_without_the_store_a_prolonged_hold_has_its_new_deadline(
        self, stage: Stage
    ) -> None:
        hold = await stage.hold(lives=10)
        await stage.watch_board()
        await stage.holds.extend(hold.boards, hold.slot, "ann", ttl=timedelta(seconds=60))
        await stage.hub.refresh_all([KEY])
        stage.holds.away = True
        stage.clock.advance(59)
        await stage.hub.refresh_all([KEY])
        assert stage.states_shown() == {"10:00": "held"}

    @pytest.mark.parametrize("part", ["holds", "ledger"])
    async def test_what_is_back_unchanged_is_whole_again(self, stage: Stage, part: str) -> None:
        await stage.hold()
        whole = await stage.watch_board()
        lost = stage.holds if part == "holds" else stage.ledger
        lost.away = True
        await stage.hub.refresh(KEY)
        stage.clock.advance(4)
        assert (await stage.hub.get(KEY)).degraded
        lost.away = False
        await stage.compare()
        await eventually(lambda: shown_tag(stage) == whole.revision_text)
        assert stage.states_shown() == {"10:00": "held"}

    async def test_a_comparison_never_publishes_half_of_a_refresh(self, stage: Stage) -> None:
        """A checkout has become a hold again. Both sources fail just before the refresh that has
        read this ends."""
        stage.hints = False
        stage.ledger.write(busy("10:00", "pending"))
        await stage.watch_board()
        await stage.hold()
        stage.ledger.write()
        noting = stage.holds.before_note.stop_next()
        refreshing = asyncio.create_task(stage.hub.refresh(KEY))
        await noting.wait_until_reached()
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
        await stage.watch_board()
        stage.hub.note_deadline(
            replace(hold, expires_at=hold.expires_at + TEN_SECONDS), TEN_SECONDS
        )
        stage.holds.away = True
        for expected in ({"10:00": "held"}, {"10:00": "held"}, {}):
            await stage.hub.refresh_all([KEY])
            assert stage.states_shown() == expected
            stage.clock.advance(10)

    async def test_without_the_store_a_hold_that_is_over_is_not_asked_about_again(
        self, stage: Stage
    ) -> None:
        await stage.hold(lives=10)
        await stage.watch_board()
        stage.holds.away = True
        stage.clock.advance(10)
        await stage.hub.refresh_all([KEY])
        assert stage.hub._boards[KEY].alarm is None

    async def test_when_the_store_is_back_both_parts_are_read(self, stage: Stage) -> None:
        await stage.hold()
        await stage.watch_board()
        stage.holds.away = True
        await stage.hub.refresh_all([KEY])
        stage.holds.forget_everything()
        stage.holds.away = False
        stage.calls.clear()
        await stage.compare()
        await eventually(lambda: stage.states_shown() == {})
        assert read_degraded(stage) == ()
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
        await stage.watch_board()
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
        await stage.watch_board()
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
            assert sorted(stage.calls) == ["holds.read_versions 10", "ledger.poll_changes 10"]
        board = stage.hub.get_if_fresh(KEY) or await stage.hub.get(KEY)
        assert board.degraded == (("holds",) if part == "holds" else ("unknown",))

    async def test_without_the_database_no_hold_leaves_the_board(self, stage: Stage) -> None:
        hold = await stage.hold()
        await stage.watch_board()
        stage.ledger.away = True
        version = stage.ledger.write(busy("10:00"))
        await stage.holds.record_commit(KEY, version, hold)
        await stage.hold("12:00", "bob")
        await stage.hub.refresh_all([KEY])
        assert stage.states_shown() == {"10:00": "held"}
        stage.ledger.away = False
        await stage.hub.refresh_all([KEY])
        assert stage.states_shown() == {"10:00": "taken", "12:00": "held"}

    async def test_without_the_database_a_booking_that_was_told_of_is_not_shown_free(
        self, stage: Stage
    ) -> None:
        board = await stage.watch_board()
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
        await stop.wait_until_reached()
        await stage.holds.record_commit(KEY, stage.ledger.write(busy("10:00")))
        stage.ledger.away = True
        stop.go_on()
        with pytest.raises(LedgerUnavailable):
            await first

    async def test_without_the_database_new_holds_are_shown(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.ledger.away = True
        await stage.hold()
        await stage.hub.refresh_all([KEY])
        assert stage.states_shown() == {"10:00": "held"}

    async def test_without_the_database_nobody_is_shown_less_than_they_have_seen(
        self, stage: Stage
    ) -> None:
        board = await stage.watch_board()
        stage.ledger.away = True
        seen = board.revision._replace(ledger=board.revision.ledger + 1)
        with pytest.raises(LedgerUnavailable):
            await stage.hub.get(KEY, seen)
        stage.clock.advance(3.1)
        assert (await stage.hub.get(KEY, seen)).is_unknown

    async def test_without_the_database_no_board_counts_as_compared(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.ledger.away = True
        stage.clock.advance(1)
        await stage.compare()
        await a_moment()
        stage.clock.advance(0.6)
        assert stage.hub.get_if_fresh(KEY) is None

    async def test_when_the_database_is_back_the_board_is_known_again(self, stage: Stage) -> None:
        await stage.watch_board()
        stage.ledger.away = True
        await stage.hub.refresh(KEY)
        stage.clock.advance(4)
        assert (await stage.hub.get(KEY)).is_unknown
        stage.ledger.away = False
        stage.ledger.write(busy("11:00"))
        await stage.compare()
        await eventually(lambda: stage.states_shown() == {"11:00": "taken"})
        assert read_degraded(stage) == ()

    async def test_of_what_was_never_read_nothing_is_made_up(self, stage: Stage) -> None:
        stage.ledger.away = True
        with pytest.raises(LedgerUnavailable):
            await stage.hub.get(KEY)


class TestNoAnswer:
    """Rules 6 and 7: a source that hangs counts as away since it was asked, and nobody waits for
    it."""

    @pytest.fixture(autouse=True)
    def _short_waits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(hub_module, "GET_TIMEOUT", 0.02)

    @pytest.mark.scenario(15)
    @pytest.mark.parametrize("part", ["holds", "ledger"])
    async def test_the_last_board_stands_then_it_is_unknown_then_the_truth(
        self, stage: Stage, part: str
    ) -> None:
        stage.ledger.write(busy("11:00"))
        last = await stage.watch_board()
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
        await eventually(lambda: stage.states_shown() == {"11:00": "taken", "12:00": "taken"})
        assert told[-1] is stage.hub.get_if_fresh(KEY)
        assert read_degraded(stage) == ()

    async def test_all_who_wait_are_answered_and_cause_one_reading(self, stage: Stage) -> None:
        last = await stage.watch_board()
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
        board = await stage.watch_board()
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
        await eventually(lambda: stage.states_shown() == {})

    async def test_half_a_reading_is_not_published(self, stage: Stage) -> None:
        stage.ledger.write(busy("10:00", "pending"))
        last = await stage.watch_board()
        stage.hints = False
        stop = stage.ledger.after_board.stop_next()
        stage.ledger.write()
        stage.clock.advance(1.6)
        assert await stage.hub.get(KEY) is last
        await stage.hold("10:00")
        stop.go_on()
        await eventually(lambda: stage.states_shown() == {"10:00": "held"})

    async def test_followers_are_told_while_only_the_comparison_waits(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        last = await stage.watch_board()
        told = []
        stage.hub.follow([KEY], lambda: told.append(stage.hub.get_last(KEY)))
        stop = stage.ledger.before_pulse.stop_next()
        monkeypatch.setattr(hub_module, "LEDGER_AWAY_TIMEOUT", 0.02)
        # Now the reading is older than the request.
        stage.clock.advance(0.001)
        comparing = asyncio.create_task(stage.compare())
        await stop.wait_until_reached()
        stage.clock.advance(0.1)
        await eventually(lambda: told)
        assert told[0] is not None
        assert told[0].is_unknown
        stop.go_on()
        await comparing
        await eventually(
            lambda: stage.states_shown() == {} and shown_tag(stage) == last.revision_text
        )
        assert told[-1] is stage.hub.get_last(KEY)


def read_degraded(stage: Stage) -> tuple[str, ...]:
    board = stage.hub.get_if_fresh(KEY)
    return () if board is None else board.degraded


def shown_tag(stage: Stage) -> str | None:
    board = stage.hub.get_if_fresh(KEY)
    return None if board is None else board.revision_text
