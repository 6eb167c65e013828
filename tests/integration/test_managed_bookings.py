"""Only somebody with its manage token moves or cancels a booking."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest

from dibs.desk.tokens import ManageTokens
from tests.support.answers import refusal_of, states
from tests.support.days import at, wire, working_day
from tests.support.observation import observe
from tests.support.server import Server
from tests.support.visitor import CUSTOMER, Visitor

Ask = Callable[..., list[tuple[Any, ...]]]


# --- moving


@pytest.mark.scenario(11)
def test_a_move_that_is_refused_leaves_the_booking_where_it_was_and_nobody_sees_it_free(
    shared: Server, ann: Visitor, bob: Visitor, day: date
) -> None:
    booking = ann.book(at("10:00", day)).json()
    assert bob.book(at("11:00", day)).status_code == 201
    viewer = shared.visitor()
    with observe(lambda: viewer.slots(day=day, resource=1)["10:00"]["state"]) as seen:
        for _ in range(10):
            answer = ann.reschedule(booking, at("11:00", day))
            assert refusal_of(answer) == (409, "slot_taken")
    assert set(seen) == {"taken"}
    assert ann.read(booking).json()["starts_at"] == booking["starts_at"]


@pytest.mark.scenario(11)
def test_of_two_who_want_the_new_time_one_gets_it_and_the_other_keeps_what_they_had(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    for hour in range(9, 16, 2):
        old, new = at(f"{hour:02}:00", day), at(f"{hour + 1:02}:00", day)
        booking = ann.book(old).json()
        with ThreadPoolExecutor(2) as pool:
            moving = pool.submit(ann.reschedule, booking, new)
            booking_it = pool.submit(bob.book, new)
        assert sorted((moving.result().status_code, booking_it.result().status_code)) in (
            [200, 409],
            [201, 409],
        )
        won = moving.result().status_code == 200
        assert ann.read(booking).json()["starts_at"] == wire(new if won else old)
        assert (bob.slots(day=day, resource=1)[f"{hour:02}:00"]["state"] == "free") == won


@pytest.mark.scenario(12)
def test_moves_of_one_booking_at_once_are_not_in_each_others_way(
    ann: Visitor, shared: Server, day: date
) -> None:
    """Not even without a visitor in the request: everybody with the manage token counts as the same
    person."""
    booking = ann.book(at("10:00", day)).json()
    path = f"/api/v1/bookings/{booking['reference']}"
    headers = {"Authorization": f"Bearer {booking['manage_token']}"}
    body = {"starts_at": wire(at("14:00", day))}

    def move(_: int) -> httpx2.Response:
        return shared.http.patch(path, json=body, headers=headers)

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(move, range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5, answers[-1].text
    assert states(ann.board(1, day)) == ["taken"]


def test_a_move_keeps_service_and_person(ann: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day), service=2, resource=2).json()
    start = at("14:00", day + timedelta(days=1))
    moved = ann.reschedule(booking, start)
    assert moved.status_code == 200
    assert moved.json() == booking | {
        "starts_at": wire(start),
        "ends_at": wire(start + timedelta(hours=1)),
        "move_until": wire(start),
        "cancel_until": wire(start),
    }


@pytest.mark.scenario(12)
def test_viewers_of_both_days_see_a_move(ann: Visitor, bob: Visitor, day: date) -> None:
    morrow = day + timedelta(days=1)
    booking = ann.book(at("10:00", day)).json()
    before = [bob.board(1, each) for each in (day, morrow)]
    assert ann.reschedule(booking, at("10:00", morrow)).status_code == 200
    after = [bob.board(1, each) for each in (day, morrow)]
    assert [states(board) for board in after] == [[], ["taken"]]
    assert all(old["revision"] != new["revision"] for old, new in zip(before, after, strict=True))


@pytest.mark.scenario(12)
def test_a_move_to_another_person_is_made_only_when_asked_for(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    booking = ann.book(at("10:00", day), resource=1).json()
    bob.book(at("11:00", day), resource=1)
    path = f"/api/v1/bookings/{booking['reference']}"
    token = {"Authorization": f"Bearer {booking['manage_token']}"}
    slot_request = {"starts_at": wire(at("11:00", day))}
    assert refusal_of(ann.http.patch(path, json=slot_request, headers=token)) == (409, "slot_taken")
    moved = ann.http.patch(path, json=slot_request | {"resource_id": 2}, headers=token)
    assert (moved.status_code, moved.json()["resource_id"]) == (200, 2)
    assert states(bob.board(1, day)) == ["taken"]


def test_a_move_may_overlap_the_time_it_leaves(ann: Visitor, bob: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day), service=2).json()
    assert ann.reschedule(booking, at("10:30", day)).status_code == 200
    slots = bob.slots(day=day, resource=1)
    assert [slots[clock]["state"] for clock in ("10:00", "10:30", "11:00", "11:30")] == [
        "free",
        "taken",
        "taken",
        "free",
    ]


@pytest.mark.scenario(45)
@pytest.mark.parametrize("clock", ["09:30", "10:30"])
def test_the_time_to_move_to_can_be_held_though_it_overlaps_the_own_booking(
    ann: Visitor, bob: Visitor, day: date, clock: str
) -> None:
    booking = ann.book(at("10:00", day), service=2).json()
    assert refusal_of(ann.hold(at(clock, day), service=2)) == (409, "slot_taken")
    hold = ann.hold(at(clock, day), service=2, resource=None, booking=_own(booking))
    assert (hold.status_code, hold.json()["resource_id"]) == (201, 1)
    again = ann.hold(at(clock, day), service=2, booking=_own(booking))
    assert (again.status_code, again.json()["claim"]) == (201, hold.json()["claim"])
    assert refusal_of(bob.book(at(clock, day), service=2)) == (409, "slot_held")
    assert ann.reschedule(booking, at(clock, day)).status_code == 200
    assert states(bob.board(1, day)) == ["taken"]


def test_a_move_that_is_given_up_leaves_the_booking(ann: Visitor, bob: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day), service=2).json()
    hold = ann.hold(at("10:30", day), service=2, booking=_own(booking)).json()
    assert ann.release(hold).status_code == 204
    assert ann.read(booking).json()["starts_at"] == booking["starts_at"]
    assert states(bob.board(1, day)) == ["taken"]
    assert refusal_of(bob.hold(at("10:30", day))) == (409, "slot_taken")


def test_a_seat_of_a_full_class_is_moved_without_another_seat(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    start = at("10:00", day)
    booking = ann.book(start, service=5, resource=5).json()
    assert bob.book(start, service=5, resource=5).status_code == 201
    hold = ann.hold(start, service=5, resource=5, booking=_own(booking))
    assert hold.status_code == 201
    assert ann.reschedule(booking, start).json()["starts_at"] == booking["starts_at"]


def test_ones_own_booking_shows_under_its_claim(ann: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day)).json()
    assert ann.slots(day=day, resource=1)["10:00"]["claims"] == [booking["claim"]]


def test_only_for_ones_own_booking_can_its_time_be_held(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    booking = ann.book(at("10:00", day), service=2).json()
    other = bob.book(at("12:00", day), service=2).json()
    start = at("10:30", day)
    forged = _own(booking) | {"manage_token": other["manage_token"]}
    assert refusal_of(bob.hold(start, service=2, booking=forged)) == (404, "not_found")
    assert refusal_of(bob.hold(start, service=2, booking=_own(other))) == (409, "slot_taken")
    assert refusal_of(ann.hold(start, service=1, booking=_own(booking))) == (422, "invalid")
    assert ann.cancel(booking).status_code == 200
    assert refusal_of(ann.hold(start, service=2, booking=_own(booking))) == (409, "booking_closed")


def _own(booking: dict[str, Any]) -> dict[str, Any]:
    return {name: booking[name] for name in ("reference", "manage_token")}


def test_a_move_to_where_it_is_changes_nothing(ann: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day)).json()
    moved = ann.reschedule(booking, at("10:00", day))
    assert (moved.status_code, moved.json()) == (200, booking)
    assert states(ann.board(1, day)) == ["taken"]


def test_a_move_honours_what_others_hold_and_what_the_customer_holds(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    booking = ann.book(at("10:00", day)).json()
    bob.hold(at("11:00", day))
    ann.hold(at("12:00", day))
    assert refusal_of(ann.reschedule(booking, at("11:00", day))) == (409, "slot_held")
    assert ann.reschedule(booking, at("12:00", day)).status_code == 200
    assert bob.slots(day=day, resource=1)["12:00"]["state"] == "taken"


# --- cancelling


def test_a_cancelled_booking_frees_its_time_at_once(ann: Visitor, bob: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day)).json()
    cancelled = ann.cancel(booking)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "free"
    assert bob.book(at("10:00", day)).status_code == 201


def test_cancelling_again_is_the_same_answer(
    shared: Server, ann: Visitor, day: date, select: Ask
) -> None:
    booking = ann.book(at("10:00", day)).json()
    first, again = ann.cancel(booking), ann.cancel(booking)
    assert (again.status_code, again.json()) == (200, first.json())
    told = select(
        shared,
        "SELECT count(*) FROM outbox JOIN bookings ON bookings.id = booking_id"
        " WHERE reference = ? AND topic = 'booking.cancelled'",
        booking["reference"],
    )
    assert told == [(1,)]


def test_cancelling_again_does_not_touch_who_has_the_time_now(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    booking = ann.book(at("10:00", day)).json()
    ann.cancel(booking)
    bob.book(at("10:00", day))
    assert ann.cancel(booking).status_code == 200
    assert states(bob.board(1, day)) == ["taken"]


def test_a_cancelled_booking_cannot_be_moved(ann: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day)).json()
    ann.cancel(booking)
    assert refusal_of(ann.reschedule(booking, at("11:00", day))) == (409, "booking_closed")
    assert states(ann.board(1, day)) == []


# --- who may see and change it


def send_with_token(
    server: Server, method: str, reference: str, token: str | None
) -> httpx2.Response:
    """Read, move or cancel a booking with a token, or without one."""
    body = {"starts_at": wire(at("12:00", working_day()))} if method == "PATCH" else None
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return server.http.request(method, f"/api/v1/bookings/{reference}", headers=headers, json=body)


@pytest.mark.scenario(22)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_reference_without_its_token_is_as_if_there_were_none(
    shared: Server, ann: Visitor, day: date, method: str
) -> None:
    booking = ann.book(at("10:00", day)).json()
    reference = booking["reference"]
    for known in (reference, reference[:-1] + "2", "AAAAA-AAAAA", "1"):
        for token in (None, "wrong-token-that-is-long-enough", ann.secret, known):
            answer = send_with_token(shared, method, known, token)
            assert refusal_of(answer) == (404, "not_found")
            assert answer.json() == send_with_token(shared, method, "ZZZZZ-ZZZZZ", None).json()
    assert ann.read(booking).json()["status"] == "confirmed"


@pytest.mark.scenario(22)
def test_neighbouring_references_do_not_look_alike(ann: Visitor, day: date) -> None:
    found = {ann.book(at(clock, day)).json()["reference"] for clock in ("10:00", "10:30", "11:00")}
    assert len({reference[:5] for reference in found}) == 3


@pytest.mark.scenario(22)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_checkout_is_no_booking_even_with_the_token_it_will_have(
    shared: Server, ann: Visitor, day: date, select: Ask, method: str
) -> None:
    checkout = ann.check_out(at("10:00", day)).json()
    ((reference,),) = select(
        shared, "SELECT reference FROM bookings WHERE token = ?", checkout["id"]
    )
    token = ManageTokens(shared.secret_key).token_of(reference)
    assert send_with_token(shared, method, reference, token).status_code == 404
    booking = ann.confirm(checkout).json()
    assert (booking["reference"], booking["manage_token"]) == (reference, token)


@pytest.mark.scenario(23)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_the_token_of_one_booking_does_not_open_another(
    shared: Server, ann: Visitor, bob: Visitor, day: date, method: str
) -> None:
    own = ann.book(at("10:00", day)).json()
    foreign = bob.book(at("11:00", day)).json()
    answer = send_with_token(shared, method, foreign["reference"], own["manage_token"])
    assert refusal_of(answer) == (404, "not_found")
    assert bob.read(foreign).json() == foreign | {
        "customer": CUSTOMER | {"phone": None, "phone_e164": None},
        "service_name": "Consultation",
        "resource_name": "Sarah Johnson",
        "unmovable": None,
    }
    assert states(bob.board(1, day)) == ["taken", "taken"]


@pytest.mark.scenario(38)
@pytest.mark.parametrize("name", ["%00", "a%00b", "%F0%9F%98%80", "x" * 5000, "%ED%A0%80"])
def test_an_id_that_no_row_can_have_is_not_found(shared: Server, ann: Visitor, name: str) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        assert send_with_token(shared, method, name, "t" * 24).status_code == 404
    assert ann.http.delete(f"/api/v1/checkouts/{name}").status_code == 404
    confirmed = ann.confirm({"id": name})
    assert confirmed.status_code in (404, 422)
