"""Streams: every change on every screen, by a real server over real connections."""

from __future__ import annotations

import itertools
import json
import random
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.integration.test_boards import count_a_change
from tests.support.answers import deadline, refused
from tests.support.days import at, working_day
from tests.support.follower import Follower, shown
from tests.support.server import Server
from tests.support.visitor import Visitor
from tests.support.waiting import until

BOARD = "/api/v1/boards/1/{day}/stream"
DAY = "/api/v1/services/1/days/{day}/stream?resource=1"
ALL = "/api/v1/services/1/days/{day}/stream"
BOTH = pytest.mark.parametrize("path", [BOARD, DAY])

Follow = Callable[..., Follower]


@pytest.fixture
def follow() -> Iterator[Follow]:
    """Follows a stream of a server until the test is over; waits for its first event."""
    opened: list[Follower] = []

    def open_stream(server: Server, path: str, **headers: str) -> Follower:
        follower = Follower(server.url, path, **headers)
        opened.append(follower)
        if follower.status == 200:
            until(lambda: follower.events, "the first event comes", every=0.005)
        return follower

    yield open_stream
    for follower in opened:
        follower.close()


class TestWhatIsTold:
    @BOTH
    def test_each_step_of_a_booking(
        self, shared: Server, ann: Visitor, follow: Follow, day: date, path: str
    ) -> None:
        bob = follow(shared, path.format(day=day))
        assert bob.shown() == {}
        hold = ann.hold(at("10:00", day)).json()
        bob.until_shown({"10:00": "held"})
        checkout = ann.check_out(hold=hold).json()
        bob.until_shown({"10:00": "pending"})
        booking = ann.confirm(checkout).json()
        bob.until_shown({"10:00": "taken"})
        assert ann.reschedule(booking, at("11:00", day)).status_code == 200
        bob.until_shown({"11:00": "taken"})
        ann.cancel(booking)
        bob.until_shown({})

    @BOTH
    def test_moving_and_releasing_a_hold_and_giving_up_a_checkout(
        self, shared: Server, ann: Visitor, follow: Follow, day: date, path: str
    ) -> None:
        bob = follow(shared, path.format(day=day))
        hold = ann.hold(at("10:00", day)).json()
        bob.until_shown({"10:00": "held"})
        hold = ann.move(hold, at("11:00", day)).json()
        bob.until_shown({"11:00": "held"})
        ann.release(hold)
        bob.until_shown({})
        checkout = ann.check_out(at("12:00", day)).json()
        bob.until_shown({"12:00": "pending"})
        ann.abandon(checkout)
        bob.until_shown({})

    def test_both_days_of_a_booking_that_moves(
        self, shared: Server, ann: Visitor, follow: Follow, day: date
    ) -> None:
        other = day + timedelta(days=1)
        booking = ann.book(at("10:00", day)).json()
        here, there = follow(shared, BOARD.format(day=day)), follow(shared, BOARD.format(day=other))
        assert (here.shown(), there.shown()) == ({"10:00": "taken"}, {})
        ann.reschedule(booking, at("12:00", other))
        here.until_shown({})
        there.until_shown({"12:00": "taken"})

    def test_a_day_over_all_its_resources(
        self, shared: Server, ann: Visitor, follow: Follow, day: date
    ) -> None:
        bob = follow(shared, ALL.format(day=day))
        ann.hold(at("10:00", day), resource=2)
        slot = bob.until_said(
            lambda event: any(slot["claims"] for slot in event.data.get("slots", ()))
        ).data["slots"]
        (claimed,) = [each for each in slot if each["claims"]]
        assert (claimed["state"], claimed["resource_ids"]) == ("free", [1])

    @BOTH
    def test_to_every_viewer_in_the_same_bytes(
        self, shared: Server, ann: Visitor, follow: Follow, day: date, path: str
    ) -> None:
        viewers = [follow(shared, path.format(day=day)) for _ in range(10)]
        hold = ann.hold(at("10:00", day)).json()
        for viewer in viewers:
            viewer.until_shown({"10:00": "held"})
        late = follow(shared, path.format(day=day))
        ann.release(hold)
        for viewer in [*viewers, late]:
            viewer.until_shown({})
        told = {tuple(event.raw for event in viewer.states) for viewer in viewers}
        assert len(told) == 1
        assert tuple(event.raw for event in late.states) == told.pop()[1:]

    @BOTH
    def test_what_the_snapshot_says_under_its_revision(
        self, shared: Server, ann: Visitor, follow: Follow, day: date, path: str
    ) -> None:
        ann.book(at("10:00", day))
        event = follow(shared, path.format(day=day)).events[0]
        snapshot = shared.http.get(path.format(day=day).replace("/stream", "")).json()
        assert event.name == ("board" if path == BOARD else "day")
        assert event.id == event.data["revision"] == snapshot["revision"]
        for view in (event.data, snapshot):
            datetime.fromisoformat(view.pop("server_time"))
        assert event.data == snapshot


class TestTheFirstEvent:
    @BOTH
    @pytest.mark.parametrize("how", ["seen", "last-event-id", "nothing", "garbage"])
    def test_always_comes(
        self, shared: Server, follow: Follow, day: date, path: str, how: str
    ) -> None:
        path = path.format(day=day)
        revision = shared.http.get(path.replace("/stream", "")).json()["revision"]
        joint = "&" if "?" in path else "?"
        if how == "seen":
            viewer = follow(shared, f"{path}{joint}seen={revision}")
        elif how == "garbage":
            viewer = follow(shared, f"{path}{joint}seen=%00x", **{"Last-Event-ID": "..~-"})
        else:
            headers = {"Last-Event-ID": revision} if how == "last-event-id" else {}
            viewer = follow(shared, path, **headers)
        assert viewer.events[0].id == revision

    def test_is_never_behind_what_was_seen(self, shared: Server, follow: Follow, day: date) -> None:
        watching = follow(shared, BOARD.format(day=day))
        for how in ("seen", "last-event-id") * 5:
            version = count_a_change(shared, 1, day)
            seen = f"0.{version}"
            path = BOARD.format(day=day)
            if how == "seen":
                viewer = follow(shared, f"{path}?seen={seen}")
            else:
                viewer = follow(shared, path, **{"Last-Event-ID": seen})
            assert ledger_version(viewer.events[0].id) >= version
        assert ledger_version(watching.events[0].id) < version

    def test_comes_at_once_with_the_pace_at_which_to_come_back(
        self, shared: Server, day: date
    ) -> None:
        text = ""
        with socket.create_connection(address(shared), timeout=5) as stream:
            stream.sendall(request(BOARD.format(day=day)))
            while '"busy":[]}\n\n' not in text:
                text += stream.recv(65536).decode()
        head, _, body = text.partition("\r\n\r\n")
        assert "transfer-encoding: chunked" in head
        assert "\nretry: 2000\n\nid: " in body

    def test_has_headers_that_keep_everything_in_between_from_meddling(
        self, shared: Server, follow: Follow, day: date
    ) -> None:
        headers = follow(shared, BOARD.format(day=day)).headers
        assert headers["Content-Type"] == "text/event-stream"
        assert headers["Cache-Control"] == "no-store, no-transform"
        assert headers["X-Accel-Buffering"] == "no"


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/api/v1/boards/999/{day}/stream", 404),
            ("/api/v1/boards/x/{day}/stream", 422),
            ("/api/v1/boards/1/nonsense/stream", 422),
            ("/api/v1/services/999/days/{day}/stream", 404),
            ("/api/v1/services/1/days/{day}/stream?resource=999", 404),
            ("/api/v1/services/1/days/{day}/stream?resource=x", 422),
            ("/api/v1/boards/1/{day}/stream/", 404),
            ("/api/v1/boards/1/{day}/other", 404),
        ],
    )
    def test_what_is_nowhere_or_malformed(
        self, shared: Server, day: date, path: str, status: int
    ) -> None:
        answer = shared.http.get(path.format(day=day))
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"

    @BOTH
    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
    def test_other_methods(self, shared: Server, day: date, path: str, method: str) -> None:
        answer = shared.http.request(method, path.format(day=day))
        assert refused(answer) == (405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET, HEAD"

    @BOTH
    def test_head_says_that_there_is_a_stream(self, shared: Server, day: date, path: str) -> None:
        answer = shared.http.head(path.format(day=day))
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Content-Type"] == "text/event-stream"
        missing = path.replace("/1/", "/999/", 1).format(day=day)
        assert shared.http.head(missing).status_code == 404

    def test_more_streams_than_an_address_may_have(
        self, start_server: Callable[..., Server], follow: Follow, day: date
    ) -> None:
        server = start_server(limits="on", streams_per_address=2)
        path = f"/api/v1/boards/1/{working_day()}/stream"
        first = follow(server, path)
        follow(server, f"/api/v1/boards/2/{working_day()}/stream")
        third = follow(server, path)
        assert (third.status, json.loads(third.body)["code"]) == (429, "too_many_streams")
        assert int(third.headers["Retry-After"]) >= 1
        first.close()
        until(lambda: follow(server, path).status == 200, "there is room again")

    def test_more_streams_than_a_view_may_have(
        self, start_server: Callable[..., Server], follow: Follow
    ) -> None:
        server = start_server(limits="on", streams_per_view=2)
        path = f"/api/v1/boards/1/{working_day()}/stream"
        first, second = follow(server, path), follow(server, path)
        assert follow(server, path).status == 429
        assert follow(server, path.replace("/1/", "/2/", 1)).status == 200
        first.close()
        until(lambda: follow(server, path).status == 200, "there is room again")
        second.close()

    def test_fifty_viewers_behind_one_address_are_not_too_many(
        self, shared: Server, follow: Follow, day: date
    ) -> None:
        assert {follow(shared, BOARD.format(day=day)).status for _ in range(50)} == {200}


class TestTime:
    """`bench deadlines` measures how late the end of a claim is told."""

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
        """As the holder's page does it, faster: prolonged again and again, until it dies."""
        (ann,) = visitors(brief, 1)
        bob = follow(brief, path.format(day=day))
        hold = ann.hold(at("10:00", day)).json()
        bob.until_shown({"10:00": "held"})
        told = len(bob.events)
        over = time.monotonic() + 1.5

        def prolonged() -> bool:
            nonlocal hold
            answer = ann.prolong(hold, 2)
            assert answer.status_code == 200
            hold = answer.json()
            return time.monotonic() > over

        until(prolonged, "it has been prolonged beyond its first deadline", every=0.2)
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
        self, beating: Server, follow: Follow
    ) -> None:
        ann, day = beating.visitor(), working_day()
        ann.book("10:00")
        ann.hold("11:00")
        viewers = [follow(beating, path.format(day=day)) for path in (BOARD, DAY, ALL)]
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

    def test_the_page_is_told_of_another_heartbeat(self, beating: Server, shared: Server) -> None:
        assert '<html data-watchdog="500" lang="en">' in beating.http.get("/").text
        assert "data-watchdog" not in shared.http.get("/").text

    def test_a_stream_ends_after_some_minutes_and_says_when_to_come_back(
        self, start_server: Callable[..., Server], follow: Follow
    ) -> None:
        server = start_server(stream_life=1, stream_heartbeat_interval=0.1)
        path = BOARD.format(day=working_day())
        viewers = [(time.monotonic(), follow(server, path)) for _ in range(20)]
        lives = [viewer.until_ended() - began for began, viewer in viewers]
        # From half of it on, each at another moment.
        assert min(lives) > 0.45
        assert min(lives) + 0.15 < max(lives)
        assert {viewer.names[-1] for _, viewer in viewers} == {"goodbye"}
        assert follow(server, path).status == 200


@pytest.mark.scenario(29)
@BOTH
def test_the_stream_tells_the_truth(
    shared: Server, visitors: Any, follow: Follow, day: date, path: str
) -> None:
    """Whatever several people do at once: the last state is a fresh snapshot's, versions never
    fall, and what is booked is never shown free in between."""
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
            states = [shown(event.data).get(clock) for event in viewer.states]
            while states[-1] == "taken":
                states.pop()
            assert states[-1] == "pending"


@pytest.fixture(scope="module")
def beating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose streams have frequent heartbeats."""
    server = Server.start(
        tmp_path_factory.mktemp("beating") / "data", stream_heartbeat_interval=0.25
    )
    yield server
    server.stop()


def address(server: Server) -> tuple[str, int]:
    host, port = server.url.removeprefix("http://").split(":")
    return host, int(port)


def request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: dibs.test\r\n\r\n".encode()


def without_time(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "server_time"}


def ledger_version(revision: str | None) -> int:
    assert revision is not None
    return int(revision.split(".")[1])
