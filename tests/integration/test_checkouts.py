"""A checkout: the time belongs to its visitor while they fill in the form, until the deadline."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.answers import deadline, drop_expiry, refusal_of, states
from tests.support.days import at, wire
from tests.support.observation import observe
from tests.support.server import Server
from tests.support.visitor import Visitor
from tests.support.waiting import until

Visitors = Callable[[Server, int], list[Visitor]]
Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.mark.scenario(3)
def test_a_slot_stays_with_its_visitor_while_they_fill_in_the_form(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    checkout = ann.check_out(hold=ann.hold(at("10:00", day)).json())
    assert checkout.status_code == 201
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "pending"
    assert refusal_of(bob.hold(at("10:00", day))) == (409, "slot_pending")
    assert refusal_of(bob.check_out(at("10:00", day))) == (409, "slot_pending")
    assert refusal_of(bob.book(at("10:00", day))) == (409, "slot_pending")
    booking = ann.confirm(checkout.json())
    assert (booking.status_code, booking.json()["status"]) == (201, "confirmed")
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "taken"


def test_a_checkout_needs_no_hold(ann: Visitor, bob: Visitor, day: date) -> None:
    assert ann.check_out(at("10:00", day)).status_code == 201
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "pending"


def test_a_checkout_for_anyone_is_with_somebody_free(ann: Visitor, bob: Visitor, day: date) -> None:
    bob.hold(at("10:00", day), resource=1)
    assert ann.check_out(at("10:00", day), resource=None).json()["resource_id"] == 2


@pytest.mark.scenario(2)
def test_ones_own_checkout_shows_under_ones_own_claim(ann: Visitor, day: date) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    assert ann.slots(day=day, resource=1)["10:00"]["claims"] == [checkout["claim"]]


@pytest.mark.scenario(3)
def test_an_abandoned_checkout_frees_its_time_at_once(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    assert ann.abandon(checkout).status_code == 204
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "free"
    assert bob.hold(at("10:00", day)).status_code == 201
    assert ann.abandon(checkout).status_code == 404


@pytest.mark.scenario(5)
def test_to_others_a_checkout_is_as_if_there_were_none(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    missing = checkout | {"id": "A" * len(checkout["id"])}
    for attempt in (bob.abandon, bob.confirm):
        assert refusal_of(attempt(checkout)) == (404, "not_found")
        assert attempt(checkout).json() == attempt(missing).json()
    assert ann.confirm(checkout).status_code == 201


@pytest.mark.scenario(5)
def test_without_a_secret_no_checkout_can_be_touched(
    shared: Server, ann: Visitor, day: date
) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    path = f"/api/v1/checkouts/{checkout['id']}"
    customer = {"name": "Eve", "email": "eve@example.com"}
    wanted = {"checkout_id": checkout["id"], "customer": customer}
    assert shared.http.delete(path).status_code == 404
    assert shared.http.post("/api/v1/bookings", json=wanted).status_code == 404
    assert ann.confirm(checkout).status_code == 201


# --- the same request again


@pytest.mark.scenario(7)
@pytest.mark.parametrize("by", ["time", "hold", "anyone"])
def test_checking_out_again_is_the_same_checkout_with_the_same_deadline(
    ann: Visitor, day: date, by: str
) -> None:
    hold = ann.hold(at("10:00", day)).json()
    first = ann.check_out(hold=hold)
    if by == "hold":
        again = ann.check_out(hold=hold)
    else:
        again = ann.check_out(at("10:00", day), resource=1 if by == "time" else None)
    assert again.status_code == 201
    assert drop_expiry(again) == drop_expiry(first)


def test_two_at_once_of_one_visitor_are_one_checkout(ann: Visitor, day: date) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: ann.check_out(at("10:00", day)), range(2)))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert states(ann.board(1, day)) == ["pending"]


def test_confirming_again_is_the_same_booking(ann: Visitor, day: date) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    first = ann.confirm(checkout).json()
    again = ann.confirm(checkout)
    assert (again.status_code, again.json()) == (201, first)


def test_confirming_for_somebody_else_is_refused(ann: Visitor, day: date) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    ann.confirm(checkout)
    answer = ann.confirm(checkout, name="Ben Moss")
    assert refusal_of(answer) == (409, "booking_closed")


def test_booking_the_time_of_ones_checkout_confirms_it(
    shared: Server, ann: Visitor, day: date, select: Ask
) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    booking = ann.book(at("10:00", day))
    assert booking.status_code == 201
    found = select(shared, "SELECT reference, status FROM bookings WHERE token = ?", checkout["id"])
    assert found == [(booking.json()["reference"], "confirmed")]


# --- going back


def test_ones_own_checkout_does_not_block_ones_own_new_choice(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    checkout = ann.check_out(at("10:00", day), service=2).json()
    assert ann.hold(at("10:30", day)).status_code == 201
    assert refusal_of(ann.confirm(checkout)) == (409, "checkout_expired")
    slots = bob.slots(day=day, resource=1)
    assert (slots["10:00"]["state"], slots["10:30"]["state"]) == ("free", "held")


def test_going_back_to_the_same_time_keeps_it_throughout(
    shared: Server, ann: Visitor, day: date
) -> None:
    viewer = shared.visitor()
    checkout = ann.check_out(hold=ann.hold(at("10:00", day)).json())
    with observe(lambda: viewer.slots(day=day, resource=1)["10:00"]["state"]) as seen:
        for _ in range(5):
            hold = ann.hold(at("10:00", day))
            checkout = ann.check_out(hold=hold.json())
            assert (hold.status_code, checkout.status_code) == (201, 201)
        ann.confirm(checkout.json())
    assert seen[-1] == "taken"
    assert "free" not in seen


def test_a_new_checkout_ends_the_former_one_of_the_service(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    ann.check_out(at("10:00", day), resource=1)
    ann.check_out(at("11:00", day), resource=2)
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "free"
    assert bob.slots(day=day, resource=2)["11:00"]["state"] == "pending"


# --- the deadline


@pytest.mark.scenario(6)
def test_the_deadline_of_a_checkout_is_the_servers(ann: Visitor, day: date) -> None:
    before = datetime.now(UTC)
    checkout = ann.check_out(at("10:00", day)).json()
    minutes = deadline(checkout) - before
    assert timedelta(minutes=10) - timedelta(milliseconds=1) <= minutes < timedelta(minutes=10.25)


def test_a_checkout_whose_time_ran_out_frees_its_slot_by_itself(brief: Server, day: date) -> None:
    ann, bob = brief.visitor(), brief.visitor()
    checkout = ann.check_out(at("10:00", day)).json()

    def find_free_board() -> dict[str, Any] | None:
        board = bob.board(1, day)
        return None if board["busy"] else board

    board = until(find_free_board, "the checkout has left the board")
    assert datetime.fromisoformat(board["server_time"]) >= deadline(checkout)
    assert refusal_of(ann.confirm(checkout)) == (409, "checkout_expired")
    assert bob.book(at("10:00", day)).status_code == 201


def test_the_moment_a_checkout_runs_out_its_time_can_be_had(brief: Server, day: date) -> None:
    ann, bob = brief.visitor(), brief.visitor()
    checkout = ann.check_out(at("10:00", day)).json()

    def is_booked() -> bool:
        answer = bob.book(at("10:00", day))
        if answer.status_code == 201:
            return True
        # The hold that was taken for the write may end just after the checkout.
        assert refusal_of(answer)[1] in ("slot_pending", "slot_taken")
        return False

    until(is_booked, "somebody else can book it", every=0.05)
    assert datetime.now(UTC) >= deadline(checkout)
    again = ann.check_out(at("10:00", day))
    assert refusal_of(again) == (409, "slot_taken")


def test_a_time_that_ran_out_can_be_checked_out_anew(brief: Server, day: date) -> None:
    ann = brief.visitor()
    first = ann.check_out(at("10:00", day)).json()
    until(lambda: datetime.now(UTC) > deadline(first), "the checkout has run out")
    second = ann.check_out(at("10:00", day))
    assert second.status_code == 201
    assert second.json()["id"] != first["id"]
    assert ann.confirm(second.json()).json()["starts_at"] == wire(at("10:00", day))


def test_a_checkout_runs_out_also_while_nobody_looks_at_its_board(
    brief: Server, day: date, select: Ask
) -> None:
    span = {"from": str(day), "to": str(day), "resource": "1"}

    def free() -> int:
        month = brief.http.get("/api/v1/services/1/availability", params=span).json()
        count: int = month["days"][str(day)]["free"]
        return count

    before = free()
    checkout = brief.visitor().check_out(at("10:00", day)).json()
    assert free() == before - 1
    until(lambda: free() == before, "the month shows it free again")
    found = select(brief, "SELECT status FROM bookings WHERE token = ?", checkout["id"])
    assert found == [("expired",)]
