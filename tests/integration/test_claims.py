"""What one visitor and one address may claim and for how long. A visitor's own claims are never in
their own way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of, states
from tests.support.days import at, wire, working_day
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.visitor import Visitor
from tests.support.waiting import until

StartServer = Callable[..., Server]


@pytest.fixture(params=["embedded", "production"])
def start(request: pytest.FixtureRequest) -> StartServer:
    """Return a function that starts a server of its own with these settings, in each mode."""
    if request.param == "embedded":
        embedded: StartServer = request.getfixturevalue("start_server")
        return embedded
    stack: Stack = request.getfixturevalue("stack")
    return stack.node


@pytest.fixture
def soon() -> date:
    """Return a day on which the demo's catalog can be booked."""
    return working_day()


# --- a refused write leaves what one has


@pytest.mark.scenario(43)
def test_a_booking_that_is_refused_leaves_the_hold_of_another_time(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    assert bob.book(at("11:00", day)).status_code == 201
    hold = ann.hold(at("10:00", day)).json()
    assert refusal_of(ann.book(at("11:00", day))) == (409, "slot_taken")
    assert ann.prolong(hold, 60).status_code == 200
    assert states(bob.board(1, day)) == ["held", "taken"]


@pytest.mark.scenario(43)
def test_a_checkout_that_is_refused_leaves_the_hold_of_another_time(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    assert bob.check_out(at("11:00", day)).status_code == 201
    hold = ann.hold(at("10:00", day)).json()
    assert refusal_of(ann.check_out(at("11:00", day))) == (409, "slot_pending")
    assert ann.prolong(hold, 60).status_code == 200


@pytest.mark.scenario(43)
def test_a_write_that_is_refused_for_its_key_leaves_the_hold_of_its_own_time(
    ann: Visitor, day: date
) -> None:
    """The time is still free, so the earlier hold continues."""
    key = f"one key of {day}"
    assert ann.book(at("11:00", day), key=key).status_code == 201
    hold = ann.hold(at("10:00", day)).json()
    assert refusal_of(ann.book(at("10:00", day), key=key)) == (422, "idempotency_mismatch")
    assert ann.prolong(hold, 60).status_code == 200
    assert states(ann.board(1, day)) == ["held", "taken"]


@pytest.mark.scenario(43)
def test_a_move_that_is_refused_leaves_the_hold_of_another_time(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    booking = ann.book(at("09:00", day)).json()
    assert bob.book(at("11:00", day)).status_code == 201
    hold = ann.hold(at("10:00", day)).json()
    assert refusal_of(ann.reschedule(booking, at("11:00", day))) == (409, "slot_taken")
    assert ann.prolong(hold, 60).status_code == 200


def test_a_booking_that_is_made_ends_the_hold_of_another_time(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    ann.hold(at("10:00", day))
    assert ann.book(at("11:00", day)).status_code == 201
    assert states(bob.board(1, day)) == ["taken"]


# --- a visitor's own claims


def test_going_back_to_any_other_time_ends_the_checkout(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    assert ann.hold(at("14:00", day), resource=2).status_code == 201
    assert states(bob.board(1, day)) == []
    assert refusal_of(ann.confirm(checkout))[0] in (404, 409)


def test_for_anyone_the_one_with_the_own_checkout_is_kept(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    checkout = ann.check_out(at("10:00", day), resource=None).json()
    other = 3 - checkout["resource_id"]
    assert bob.book(at("12:00", day), resource=checkout["resource_id"]).status_code == 201
    hold = ann.hold(at("10:00", day), resource=None).json()
    assert hold["resource_id"] == checkout["resource_id"]
    assert states(bob.board(other, day)) == []


def test_ones_own_checkout_of_another_service_is_not_in_the_way(
    start: StartServer, soon: date
) -> None:
    """Another checkout, a booking or a moved booking takes its time, and its place among the
    visitor's limited number of claims."""
    server = start(limits="on", max_claims_per_visitor=2)
    ann, bob = server.visitor(), server.visitor()
    booking = ann.book(at("09:00", soon)).json()
    writes: list[Callable[[datetime], httpx2.Response]] = [
        lambda time: ann.check_out(time, service=2),
        lambda time: ann.book(time, service=2),
        lambda time: ann.reschedule(booking, time),
    ]
    for write, time, former in zip(writes, ("10:00", "12:00", "14:00"), (1, 1, 2), strict=True):
        checkout = ann.check_out(at(time, soon), service=former).json()
        answer = write(at(time, soon))
        assert answer.is_success, answer.text
        assert refusal_of(ann.confirm(checkout))[0] in (404, 409)
        assert refusal_of(bob.book(at(time, soon)))[0] == 409
    assert ann.hold(at("15:00", soon)).status_code == 201
    assert ann.hold(at("16:00", soon), service=2).status_code == 201


def test_seconds_that_are_left_are_told(ann: Visitor, day: date) -> None:
    # A node's clock follows that of the database, and may be late by half the time of an answer.
    hold = ann.hold(at("10:00", day)).json()
    assert 115 < hold["expires_in"] < 121
    assert _instant(hold["expires_at"]) < _instant(hold["ends_at_latest"])
    assert _instant(hold["ends_at_latest"]) < _instant(hold["keep_until"])
    checkout = ann.check_out(hold=hold).json()
    assert 590 < checkout["expires_in"] < 601
    assert checkout["ends_at_latest"] == checkout["expires_at"]


# --- how long a time is kept


@pytest.mark.scenario(44)
def test_no_order_of_holds_and_checkouts_keeps_a_time_for_ever(
    start: StartServer, soon: date
) -> None:
    server = start(max_claim_duration=4, claim_cooldown=60, hold_lifetime=2, checkout_lifetime=2)
    ann, bob = server.visitor(), server.visitor()
    assert ann.hold(at("10:00", soon)).status_code == 201

    def someone_else_has_it() -> bool:
        ann.hold(at("10:00", soon))
        ann.check_out(at("10:00", soon))
        return bob.hold(at("10:00", soon)).status_code == 201

    until(someone_else_has_it, "the time is free for others")
    assert bob.release(bob.hold(at("10:00", soon)).json()).status_code == 204
    answer = ann.hold(at("10:00", soon))
    assert refusal_of(answer) == (409, "kept_too_long")
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert refusal_of(ann.check_out(at("10:00", soon))) == (409, "kept_too_long")
    assert ann.book(at("10:00", soon)).status_code == 201


# --- how many claims


@pytest.mark.scenario(35)
def test_an_address_can_claim_only_so_many_times(start: StartServer, soon: date) -> None:
    server = start(limits="on", max_claims_per_ip=3)
    visitors = [server.visitor() for _ in range(4)]
    holds = [
        each.hold(at(f"{hour}:00", soon))
        for each, hour in zip(visitors, (10, 11, 12, 13), strict=True)
    ]
    assert [hold.status_code for hold in holds] == [201, 201, 201, 429]
    problem = holds[3].json()
    assert problem["code"] == "too_many_claims"
    assert problem["limit"] == {"setting": "DIBS_MAX_CLAIMS_PER_IP", "value": "3"}
    assert 0 < int(holds[3].headers["Retry-After"]) <= 120
    assert visitors[0].check_out(at("10:00", soon)).status_code == 201
    assert visitors[3].check_out(at("13:00", soon)).status_code == 429
    assert visitors[1].release(holds[1].json()).status_code == 204
    assert visitors[3].check_out(at("13:00", soon)).status_code == 201


@pytest.mark.scenario(35)
def test_the_nameless_of_an_address_are_one_visitor(start: StartServer, soon: date) -> None:
    server = start(limits="on", max_claims_per_visitor=2)
    with httpx2.Client(base_url=server.url, timeout=15) as nameless:
        answers = [
            nameless.post("/api/v1/checkouts", json=_slot_request(f"{hour}:00", soon))
            for hour in (10, 11, 12)
        ]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2].json()["limit"]["setting"] == "DIBS_MAX_CLAIMS_PER_VISITOR"
    assert server.visitor().hold(at("13:00", soon)).status_code == 201


@pytest.mark.scenario(35)
def test_an_office_of_fifty_fits(start: StartServer, soon: date) -> None:
    server = start(limits="on")
    for number in range(50):
        week, resource, half_hour = number // 24, 1 + number // 12 % 2, number % 12
        begins = at("10:00", soon + timedelta(weeks=week)) + timedelta(minutes=30 * half_hour)
        assert server.visitor().hold(begins, resource=resource).status_code == 201


def test_moves_are_counted(start: StartServer, soon: date) -> None:
    server = start(
        limits="on", max_write_rate_per_visitor="3/minute", max_change_rate_per_booking="2/minute"
    )
    ann = server.visitor()
    hold = ann.hold(at("10:00", soon)).json()
    for clock in ("11:00", "12:00"):
        hold = ann.move(hold, at(clock, soon)).json()
    answer = ann.move(hold, at("13:00", soon))
    assert refusal_of(answer) == (429, "rate_limited")
    assert answer.json()["limit"] == {
        "setting": "DIBS_MAX_WRITE_RATE_PER_VISITOR",
        "value": "3/minute",
    }
    booking = server.visitor().book(at("15:00", soon)).json()
    bob = server.visitor()
    for clock in ("16:00", "15:00"):
        assert bob.reschedule(booking, at(clock, soon)).status_code == 200
    assert refusal_of(bob.reschedule(booking, at("16:00", soon))) == (429, "rate_limited")
    assert refusal_of(bob.cancel(booking)) == (429, "rate_limited")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _slot_request(clock: str, day: date) -> dict[str, Any]:
    return {
        "service_id": 1,
        "resource_id": 1,
        "starts_at": wire(at(clock, day)),
    }
