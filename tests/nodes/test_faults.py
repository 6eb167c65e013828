"""Redis and PostgreSQL die, lose data and go back in time while everybody is busy on two nodes.

Whatever happens: no overlap, no booking lost that was answered with 201, no answer 500; the views
are right soon after the fault ends, and nothing stays taken beyond its deadline.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.nodes import busy_people
from tests.nodes.busy_people import Traffic
from tests.support.days import working_day
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.visitor import Visitor
from tests.support.waiting import until

pytestmark = pytest.mark.scenario(37)

DAY = working_day()
BRIEF = {"hold_lifetime": 2, "acquired_hold_lifetime": 2, "checkout_lifetime": 3}
#: Seconds that a fault lasts, and for which everybody is busy before it.
A_WHILE = 1.5
#: Seconds after which clients give up a request.
CLIENT_TIMEOUT = 4.0
RIGHT_WITHIN = 30.0
FREE_WITHIN = 30.0


def kill_redis(stack: Stack) -> None:
    stack.redis.kill()
    busy_for(A_WHILE)
    stack.redis.start()


def freeze_redis(stack: Stack) -> None:
    stack.redis.freeze()
    busy_for(A_WHILE)
    stack.redis.thaw()


def set_redis_back(stack: Stack) -> None:
    """Set Redis back to an earlier state, like a failover to a replica that was behind."""
    stack.redis.snapshot()
    busy_for(A_WHILE)
    stack.redis.restart()


def empty_redis(stack: Stack) -> None:
    stack.redis.control.flushall()


def forget_scripts(stack: Stack) -> None:
    stack.redis.control.script_flush()


def cut_subscriptions(stack: Stack) -> None:
    stack.redis.control.client_kill_filter(_type="pubsub")


def kill_postgres(stack: Stack) -> None:
    stack.postgres.kill()
    busy_for(A_WHILE)
    stack.postgres.start()


def cut_database_connections(stack: Stack) -> None:
    stack.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dibs'"
    )


def busy_for(seconds: float) -> None:
    """Let the fault and the traffic go on for some seconds."""
    time.sleep(seconds)


@pytest.mark.parametrize(
    "fault",
    [
        kill_redis,
        freeze_redis,
        set_redis_back,
        empty_redis,
        forget_scripts,
        cut_subscriptions,
        kill_postgres,
        cut_database_connections,
    ],
)
def test_nothing_is_booked_twice_lost_or_stuck(
    durable_stack: Stack, fault: Callable[[Stack], None]
) -> None:
    stack = durable_stack
    nodes = [stack.node(**BRIEF), stack.node(**BRIEF)]
    busy = Traffic(nodes, DAY)
    with busy.going_on():
        busy_for(A_WHILE)
        fault(stack)
        busy_for(A_WHILE)
    busy_people.views_are_right(stack, DAY, within=RIGHT_WITHIN)
    busy_people.check_nothing_is_stuck(stack, DAY, within=FREE_WITHIN)
    busy_people.check(stack, busy)


@pytest.mark.scenario(36)
def test_without_redis_people_look_check_out_and_book(stack: Stack) -> None:
    nodes = [stack.node(), stack.node()]
    ann, bob = nodes[0].visitor(), nodes[1].visitor()
    ann.hold("09:00")
    assert ann.board()["degraded"] == bob.board()["degraded"] == []
    stack.redis.kill()
    refused = ann.hold("10:00")
    assert (refused.status_code, refused.json()["code"]) == (503, "holds_unavailable")
    assert "Retry-After" in refused.headers
    until(lambda: bob.board()["degraded"] == ["holds"], "the other node says so")
    assert health(nodes[0], "ready") == (200, "degraded")
    checkout = ann.check_out("10:00")
    assert checkout.status_code == 201
    assert bob.book("10:00").json()["code"] == "slot_pending"
    assert ann.confirm(checkout.json()).status_code == 201
    assert bob.book("10:00").json()["code"] == "slot_taken"
    until(lambda: state(bob, "10:00") == "taken", "the other node shows it")
    stack.redis.start()
    until(lambda: bob.board()["degraded"] == [], "it is whole again")
    until(lambda: ann.hold("11:00").status_code == 201, "times can be held")
    until(lambda: state(bob, "11:00") == "held", "the other node shows it")
    assert health(nodes[0], "ready") == (200, "ok")


def test_without_the_database_boards_stand_then_are_unknown(durable_stack: Stack) -> None:
    stack = durable_stack
    node = stack.node()
    ann = node.visitor()
    ann.book("09:00")
    assert ann.board()["degraded"] == []
    stack.postgres.kill()
    killed = time.monotonic()
    assert state(ann, "09:00") == "taken"
    refused = ann.book("10:00")
    assert (refused.status_code, refused.json()["code"]) == (503, "ledger_unavailable")
    assert "Retry-After" in refused.headers
    until(lambda: "unknown" in ann.board()["degraded"], "it says that it can't tell")
    assert time.monotonic() - killed > 2.9
    assert health(node, "live")[0] == 200
    assert health(node, "ready") == (503, "unavailable")
    stack.postgres.start()
    until(lambda: ann.board()["degraded"] == [], "it is known again")
    assert ann.book("10:00").status_code == 201
    assert health(node, "ready") == (200, "ok")


def test_a_database_that_hangs_is_away_as_well(durable_stack: Stack) -> None:
    stack = durable_stack
    node = stack.node()
    ann = node.visitor()
    ann.book("09:00")
    assert ann.board()["degraded"] == []
    stack.postgres.freeze()
    frozen = time.monotonic()
    for look in (ann.board, lambda: day_of(ann)) * 2:
        shown, took = measure_look(look)
        assert took < CLIENT_TIMEOUT
        assert shown["degraded"] == ["unknown"] or "taken" in states_of(shown)

    def is_unknown() -> bool:
        shown = [measure_look(ann.board), measure_look(lambda: day_of(ann))]
        assert max(took for _, took in shown) < CLIENT_TIMEOUT
        return all("unknown" in view["degraded"] for view, _ in shown)

    until(is_unknown, "it says that it can't tell")
    assert time.monotonic() - frozen > 2.9
    assert all(is_unknown() for _ in range(3))
    refused = ann.book("10:00")
    assert (refused.status_code, refused.json()["code"]) == (503, "ledger_unavailable")
    assert health(node, "live")[0] == 200
    stack.postgres.thaw()

    def is_known_again() -> bool:
        # A connection that hung may end only now, and make the board unknown once more.
        shown = ann.slots(resource=1)
        return {"09:00", "10:00"} <= shown.keys() and shown["10:00"]["state"] == "free"

    until(is_known_again, "it is known again")
    assert state(ann, "09:00") == "taken"
    until(lambda: ann.book("10:00").status_code == 201, "it can be booked again")


@pytest.mark.scenario(51)
def test_a_database_that_is_away_is_told_and_so_is_that_it_is_back(durable_stack: Stack) -> None:
    node = durable_stack.node()
    durable_stack.postgres.kill()
    until(lambda: health(node, "ready") == (503, "unavailable"), "it is told")
    assert node.http.get("/health/ready").json()["ledger"] == "unavailable"
    assert node.log.read_text().count("the database can't be read") == 1
    durable_stack.postgres.start()
    until(lambda: "the database can be read again" in node.log.read_text(), "the log says so")
    until(lambda: health(node, "ready") == (200, "ok"), "it is told")


@pytest.mark.scenario(51)
def test_a_database_that_hangs_is_told_without_waiting_for_it(durable_stack: Stack) -> None:
    node = durable_stack.node()
    durable_stack.postgres.freeze()
    asked = 0.0

    def is_told() -> bool:
        nonlocal asked
        began = time.monotonic()
        status = health(node, "ready")[0]
        asked = max(asked, time.monotonic() - began)
        return status == 503

    until(is_told, "it is told", within=15.0)
    assert asked < 2.0
    durable_stack.postgres.thaw()
    until(lambda: health(node, "ready") == (200, "ok"), "it is told")


def test_the_first_request_after_a_restart_works(durable_stack: Stack) -> None:
    stack = durable_stack
    node = stack.node()
    ann = node.visitor()
    assert ann.book("09:00").status_code == 201
    stack.postgres.kill()
    stack.postgres.start()
    stack.redis.restart()
    assert ann.book("10:00").status_code == 201


def day_of(visitor: Visitor) -> dict[str, Any]:
    answer = visitor.http.get(f"/api/v1/services/1/days/{DAY}", params={"resource": 1})
    assert answer.status_code == 200, answer.text
    day: dict[str, Any] = answer.json()
    return day


def states_of(view: dict[str, Any]) -> list[str]:
    """Return the states of a day's slots or of a board's busy times."""
    return [each["state"] for each in view["slots" if "slots" in view else "busy"]]


def measure_look(look: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], float]:
    """Return the view, and the seconds that it took."""
    asked = time.monotonic()
    shown = look()
    return shown, time.monotonic() - asked


def state(visitor: Visitor, clock: str) -> str:
    found: str = visitor.slots(resource=1)[clock]["state"]
    return found


def health(node: Server, which: str) -> tuple[int, str]:
    answer = node.http.get(f"/health/{which}")
    return answer.status_code, answer.json()["status"]
