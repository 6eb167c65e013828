"""A change on one node is at once on the streams of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from tests.support.answers import deadline
from tests.support.days import at
from tests.support.follower import Follower
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.visitor import Visitor
from tests.support.waiting import until

BOARD = "/api/v1/boards/1/{day}/stream"
DAY = "/api/v1/services/1/days/{day}/stream?resource=1"
Follow = Callable[[Server, str], Follower]


@pytest.fixture
def follow() -> Iterator[Follow]:
    opened: list[Follower] = []

    def open_stream(server: Server, path: str) -> Follower:
        follower = Follower(server.url, path)
        opened.append(follower)
        until(lambda: follower.events, "the first event comes", every=0.005)
        return follower

    yield open_stream
    for follower in opened:
        follower.close()


@pytest.mark.parametrize("path", [BOARD, DAY])
def test_each_step_is_told_on_the_other_node(
    pair: Stack, ann: Visitor, follow: Follow, day: date, path: str
) -> None:
    viewers = [follow(node, path.format(day=day)) for node in pair.nodes]

    def check_all_are_told(expected: dict[str, str]) -> None:
        for viewer in viewers:
            viewer.until_shown(expected)
        until(lambda: len({viewer.states[-1].id for viewer in viewers}) == 1, "they agree")

    hold = ann.hold(at("10:00", day)).json()
    check_all_are_told({"10:00": "held"})
    checkout = ann.check_out(hold=hold).json()
    check_all_are_told({"10:00": "pending"})
    booking = ann.confirm(checkout).json()
    check_all_are_told({"10:00": "taken"})
    ann.reschedule(booking, at("11:00", day))
    check_all_are_told({"11:00": "taken"})
    ann.cancel(booking)
    check_all_are_told({})


def test_a_hold_that_runs_out_is_told_on_both_nodes(
    pair: Stack, ann: Visitor, follow: Follow, day: date
) -> None:
    """A page that is closed shortens its hold like this. No event tells viewers of the shortening,
    but one tells them of the end."""
    viewers = [follow(node, BOARD.format(day=day)) for node in pair.nodes]
    hold = ann.hold(at("10:00", day)).json()
    for viewer in viewers:
        viewer.until_shown({"10:00": "held"})
    told = [len(viewer.events) for viewer in viewers]
    hold = ann.prolong(hold, 1).json()
    for viewer, before in zip(viewers, told, strict=True):
        assert viewer.late(deadline(hold)) >= 0
        assert len(viewer.events) == before + 1


def test_a_hold_shortened_on_a_node_without_viewers_is_told_on_the_other_when_it_runs_out(
    pair: Stack, ann: Visitor, bob: Visitor, follow: Follow, day: date
) -> None:
    """The node that shortens the hold has no viewers of this day, but is the only one that knows
    the deadline."""
    viewer = follow(pair.nodes[0], BOARD.format(day=day))
    hold = ann.hold(at("10:00", day)).json()
    viewer.until_shown({"10:00": "held"})
    bob.http.headers["Authorization"] = ann.http.headers["Authorization"]
    for seconds in (1, 2, 1):
        hold = bob.prolong(hold, seconds).json()
    assert viewer.late(deadline(hold)) >= 0


def test_a_checkout_that_runs_out_is_told_on_both_nodes(stack: Stack, follow: Follow) -> None:
    nodes = [stack.node(checkout_lifetime=2) for _ in range(2)]
    day = at("10:00").date()
    viewers = [follow(node, BOARD.format(day=day)) for node in nodes]
    checkout = nodes[0].visitor().check_out("10:00").json()
    for viewer in viewers:
        viewer.until_shown({"10:00": "pending"})
    for viewer in viewers:
        assert viewer.late(deadline(checkout)) >= 0
