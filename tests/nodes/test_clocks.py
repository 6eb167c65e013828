"""The clocks of nodes may be wrong by minutes: deadlines come from PostgreSQL's and Redis' own."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.days import working_day
from tests.support.faked_clock import with_clock
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.visitor import Visitor
from tests.support.waiting import until

LIFE = 3
BRIEF = {"hold_lifetime": LIFE, "checkout_lifetime": LIFE}
SECOND = timedelta(seconds=1)


@pytest.fixture(params=["+300s", "-300s"])
def wrong(request: pytest.FixtureRequest, stack: Stack) -> Server:
    return stack.node(entry=with_clock(request.param), **BRIEF)


def test_deadlines_are_right_on_a_node_whose_clock_is_wrong(stack: Stack, wrong: Server) -> None:
    right = stack.node(**BRIEF)
    ann, bob = wrong.visitor(), right.visitor()
    until(lambda: abs(server_time(ann) - datetime.now(UTC)) < SECOND, "it knows the time")

    for claim in (ann.hold, ann.check_out, bob.hold, bob.check_out):
        made = claim("10:00")
        asked = time.monotonic()
        assert made.status_code == 201, made.text
        left = datetime.fromisoformat(made.json()["expires_at"]) - datetime.now(UTC)
        assert (LIFE - 1) * SECOND < left < (LIFE + 0.5) * SECOND
        # The other node gets a hint, which may come after the answer.
        for visitor in (ann, bob):
            until(lambda visitor=visitor: state(visitor) in ("held", "pending"), "it is shown")
        for visitor in (ann, bob):
            until(lambda visitor=visitor: state(visitor) == "free", "it is free", within=LIFE + 30)
        assert time.monotonic() - asked > LIFE - 0.5


def server_time(visitor: Visitor) -> datetime:
    return datetime.fromisoformat(visitor.board()["server_time"])


def state(visitor: Visitor) -> str:
    found: str = visitor.slots(resource=1, day=working_day())["10:00"]["state"]
    return found
