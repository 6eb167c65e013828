"""Following a board: rule 7 of `dibs.live` for followers, and the events that they get."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest

from dibs.availability.boards import BoardKey
from dibs.errors import NotFound, TooManyStreams
from dibs.live import watched_boards
from dibs.live.board import Revision
from dibs.live.day import Days
from dibs.live.event_sender import LatestEventSender
from dibs.live.subscriptions import Subscription, Subscriptions
from tests.unit.live.scenes import CATALOG, DAY, HALF_HOUR, KEY, busy
from tests.unit.live.stage import Stage, a_moment, eventually

pytestmark = pytest.mark.anyio

SECOND = BoardKey(2, DAY)


class Viewer:
    """A viewer with an open event sender. `events` has the name and the data of each event."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.event_sender = LatestEventSender(self._send, lambda: None, 5)
        self.event_sender.open()

    async def _send(self, event: bytes, last: bool) -> None:
        self.sent.append(event)

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        found = []
        for text in self.sent:
            lines = dict(line.split(": ", 1) for line in text.decode().strip().split("\n"))
            found.append((lines["event"], json.loads(lines["data"])))
            assert lines.get("id") == found[-1][1].get("revision")
        return found

    @property
    def shown(self) -> dict[str, str] | None:
        """Return the states in the last event by start, without those that are free."""
        if not self.sent:
            return None
        last = self.events[-1][1]
        shown = last["busy"] if "busy" in last else last["slots"]
        return {
            each["starts_at"][11:16]: each["state"] for each in shown if each["state"] != "free"
        }


@pytest.fixture
def following(stage: Stage) -> Subscriptions:
    days = Days(stage.hub, stage.ledger)
    return Subscriptions(stage.hub, days, stage.clock, next_poll_ms=1000, most=0)


async def board(following: Subscriptions, viewer: Viewer, key: BoardKey = KEY) -> Subscription:
    return await following.follow_board(key, None, viewer.event_sender)


async def day(
    following: Subscriptions, viewer: Viewer, resource: int | None = None
) -> Subscription:
    return await following.follow_day(1, DAY, resource, None, viewer.event_sender)


BOTH = pytest.mark.parametrize("follow", [board, day])


class TestRule7NothingInTheGap:
    @BOTH
    async def test_the_present_state_comes_first(
        self, stage: Stage, following: Subscriptions, follow: Callable[..., Any]
    ) -> None:
        for key in (KEY, SECOND):
            await stage.hold(key=key)
        viewer = Viewer()
        await follow(following, viewer)
        assert viewer.shown == {"10:00": "held"}
        assert len(viewer.sent) == 1

    @pytest.mark.parametrize("seen", [True, False])
    async def test_what_changes_while_the_board_is_read_for_a_viewer_is_told(
        self, stage: Stage, following: Subscriptions, seen: bool
    ) -> None:
        present = (await stage.watch_board()).revision
        stage.clock.advance(2)
        stop = stage.holds.after_read.stop_next()
        viewer = Viewer()
        ahead = Revision(present.holds, present.ledger + 1) if seen else None
        opening = asyncio.create_task(following.follow_board(KEY, ahead, viewer.event_sender))
        await stop.wait_until_reached()
        await stage.hold()
        stop.go_on()
        await opening
        await eventually(lambda: viewer.shown == {"10:00": "held"})

    async def test_what_changes_on_one_board_while_another_of_the_day_is_read_is_told(
        self, stage: Stage, following: Subscriptions
    ) -> None:
        await stage.watch_board()
        stop = stage.holds.before_read.stop_next()
        viewer = Viewer()
        opening = asyncio.create_task(following.follow_day(1, DAY, None, None, viewer.event_sender))
        await stop.wait_until_reached()  # the first board was at hand, the second is being read
        stage.ledger.write(busy("10:00"))
        await stage.hub.refresh_all([KEY])
        stop.go_on()
        await opening
        claims = [len(slot["claims"]) for slot in viewer.events[-1][1]["slots"]]
        assert sum(claims) == 1

    async def test_what_is_published_the_moment_after_is_told(
        self, stage: Stage, following: Subscriptions
    ) -> None:
        viewer = Viewer()
        await board(following, viewer)
        # The other tasks have not run in between.
        watched = stage.hub._boards[KEY]
        assert watched.ledger is not None
        watched.ledger = dataclasses.replace(watched.ledger, version=9, busy=(busy("11:00"),))
        stage.hub._publish(watched, compared_at=0)
        assert viewer.shown == {"11:00": "taken"}

    @pytest.mark.scenario(29)
    async def test_a_viewer_who_has_seen_more_is_not_told_less(
        self, stage: Stage, following: Subscriptions
    ) -> None:
        present = (await stage.watch_board()).revision
        stage.hints = False
        await stage.hold()
        version = stage.ledger.write(busy("11:00"))
        viewer = Viewer()
        await following.follow_board(KEY, Revision(present.holds, version), viewer.event_sender)
        assert len(viewer.sent) == 1
        assert viewer.shown == {"10:00": "held", "11:00": "taken"}

    @pytest.mark.scenario(29)
    async def test_nor_is_a_viewer_of_a_day(self, stage: Stage, following: Subscriptions) -> None:
        for key in (KEY, SECOND):
            await stage.watch_board(key)
        for key in (KEY, SECOND):
            version = stage.ledger.write(busy("11:00"), key=key)
        viewer = Viewer()
        await following.follow_day(1, DAY, None, f"0.{version}-0.{version}", viewer.event_sender)
        assert len(viewer.sent) == 1
        assert viewer.shown == {"11:00": "taken"}

    async def test_a_board_not_compared_for_one_and_a_half_seconds_is_read_first(
        self, stage: Stage, following: Subscriptions
    ) -> None:
        await stage.watch_board()
        stage.ledger.write(busy("11:00"))
        stage.clock.advance(1.6)
        viewer = Viewer()
        await board(following, viewer)
        assert viewer.shown == {"11:00": "taken"}


class TestWhatViewersAreTold:
    @BOTH
    async def test_each_change_once_as_the_same_bytes(
        self, stage: Stage, following: Subscriptions, follow: Callable[..., Any]
    ) -> None:
        viewers = [Viewer() for _ in range(3)]
        for viewer in viewers:
            await follow(following, viewer)
        for clock in ("10:00", "11:00"):
            for key in (KEY, SECOND):
                await stage.hold(clock, f"of {clock} {key}", key=key)
            await a_moment()
        first, *others = viewers
        assert first.shown == {"10:00": "held", "11:00": "held"}
        for other in others:
            assert [id(event) for event in other.sent] == [id(event) for event in first.sent]

    @pytest.mark.scenario(28)
    @BOTH
    async def test_nothing_while_nothing_changes(
        self, stage: Stage, following: Subscriptions, follow: Callable[..., Any]
    ) -> None:
        hold = await stage.hold(lives=5)
        five_seconds = timedelta(seconds=5)
        viewer = Viewer()
        await follow(following, viewer)
        stage.calls.clear()
        for _ in range(10):
            stage.clock.advance(1)
            prolonged = await stage.holds.extend([KEY], hold.slot, "ann", ttl=five_seconds)
            assert prolonged is not None
            stage.hub.note_deadline(prolonged, five_seconds)
            await stage.compare()
            await a_moment()
        await stage.hub.refresh(KEY)
        assert len(viewer.sent) == 1

    async def test_that_a_hold_has_run_out(self, stage: Stage, following: Subscriptions) -> None:
        await stage.hold(lives=0.01)
        viewer = Viewer()
        await board(following, viewer)
        stage.clock.advance(0.01)
        await eventually(lambda: viewer.shown == {})

    async def test_that_the_store_is_away_and_back(
        self, stage: Stage, following: Subscriptions
    ) -> None:
        viewer = Viewer()
        await board(following, viewer)
        stage.holds.away = True
        for _ in range(3):
            await stage.compare()
            await a_moment()
        stage.holds.away = False
        await stage.compare()
        await a_moment()
        assert [said["degraded"] for _, said in viewer.events] == [[], ["holds"], []]

    @BOTH
    async def test_that_nothing_can_be_told(
        self, stage: Stage, following: Subscriptions, follow: Callable[..., Any]
    ) -> None:
        stage.ledger.write(busy("11:00"))
        viewer = Viewer()
        await follow(following, viewer)
        stage.ledger.away = True
        for _ in range(5):
            stage.clock.advance(1)
            await stage.compare()
            await a_moment()
        assert viewer.events[-1][1]["degraded"] == ["unknown"]
        assert viewer.shown == {}

    async def test_that_a_service_has_changed(self, stage: Stage, following: Subscriptions) -> None:
        viewer = Viewer()
        await day(following, viewer)
        change(stage, duration=60)
        await stage.hub.refresh_all([KEY, SECOND])
        slot = viewer.events[-1][1]["slots"][0]
        assert (slot["starts_at"][11:16], slot["ends_at"][11:16]) == ("09:00", "10:00")

    @pytest.mark.parametrize("ids", [(), (1,), (2, 1)])
    async def test_to_come_again_when_others_serve(
        self, stage: Stage, following: Subscriptions, ids: tuple[int, ...]
    ) -> None:
        viewer = Viewer()
        await day(following, viewer)
        change(stage, resource_ids=ids)
        await stage.hub.refresh_all([KEY, SECOND])
        assert viewer.events[-1][0] == "goodbye"

    async def test_to_come_again_when_the_service_is_gone(
        self, stage: Stage, following: Subscriptions
    ) -> None:
        viewer = Viewer()
        await day(following, viewer)
        stage.ledger.known = dataclasses.replace(CATALOG, services={}, business_version=2)
        stage.ledger.write()
        await stage.hub.refresh_all([KEY])
        assert viewer.events[-1][0] == "goodbye"
        with pytest.raises(NotFound):
            await day(following, Viewer())

    @BOTH
    async def test_to_come_again_when_the_resource_is_gone(
        self, stage: Stage, following: Subscriptions, follow: Callable[..., Any]
    ) -> None:
        viewer = Viewer()
        await follow(following, viewer)
        stage.ledger.known = dataclasses.replace(CATALOG, resources={}, business_version=2)
        await stage.hub.refresh_all([KEY])
        assert viewer.events[-1][0] == "goodbye"


class TestWhoFollows:
    async def test_what_is_followed_is_not_dropped_as_idle(
        self, stage: Stage, following: Subscriptions
    ) -> None:
        viewer = Viewer()
        followed = await board(following, viewer)
        for _ in range(100):
            stage.clock.advance(1)
            await stage.compare()
        await stage.hold()
        await eventually(lambda: viewer.shown == {"10:00": "held"})
        following.leave(followed, viewer.event_sender)
        await stage.compare()
        assert stage.hub.get_last(KEY) is not None  # for those who come back soon
        stage.clock.advance(61)
        await stage.compare()
        assert stage.hub.get_last(KEY) is None

    async def test_what_is_followed_makes_no_room_for_others(
        self, stage: Stage, following: Subscriptions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(watched_boards, "MAX_BOARDS", 10)
        viewer = Viewer()
        await board(following, viewer)
        for day in range(1, 25):
            await stage.hub.get(BoardKey(1, DAY.replace(day=day)))
        await stage.hold()
        await eventually(lambda: viewer.shown == {"10:00": "held"})

    @BOTH
    async def test_whoever_leaves_hears_nothing_more_and_leaves_nothing_behind(
        self, stage: Stage, following: Subscriptions, follow: Callable[..., Any]
    ) -> None:
        leaving, staying = Viewer(), Viewer()
        followed = await follow(following, leaving)
        assert await follow(following, staying) is followed
        following.leave(followed, leaving.event_sender)
        stage.ledger.write(busy("11:00"))
        await stage.hub.refresh_all([KEY])
        assert len(leaving.sent) == 1
        assert staying.events[-1][1] != staying.events[0][1]
        following.leave(followed, staying.event_sender)
        assert following._views == {}
        assert [
            watched.followers for watched in stage.hub._boards.values() if watched.followers
        ] == []

    async def test_who_comes_after_a_view_has_ended_is_told_of_the_new_one(
        self, stage: Stage, following: Subscriptions
    ) -> None:
        slow, coming = Viewer(), Viewer()
        await board(following, slow)
        stage.ledger.known = dataclasses.replace(CATALOG, resources={})
        with pytest.raises(NotFound):
            await stage.hub.refresh(KEY)
        stage.ledger.known = CATALOG
        await board(following, coming)
        await stage.hold()
        await eventually(lambda: coming.shown == {"10:00": "held"})

    async def test_one_that_fails_keeps_the_news_from_nobody(
        self, stage: Stage, following: Subscriptions
    ) -> None:
        failing, viewer = Viewer(), Viewer()
        followed = await board(following, failing)
        await day(following, viewer, resource=1)
        followed._get_current = mock.Mock(side_effect=RuntimeError)
        await stage.hold()
        await eventually(lambda: viewer.shown == {"10:00": "held"})

    async def test_a_view_has_room_for_so_many(self, stage: Stage) -> None:
        following = Subscriptions(
            stage.hub, Days(stage.hub, stage.ledger), stage.clock, 1000, most=2
        )
        viewers = [Viewer() for _ in range(3)]
        followed = [await board(following, each) for each in viewers[:2]]
        with pytest.raises(TooManyStreams):
            await board(following, viewers[2])
        await board(following, viewers[2], SECOND)
        following.leave(followed[0], viewers[0].event_sender)
        await board(following, Viewer())


def change(stage: Stage, **what: Any) -> None:
    """Change the service in the catalog. The versions of the boards rise with it."""
    service = dataclasses.replace(HALF_HOUR, **what)
    stage.ledger.known = dataclasses.replace(
        CATALOG, services={**CATALOG.services, 1: service}, business_version=2
    )
    for key in (KEY, SECOND):
        stage.ledger.write(key=key)
