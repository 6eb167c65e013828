"""A booking request that is sent again gets the same answer and acts once."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import httpx2
import pytest

from tests.support.answers import drop_expiry, refusal_of, states
from tests.support.days import at, wire
from tests.support.server import Server
from tests.support.visitor import CUSTOMER, Visitor

Ask = Callable[..., list[tuple[Any, ...]]]


def book_as_text(visitor: Visitor, key: str, text: str) -> httpx2.Response:
    return visitor.http.post(
        "/api/v1/bookings",
        content=text,
        headers={"Content-Type": "application/json", "Idempotency-Key": key},
    )


@pytest.mark.scenario(13)
def test_the_same_request_sent_again_is_the_same_booking(
    shared: Server, ann: Visitor, day: date, select: Ask
) -> None:
    first = ann.book(at("10:00", day), key="lost")
    again = ann.book(at("10:00", day), key="lost")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    told = select(
        shared,
        "SELECT topic FROM outbox JOIN bookings ON bookings.id = booking_id WHERE reference = ?",
        first.json()["reference"],
    )
    assert told == [("booking.confirmed",)]


@pytest.mark.scenario(13)
@pytest.mark.parametrize("first_is_usual", [True, False])
def test_the_quick_route_and_fastapi_know_each_others_answers(
    ann: Visitor, day: date, first_is_usual: bool
) -> None:
    """A content type with a charset is unusual, so FastAPI answers and not the quick route."""
    start = wire(at("10:00", day))
    wanted = {"service_id": 1, "resource_id": 1, "starts_at": start, "customer": CUSTOMER}
    types = ["application/json", "application/json; charset=utf-8"]
    answers = [
        ann.http.post(
            "/api/v1/bookings",
            content=json.dumps(wanted),
            headers={"Content-Type": content_type, "Idempotency-Key": "lost"},
        )
        for content_type in (types if first_is_usual else reversed(types))
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["Content-Type"] == answers[1].headers["Content-Type"]


@pytest.mark.scenario(13)
def test_the_order_of_the_fields_does_not_make_another_request(ann: Visitor, day: date) -> None:
    start = wire(at("10:00", day))
    customer = '"customer": {"name": "Ann", "email": "ann@example.com"}'
    place = f'"starts_at": "{start}", "service_id": 1, "resource_id": 1'
    first = book_as_text(ann, "order", f"{{{customer}, {place}}}")
    again = book_as_text(ann, "order", f"{{{place},{customer}}}")
    assert first.status_code == 201
    assert again.json() == first.json()


@pytest.mark.scenario(13)
@pytest.mark.parametrize(
    "other", [{"name": "Ben Moss"}, {"email": "ben@example.com"}, {"phone": "+49 30 123456"}]
)
def test_other_data_under_the_same_key_are_refused(
    ann: Visitor, day: date, other: dict[str, Any]
) -> None:
    ann.book(at("10:00", day), key="used")
    assert refusal_of(ann.book(at("10:00", day), key="used", **other)) == (
        422,
        "idempotency_mismatch",
    )
    assert refusal_of(ann.book(at("11:00", day), key="used")) == (422, "idempotency_mismatch")
    assert len(ann.board(1, day)["busy"]) == 1


@pytest.mark.scenario(13)
@pytest.mark.parametrize("times", [2, 10])
def test_at_once_with_the_same_key_is_one_booking(ann: Visitor, day: date, times: int) -> None:
    with ThreadPoolExecutor(times) as pool:
        answers = list(pool.map(lambda _: ann.book(at("10:00", day), key="at once"), range(times)))
    assert [answer.status_code for answer in answers] == [201] * times
    assert len({answer.json()["reference"] for answer in answers}) == 1
    assert len(ann.board(1, day)["busy"]) == 1


@pytest.mark.scenario(13)
def test_at_once_with_the_same_key_and_nobodys_secret_is_one_booking(
    shared: Server, day: date
) -> None:
    slot_request = {"service_id": 1, "starts_at": wire(at("10:00", day)), "customer": CUSTOMER}

    def book(_: int) -> httpx2.Response:
        key = {"Idempotency-Key": f"nobody in particular {day}"}
        return httpx2.post(
            f"{shared.url}/api/v1/bookings", json=slot_request, headers=key, verify=False
        )

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(book, range(5)))
    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json()["reference"] for answer in answers}) == 1


@pytest.mark.scenario(13)
def test_without_a_key_the_same_visitors_same_request_books_once(ann: Visitor, day: date) -> None:
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: ann.book(at("10:00", day), resource=None), range(5)))
    answers.append(ann.book(at("10:00", day), resource=None))
    assert [answer.status_code for answer in answers] == [201] * 6
    assert all(answer.json() == answers[0].json() for answer in answers)
    busy = [*ann.board(1, day)["busy"], *ann.board(2, day)["busy"]]
    assert [claim["claim"] for claim in busy if claim["state"] == "taken"] == [
        answers[0].json()["claim"]
    ]
    ann.cancel(answers[0].json())
    again = ann.book(at("10:00", day), resource=None)
    assert again.json()["reference"] != answers[0].json()["reference"]


def anonymous(server: Server, path: str, body: Any, key: str) -> httpx2.Response:
    headers = {"Idempotency-Key": key}
    return httpx2.post(f"{server.url}/api/v1/{path}", json=body, headers=headers, verify=False)


@pytest.mark.scenario(13)
@pytest.mark.parametrize("path", ["holds", "checkouts"])
def test_what_nobody_claims_with_a_key_can_be_booked_after_a_repetition(
    shared: Server, day: date, path: str
) -> None:
    slot_request = {"service_id": 1, "starts_at": wire(at("10:00", day)), "resource_id": 1}
    key = f"nobody in particular {path} {day}"
    first, again = (anonymous(shared, path, slot_request, key).json() for _ in range(2))
    assert (again["id"], again["visitor"]) == (first["id"], first["visitor"])
    other = anonymous(shared, path, slot_request, f"somebody else {path} {day}")
    assert other.status_code == 409
    checked_out = {"checkout_id": again["id"]} if path == "checkouts" else slot_request
    booked = httpx2.post(
        f"{shared.url}/api/v1/bookings",
        json=checked_out | {"customer": CUSTOMER},
        headers={"Authorization": f"Bearer {again['visitor']}"},
        verify=False,
    )
    assert booked.status_code == 201, booked.text


@pytest.mark.scenario(13)
@pytest.mark.parametrize("path", ["holds", "checkouts", "bookings"])
def test_without_a_secret_a_key_that_can_be_guessed_is_refused(
    shared: Server, day: date, path: str
) -> None:
    slot_request: dict[str, Any] = {"service_id": 1, "starts_at": wire(at("10:00", day))}
    if path == "bookings":
        slot_request["customer"] = CUSTOMER
    answer = anonymous(shared, path, slot_request, "1" * 19)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "idempotency-key", "code": "too_short", "limit": 20}
    ]
    assert anonymous(shared, path, slot_request, f"{day} of some length").status_code == 201


@pytest.mark.scenario(13)
def test_the_keys_of_two_visitors_do_not_meet(ann: Visitor, bob: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day), key="1").json()
    assert refusal_of(bob.book(at("10:00", day), key="1")) == (409, "slot_taken")
    other = bob.book(at("11:00", day), key="1")
    assert other.status_code == 201
    assert other.json()["reference"] != booking["reference"]


@pytest.mark.scenario(13)
def test_a_refusal_is_not_kept_under_the_key(ann: Visitor, bob: Visitor, day: date) -> None:
    hold = bob.hold(at("10:00", day)).json()
    assert refusal_of(ann.book(at("10:00", day), key="again")) == (409, "slot_held")
    bob.release(hold)
    assert ann.book(at("10:00", day), key="again").status_code == 201


@pytest.mark.scenario(13)
def test_checking_out_confirming_moving_and_cancelling_again_act_once(
    shared: Server, ann: Visitor, day: date, select: Ask
) -> None:
    def twice(act: Callable[[], httpx2.Response]) -> Any:
        first, second = act(), act()
        assert first.status_code == second.status_code < 300
        assert drop_expiry(first) == drop_expiry(second)
        return first.json()

    checkout = twice(lambda: ann.check_out(at("10:00", day), key="a"))
    booking = twice(lambda: ann.confirm(checkout, key="b"))
    moved = twice(lambda: ann.reschedule(booking, at("11:00", day), key="c"))
    assert moved["starts_at"] == wire(at("11:00", day))
    assert refusal_of(ann.reschedule(booking, at("12:00", day), key="c"))[0] == 422
    twice(lambda: ann.cancel(booking, key="d"))
    told = select(
        shared,
        "SELECT topic FROM outbox JOIN bookings ON bookings.id = booking_id"
        " WHERE reference = ? ORDER BY outbox.id",
        booking["reference"],
    )
    assert told == [("booking.confirmed",), ("booking.rescheduled",), ("booking.cancelled",)]


@pytest.mark.scenario(13)
def test_confirming_moving_and_cancelling_at_once_with_the_same_key_act_once(
    shared: Server, ann: Visitor, day: date, select: Ask
) -> None:
    def at_once(act: Callable[[], httpx2.Response]) -> Any:
        with ThreadPoolExecutor(5) as pool:
            answers = [each.result() for each in [pool.submit(act) for _ in range(5)]]
        assert len({answer.status_code for answer in answers}) == 1, answers
        assert all(drop_expiry(answer) == drop_expiry(answers[0]) for answer in answers)
        return answers[0].json()

    checkout = at_once(lambda: ann.check_out(at("10:00", day), key="a"))
    booking = at_once(lambda: ann.confirm(checkout, key="b"))
    assert at_once(lambda: ann.reschedule(booking, at("11:00", day), key="c"))["reference"]
    assert at_once(lambda: ann.cancel(booking, key="d"))["status"] == "cancelled"
    told = select(
        shared,
        "SELECT action FROM audit JOIN bookings ON bookings.id = booking_id"
        " WHERE reference = ? ORDER BY audit.id",
        booking["reference"],
    )
    assert [action for (action,) in told] == [
        "checkout.started",
        "booking.confirmed",
        "booking.rescheduled",
        "booking.cancelled",
    ]


@pytest.mark.scenario(13)
def test_a_booking_and_its_key_survive_kill_nine(start_server: Callable[..., Server]) -> None:
    server = start_server()
    ann = server.visitor()
    secret = ann.secret
    first = ann.book("10:00", key="crash").json()
    server.kill()

    restarted = start_server()
    ann = restarted.visitor()
    ann.http.headers["Authorization"] = f"Bearer {secret}"
    again = ann.book("10:00", key="crash")
    assert again.status_code == 201
    assert _without_address(again.json()) == _without_address(first)
    assert refusal_of(ann.book("11:00", key="crash")) == (422, "idempotency_mismatch")
    assert ann.read(first).status_code == 200
    assert refusal_of(restarted.visitor().book("10:00")) == (409, "slot_taken")
    assert states(ann.board()) == ["taken"]


def _without_address(booking: dict[str, Any]) -> dict[str, Any]:
    """Leave out the manage URL: the restarted server has another port."""
    return {name: value for name, value in booking.items() if name != "manage_url"}
