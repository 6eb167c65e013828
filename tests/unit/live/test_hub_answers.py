"""How the hub shows the boards in answers of the hold store: rule 8 of `dibs.live`. Each test fails
without its rule."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from dibs.availability.boards import BoardKey
from dibs.errors import HoldsUnavailable
from dibs.holds.store import Hold, HoldsSnapshot
from dibs.ledger.database import Commit
from dibs.live.board import Board
from tests.unit.live.scenes import KEY, busy, offered_slot
from tests.unit.live.stage import NEWER, Stage, a_moment, eventually, states

pytestmark = pytest.mark.anyio

LIVES = timedelta(seconds=120)


async def acquire_hold(stage: Stage, clock: str = "10:00", visitor: str = "ann") -> Hold:
    """Take a hold in the store. The hub doesn't show the answer yet."""
    hold = await stage.holds.acquire([KEY], offered_slot(clock), visitor, ttl=LIVES)
    assert isinstance(hold, Hold)
    return hold


async def ask(stage: Stage, clock: str = "10:00", visitor: str = "ann") -> Hold:
    """Hold a time as the desk does."""
    with stage.hub.expect_answer([KEY]) as expected:
        hold = await acquire_hold(stage, clock, visitor)
        expected.show(hold.snapshots)
    await expected.wait_until_shown()
    return hold


async def tell(stage: Stage, commit: Commit) -> None:
    """Record a commit as the desk does."""
    with stage.hub.expect_answer(commit.versions) as expected:
        told: dict[BoardKey, HoldsSnapshot] = {}
        for key, version in commit.versions.items():
            told[key] = await stage.holds.record_commit(key, version)
        expected.show_commit(commit, told)
    await expected.wait_until_shown()


def last(stage: Stage) -> Board:
    board = stage.hub.get_last(KEY)
    assert board is not None
    return board


async def test_a_grant_is_shown_without_a_reading(stage: Stage) -> None:
    await stage.watch_board()
    hold = await ask(stage)
    assert stage.states_shown() == {"10:00": "held"}
    assert last(stage).revision.holds == hold.snapshots[0].version
    await a_moment()
    assert stage.calls == []


async def test_a_release_is_shown_without_a_reading(stage: Stage) -> None:
    await stage.watch_board()
    hold = await ask(stage)
    with stage.hub.expect_answer([KEY]) as expected:
        expected.show(await stage.holds.release([KEY], hold.slot, hold.visitor))
    assert stage.states_shown() == {}
    await a_moment()
    assert stage.calls == []


async def test_a_commit_is_shown_without_a_reading(stage: Stage) -> None:
    await stage.watch_board()
    row = busy("11:00")
    version = stage.ledger.write(row)
    commit = Commit({KEY: version}, {row.booking_id or 0: (1, row)}, stage.clock.now())
    await tell(stage, commit)
    assert stage.states_shown() == {"11:00": "taken"}
    await a_moment()
    assert stage.calls == []


async def test_who_follows_a_board_is_told_of_what_an_answer_brings(stage: Stage) -> None:
    await stage.watch_board()
    told: list[dict[str, str]] = []
    stage.hub.follow([KEY], lambda: told.append(states(last(stage))))
    await ask(stage)
    assert told == [{"10:00": "held"}]


async def test_an_older_answer_never_replaces_a_newer_one(stage: Stage) -> None:
    await stage.watch_board()
    with stage.hub.expect_answer([KEY]) as slow:
        first = await acquire_hold(stage)
        await ask(stage, "11:00", "bob")
        slow.show(first.snapshots)
    await slow.wait_until_shown()
    assert stage.states_shown() == {"10:00": "held", "11:00": "held"}
    await a_moment()
    assert stage.calls == []


async def test_an_answer_that_names_another_ledger_has_the_board_read(stage: Stage) -> None:
    await stage.watch_board()
    stage.hints = False
    await stage.holds.record_commit(KEY, stage.ledger.write(busy("11:00")))
    await ask(stage)
    assert stage.calls == ["holds.read", "ledger.board"]
    assert stage.states_shown() == {"10:00": "held", "11:00": "taken"}


async def test_an_answer_of_a_store_that_has_lost_everything_has_the_board_read(
    stage: Stage,
) -> None:
    await stage.watch_board()
    stage.holds.forget_everything()
    await ask(stage)
    assert "ledger.board" in stage.calls
    assert stage.states_shown() == {"10:00": "held"}


async def test_a_refresh_under_way_shows_nothing_older_afterwards(stage: Stage) -> None:
    await stage.watch_board()
    stop = stage.holds.after_read.stop_next()
    reading = asyncio.create_task(stage.hub.refresh(KEY))
    await stop.wait_until_reached()
    revisions: list[int] = []
    stage.hub.follow([KEY], lambda: revisions.append(last(stage).revision.holds))
    asking = asyncio.create_task(ask(stage))
    await a_moment()
    assert not asking.done()
    stop.go_on()
    hold = await asking
    await reading
    assert revisions == sorted(revisions)
    assert revisions[-1] == hold.snapshots[0].version


async def test_a_commit_during_a_refresh_is_not_shown_beside_older_holds(stage: Stage) -> None:
    """The checkout ends after its visitor has got a hold, so the time is never free."""
    checkout = busy("10:00", "pending")
    stage.ledger.write(checkout)
    await stage.watch_board()
    stage.hints = False
    stop = stage.holds.after_read.stop_next()
    reading = asyncio.create_task(stage.hub.refresh(KEY))
    await stop.wait_until_reached()
    seen: list[dict[str, str]] = []
    stage.hub.follow([KEY], lambda: seen.append(states(last(stage))))
    await acquire_hold(stage)
    commit = Commit(
        {KEY: stage.ledger.write()}, {checkout.booking_id or 0: None}, stage.clock.now()
    )
    telling = asyncio.create_task(tell(stage, commit))
    await a_moment()
    stop.go_on()
    await asyncio.gather(reading, telling)
    assert seen
    assert all(seen)
    assert stage.states_shown() == {"10:00": "held"}


async def test_hints_of_others_are_followed_once_the_answer_has_come(stage: Stage) -> None:
    await stage.watch_board()
    with stage.hub.expect_answer([KEY]) as expected:
        hold = await acquire_hold(stage)
        stage.hub.hint(KEY, NEWER)
        await a_moment()
        assert stage.calls == []
        expected.show(hold.snapshots)
    await eventually(lambda: "holds.read" in stage.calls)


async def test_hints_are_followed_when_no_answer_comes(stage: Stage) -> None:
    await stage.watch_board()
    with suppress(HoldsUnavailable), stage.hub.expect_answer([KEY]):
        await acquire_hold(stage)
        raise HoldsUnavailable
    await eventually(lambda: stage.states_shown() == {"10:00": "held"})


async def test_an_answer_that_took_over_a_second_has_the_board_read(stage: Stage) -> None:
    await stage.watch_board()
    with stage.hub.expect_answer([KEY]) as expected:
        hold = await acquire_hold(stage)
        stage.clock.advance(1.1)
        expected.show(hold.snapshots)
    await expected.wait_until_shown()
    assert "holds.read" in stage.calls


async def test_a_deadline_that_was_set_here_survives_an_answer(stage: Stage) -> None:
    """The deadline was set after the answer was made, so the answer doesn't contain it."""
    await stage.watch_board()
    hold = await ask(stage)
    with stage.hub.expect_answer([KEY]) as expected:
        other = await acquire_hold(stage, "11:00", "bob")
        short = timedelta(seconds=0.05)
        shortened = await stage.holds.extend([KEY], hold.slot, "ann", ttl=short)
        assert shortened is not None
        stage.hub.note_deadline(shortened, short)
        expected.show(other.snapshots)
    stage.clock.advance(0.06)
    await eventually(lambda: stage.states_shown() == {"11:00": "held"})
