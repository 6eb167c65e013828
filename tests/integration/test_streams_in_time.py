"""Streams as time passes: claims that expire, heartbeats, and the end of a stream."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.answers import deadline
from tests.support.days import at, working_day
from tests.support.follower import states_by_time
from tests.support.server import Server
from tests.support.stream_paths import ALL, BOARD, BOTH, DAY, Follow
from tests.support.visitor import Visitor
from tests.support.waiting import until


class TestTime:
    """How late the end of a claim is shown is measured by `bench deadlines`."""

    @BOTH
    def test_a_hold_that_runs_out_is_told_and_not_before(
        self, brief: Server, visitors: Any, follow: Follow, day: date, path: str
    ) -> None:
        (ann,) = visitors(brief, 1)
        bob = follow(brief, path.format(day=day))
        hold = ann.hold(at("10:00", day)).json()
        bob.until_shown({"10:00": "held"})
        assert bob.late(deadline(hold)) >= 0

    @BOTH
    def test_a_checkout_that_runs_out_is_told_and_not_before(
        self, brief: Server, visitors: Any, follow: Follow, day: date, path: str
    ) -> None:
        (ann,) = visitors(brief, 1)
        bob = follow(brief, path.format(day=day))
        checkout = ann.check_out(at("10:00", day)).json()
        bob.until_shown({"10:00": "pending"})
        assert bob.late(deadline(checkout)) >= 0

    @BOTH
    def test_prolonging_is_no_event_and_its_end_is(
        self, brief: Server, visitors: Any, follow: Follow, day: date, path: str
    ) -> None:
        """The hold is prolonged again and again, as by its page but faster, until it is left to
        expire."""
        (ann,) = visitors(brief, 1)
        bob = follow(brief, path.format(day=day))
        hold = ann.hold(at("10:00", day)).json()
        bob.until_shown({"10:00": "held"})
        told = len(bob.events)
        over = time.monotonic() + 1.5

        def is_prolonged() -> bool:
            nonlocal hold
            answer = ann.prolong(hold, 2)
            assert answer.status_code == 200
            hold = answer.json()
            return time.monotonic() > over

        until(is_prolonged, "it has been prolonged beyond its first deadline", every=0.2)
        assert len(bob.events) == told
        assert bob.late(deadline(hold)) >= 0
        assert len(bob.events) == told + 1

    def test_a_page_that_is_left_shortens_its_hold_and_is_told_of_then(
        self, shared: Server, ann: Visitor, follow: Follow, day: date
    ) -> None:
        bob = follow(shared, BOARD.format(day=day))
        hold = ann.hold(at("10:00", day)).json()
        bob.until_shown({"10:00": "held"})
        hold = ann.prolong(hold, 1).json()
        assert bob.late(deadline(hold)) >= 0
        assert len(bob.events) == 3

    @pytest.mark.scenario(28)
    def test_while_nothing_changes_there_are_heartbeats_and_nothing_else(
        self, with_heartbeats: Server, follow: Follow
    ) -> None:
        ann, day = with_heartbeats.visitor(), working_day()
        ann.book("10:00")
        ann.hold("11:00")
        viewers = [follow(with_heartbeats, path.format(day=day)) for path in (BOARD, DAY, ALL)]
        for viewer in viewers:
            until(
                lambda viewer=viewer: viewer.names.count("heartbeat") >= 8,
                "eight heartbeats have come",
                within=10,
            )
            assert len(viewer.states) == 1
            heartbeats = [event for event in viewer.events if event.name == "heartbeat"]
            assert (heartbeats[-1].at - heartbeats[0].at) / (len(heartbeats) - 1) > 0.1
            now = datetime.fromisoformat(heartbeats[-1].data["server_time"])
            assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)
            assert all(event.id is None for event in heartbeats)

    def test_the_page_is_told_of_another_heartbeat(
        self, with_heartbeats: Server, shared: Server
    ) -> None:
        assert '<html data-watchdog="500" lang="en"' in with_heartbeats.http.get("/").text
        assert "data-watchdog" not in shared.http.get("/").text

    def test_a_stream_ends_after_some_minutes_and_says_when_to_come_back(
        self, start_server: Callable[..., Server], follow: Follow
    ) -> None:
        server = start_server(stream_lifetime=1, stream_heartbeat_interval=0.1)
        path = BOARD.format(day=working_day())
        viewers = [(time.monotonic(), follow(server, path)) for _ in range(20)]
        lives = [viewer.until_ended() - began for began, viewer in viewers]
        # Each stream ends at another moment, after at least half of the lifetime.
        assert min(lives) > 0.45
        assert min(lives) + 0.15 < max(lives)
        assert {viewer.names[-1] for _, viewer in viewers} == {"goodbye"}
        assert follow(server, path).status == 200


@pytest.mark.scenario(29)
@BOTH
def test_the_stream_tells_the_truth(
    shared: Server, visitors: Any, follow: Follow, day: date, path: str
) -> None:
    """Several visitors act at random. The last state of a stream equals a fresh snapshot, versions
    never fall, and a booked time is never shown as free in between."""
    dice = random.Random(f"{path} {day}")
    viewers = [follow(shared, path.format(day=day)) for _ in range(3)]
    clocks = [f"{hour:02}:{minute}" for hour in range(9, 17) for minute in ("00", "30")]
    booked: set[str] = set()  # the times that are booked for good

    def act(visitor: Visitor, seed: float) -> None:
        own = random.Random(seed)
        for _ in range(25):
            clock = own.choice(clocks)
            hold = visitor.hold(at(clock, day))
            if hold.status_code != 201:
                continue
            what = own.choice(["release", "move", "checkout", "abandon", "book", "cancel", "stay"])
            if what == "release":
                visitor.release(hold.json())
            elif what == "move":
                visitor.move(hold.json(), at(own.choice(clocks), day))
            elif what in ("checkout", "abandon", "book", "cancel"):
                checkout = visitor.check_out(hold=hold.json())
                if checkout.status_code != 201:
                    continue
                if what == "abandon":
                    visitor.abandon(checkout.json())
                elif what != "checkout":
                    booking = visitor.confirm(checkout.json())
                    if booking.status_code == 201 and what == "cancel":
                        visitor.cancel(booking.json())
                    elif booking.status_code == 201:
                        booked.add(clock)

    people = visitors(shared, 4)
    with ThreadPoolExecutor(len(people)) as pool:
        for done in [pool.submit(act, person, dice.random()) for person in people]:
            done.result()
    snapshot = shared.http.get(path.format(day=day).replace("/stream", "")).json()
    assert booked
    for viewer in viewers:
        until(lambda viewer=viewer: viewer.states[-1].id == snapshot["revision"], "it is told")
        assert without_time(viewer.states[-1].data) == without_time(snapshot)
        versions = [[int(n) for n in (event.id or "").split(".")] for event in viewer.states]
        assert len(versions) > 20
        for before, after in itertools.pairwise(versions):
            assert after[0] >= before[0]
            assert after[1] >= before[1]
        for clock in booked:
            states = [states_by_time(event.data).get(clock) for event in viewer.states]
            while states[-1] == "taken":
                states.pop()
            assert states[-1] == "pending"


@pytest.fixture(scope="module")
def with_heartbeats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server whose streams have frequent heartbeats."""
    server = Server.start(
        tmp_path_factory.mktemp("with_heartbeats") / "data", stream_heartbeat_interval=0.25
    )
    yield server
    server.stop()


def without_time(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "server_time"}
