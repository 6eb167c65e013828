"""Streams: every change reaches every screen, with a real server and real connections."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from tests.integration.test_boards import count_a_change
from tests.support.answers import refusal_of
from tests.support.days import at, working_day
from tests.support.server import Server
from tests.support.stream_paths import ALL, BOARD, BOTH, Follow
from tests.support.visitor import Visitor
from tests.support.waiting import until


class TestWhatIsTold:
    @BOTH
    def test_each_step_of_a_booking(
        self, shared: Server, ann: Visitor, follow: Follow, day: date, path: str
    ) -> None:
        bob = follow(shared, path.format(day=day))
        assert bob.shown_states() == {}
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
        assert (here.shown_states(), there.shown_states()) == ({"10:00": "taken"}, {})
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
        with socket.create_connection(address(shared), timeout=30) as stream:
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
        assert refusal_of(answer) == (405, "method_not_allowed")
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
        server = start_server(limits="on", max_streams_per_ip=2)
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
        server = start_server(limits="on", max_streams_per_view=2)
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


def address(server: Server) -> tuple[str, int]:
    host, port = server.url.removeprefix("http://").split(":")
    return host, int(port)


def request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: dibs.test\r\n\r\n".encode()


def ledger_version(revision: str | None) -> int:
    assert revision is not None
    return int(revision.split(".")[1])
