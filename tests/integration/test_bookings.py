"""A booking: won once, kept whatever is sent again, moved and cancelled only with its token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from dibs.desk.tokens import ManageTokens
from tests.support.answers import lasting, refused, states
from tests.support.days import at, wire, working_day
from tests.support.plain_sql import Refused, connect
from tests.support.server import Server
from tests.support.visitor import CUSTOMER, Visitor
from tests.support.waiting import until
from tests.support.watching import watching

Visitors = Callable[[Server, int], list[Visitor]]
Ask = Callable[..., list[tuple[Any, ...]]]
MINUTE = timedelta(minutes=1)


def test_a_booking_says_what_was_booked(shared: Server, ann: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day), service=2).json()
    assert booking["manage_url"].startswith(f"{shared.url}/manage/{booking['reference']}#")
    assert booking["manage_url"].endswith(booking["manage_token"])
    del booking["reference"], booking["manage_token"], booking["manage_url"], booking["claim"]
    assert booking == {
        "status": "confirmed",
        "service_id": 2,
        "resource_id": 1,
        "starts_at": wire(at("10:00", day)),
        "ends_at": wire(at("11:00", day)),
        "change_until": wire(at("10:00", day)),
        "can_change": True,
    }


def test_its_token_reads_a_booking_with_its_customer(ann: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day), phone="+1 555 0001").json()
    read = ann.read(booking)
    assert read.status_code == 200
    assert read.json() == booking | {
        "service_name": "Consultation",
        "resource_name": "Sarah Johnson",
        "unmovable": None,
        "customer": {**CUSTOMER, "phone": "+1 555 0001", "phone_e164": None},
    }


# --- no two overlap


@pytest.mark.scenario(8)
@pytest.mark.parametrize(
    ("clock", "service", "code"),
    [
        ("10:00", 1, "slot_taken"),
        ("10:30", 1, "slot_taken"),
        ("09:30", 2, "slot_taken"),
        ("10:30", 2, "slot_taken"),
        ("10:00:30", 1, "slot_closed"),
        ("10:15", 1, "slot_closed"),
    ],
)
def test_no_time_that_overlaps_a_booking_can_be_had(
    ann: Visitor, bob: Visitor, day: date, clock: str, service: int, code: str
) -> None:
    assert ann.book(at("10:00", day), service=2).status_code == 201
    for attempt in (bob.book, bob.check_out, bob.hold):
        assert refused(attempt(at(clock, day), service=service)) == (409, code)
    assert states(bob.board(1, day)) == ["taken"]


@pytest.mark.scenario(8)
def test_the_times_beside_a_booking_can_be_had(ann: Visitor, bob: Visitor, day: date) -> None:
    assert ann.book(at("10:00", day), service=2).status_code == 201
    assert bob.book(at("09:30", day)).status_code == 201
    assert bob.book(at("11:00", day)).status_code == 201


def insert_allocation(server: Server, start: datetime, end: datetime) -> None:
    server.sql(
        "INSERT INTO allocations (resource_id, lane, starts_at, ends_at, booking_id, service_id,"
        " slot_starts_at, capacity)"
        " SELECT resource_id, lane, ?, ?, booking_id, service_id, ?, capacity"
        " FROM allocations WHERE starts_at = ?",
        start,
        end,
        start,
        at("10:00", start.date()),
    )


@pytest.mark.scenario(8)
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("10:00", "11:00"),
        ("09:30", "10:30"),
        ("10:30", "11:30"),
        ("10:00:30", "10:30:30"),
        ("09:00", "12:00"),
        ("10:59:59", "12:00"),
    ],
)
def test_plain_sql_cannot_write_an_overlap(
    ann: Visitor, shared: Server, day: date, start: str, end: str
) -> None:
    ann.book(at("10:00", day), service=2)
    with pytest.raises(Refused, match="allocations_no_overlap"):
        insert_allocation(shared, at(start, day), at(end, day))


@pytest.mark.scenario(8)
def test_plain_sql_cannot_move_a_booking_over_another(
    ann: Visitor, shared: Server, day: date
) -> None:
    ann.book(at("10:00", day), service=2)
    ann.book(at("12:00", day))
    with pytest.raises(Refused, match="allocations_no_overlap"):
        shared.sql(
            "UPDATE allocations SET starts_at = ? WHERE starts_at = ?",
            at("10:30", day),
            at("12:00", day),
        )


@pytest.mark.scenario(8)
def test_plain_sql_can_write_what_does_not_overlap(ann: Visitor, shared: Server, day: date) -> None:
    ann.book(at("10:00", day), service=2)
    insert_allocation(shared, at("09:00", day), at("10:00", day))
    insert_allocation(shared, at("11:00", day), at("12:00", day))


@pytest.mark.scenario(9)
def test_of_fifty_who_book_at_once_one_wins(shared: Server, visitors: Visitors, day: date) -> None:
    rivals = visitors(shared, 50)
    slots = [at("09:00", day) + n * 30 * MINUTE for n in range(6)]
    with ThreadPoolExecutor(50) as pool:
        for start in slots:
            answers = [pool.submit(rival.book, start) for rival in rivals]
            statuses = sorted(answer.result().status_code for answer in answers)
            assert statuses == [201] + [409] * 49
    assert states(rivals[0].board(1, day)) == ["taken"] * 6


@pytest.mark.scenario(9)
def test_of_fifty_who_ask_for_anyone_as_many_win_as_there_are(
    shared: Server, visitors: Visitors, day: date
) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(lambda each: each.book(at("10:00", day), resource=None), visitors(shared, 50))
        )
    won = [answer.json()["resource_id"] for answer in answers if answer.status_code == 201]
    assert sorted(won) == [1, 2]
    assert sum(answer.status_code == 409 for answer in answers) == 48


@pytest.mark.scenario(9)
def test_of_fifty_who_check_out_at_once_one_wins(
    shared: Server, visitors: Visitors, day: date
) -> None:
    with ThreadPoolExecutor(50) as pool:
        statuses = list(
            pool.map(
                lambda each: each.check_out(at("10:00", day)).status_code, visitors(shared, 50)
            )
        )
    assert sorted(statuses) == [201] + [409] * 49


@pytest.mark.scenario(10)
@pytest.mark.parametrize("customers", ["many", "one"])
def test_twenty_different_slots_of_one_person_are_all_booked_at_once(
    shared: Server, visitors: Visitors, day: date, customers: str
) -> None:
    days = (day, day + timedelta(days=1))
    starts = [at("09:00", each) + n * 30 * MINUTE for each in days for n in range(10)]
    who = visitors(shared, 20) if customers == "many" else visitors(shared, 1) * 20
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda each, start: each.book(start), who, starts))
    assert [answer.status_code for answer in answers] == [201] * 20


# --- another program has the database


@contextmanager
def locked(server: Server) -> Iterator[Callable[[], object]]:
    """Another program writes to the running server's database and takes its time; what is given
    ends that early."""
    with connect(server.database) as other:
        if isinstance(server.database, Path):
            other("BEGIN IMMEDIATE")
        else:
            other("BEGIN")
            other("LOCK TABLE boards, bookings IN EXCLUSIVE MODE")
        yield lambda: other("ROLLBACK")


def test_while_another_program_writes_boards_are_shown_and_bookings_wait(
    shared: Server, ann: Visitor, bob: Visitor, day: date
) -> None:
    with locked(shared) as end, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ann.book, at("10:00", day))
        for _ in range(100):
            assert "taken" not in states(bob.board(1, day))
        assert not waiting.done()
        end()
        assert waiting.result().status_code == 201
    assert states(bob.board(1, day)) == ["taken"]


def test_when_another_program_writes_for_too_long_the_answer_is_try_again(
    brief: Server, visitors: Visitors, day: date
) -> None:
    leaving, *several = visitors(brief, 4)
    starts = [at(clock, day) for clock in ("10:00", "11:00", "12:00")]
    leaving.check_out(at("13:00", day))
    with locked(brief), ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda each, start: each.book(start), several, starts))
    assert [refused(answer) for answer in answers] == [(503, "ledger_unavailable")] * 3
    assert all(answer.headers["Retry-After"] for answer in answers)

    again = [each.book(start) for each, start in zip(several, starts, strict=True)]
    assert [answer.status_code for answer in again] == [201] * 3
    until(
        lambda: leaving.slots(day=day, resource=1)["13:00"]["state"] == "free",
        "the checkout that ran out meanwhile is gone",
    )
    assert "Traceback" not in brief.log.read_text()


# --- a class


def test_a_class_takes_ten_and_then_no_more(shared: Server, visitors: Visitors, day: date) -> None:
    tuesday = at("17:00", day - timedelta(days=1))
    *ten, eleventh = visitors(shared, 11)
    for each in ten:
        slot = eleventh.slots(service=4, day=tuesday.date())["17:00"]
        assert slot["state"] == "free"
        assert each.book(tuesday, service=4, resource=4).status_code == 201
    slot = eleventh.slots(service=4, day=tuesday.date())["17:00"]
    assert (slot["state"], len(slot["claims"])) == ("taken", 10)
    assert refused(eleventh.book(tuesday, service=4, resource=4)) == (409, "slot_taken")
    assert refused(eleventh.hold(tuesday, service=4, resource=4)) == (409, "slot_taken")


def test_a_class_can_be_held_by_as_many_as_have_a_seat(
    shared: Server, visitors: Visitors, day: date
) -> None:
    first, second, third = visitors(shared, 3)
    for each in (first, second):
        assert each.hold(at("10:00", day), service=5, resource=5).status_code == 201
    assert refused(third.hold(at("10:00", day), service=5, resource=5)) == (409, "slot_held")
    assert first.book(at("10:00", day), service=5, resource=5).status_code == 201
    assert refused(third.book(at("10:00", day), service=5, resource=5)) == (409, "slot_held")
    assert second.book(at("10:00", day), service=5, resource=5).status_code == 201


def test_of_fifty_at_once_a_class_takes_as_many_as_it_has_seats(
    shared: Server, visitors: Visitors, day: date
) -> None:
    tuesday = at("17:00", day - timedelta(days=1))
    with ThreadPoolExecutor(50) as pool:
        statuses = list(
            pool.map(
                lambda each: each.book(tuesday, service=4, resource=4).status_code,
                visitors(shared, 50),
            )
        )
    assert sorted(statuses) == [201] * 10 + [409] * 40


def test_another_start_that_overlaps_a_class_is_refused(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    first = ann.book(at("10:00", day), service=5, resource=5).json()
    assert bob.book(at("10:00", day), service=5, resource=5).status_code == 201
    ann.cancel(first)
    for clock in ("09:30", "10:30"):
        assert refused(ann.book(at(clock, day), service=5, resource=5)) == (409, "slot_taken")
        assert ann.slots(service=5, day=day)[clock]["state"] == "taken"
    assert ann.book(at("10:00", day), service=5, resource=5).status_code == 201


# --- the same request again


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
    assert refused(ann.book(at("10:00", day), key="used", **other)) == (
        422,
        "idempotency_mismatch",
    )
    assert refused(ann.book(at("11:00", day), key="used")) == (422, "idempotency_mismatch")
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
    wish = {"service_id": 1, "starts_at": wire(at("10:00", day)), "customer": CUSTOMER}

    def book(_: int) -> httpx2.Response:
        key = {"Idempotency-Key": f"nobody in particular {day}"}
        return httpx2.post(f"{shared.url}/api/v1/bookings", json=wish, headers=key, verify=False)

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
    wish = {"service_id": 1, "starts_at": wire(at("10:00", day)), "resource_id": 1}
    key = f"nobody in particular {path} {day}"
    first, again = (anonymous(shared, path, wish, key).json() for _ in range(2))
    assert (again["id"], again["visitor"]) == (first["id"], first["visitor"])
    other = anonymous(shared, path, wish, f"somebody else {path} {day}")
    assert other.status_code == 409
    checked_out = {"checkout_id": again["id"]} if path == "checkouts" else wish
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
    wish: dict[str, Any] = {"service_id": 1, "starts_at": wire(at("10:00", day))}
    if path == "bookings":
        wish["customer"] = CUSTOMER
    answer = anonymous(shared, path, wish, "1" * 19)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "idempotency-key", "code": "too_short", "limit": 20}
    ]
    assert anonymous(shared, path, wish, f"{day} of some length").status_code == 201


@pytest.mark.scenario(13)
def test_the_keys_of_two_visitors_do_not_meet(ann: Visitor, bob: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day), key="1").json()
    assert refused(bob.book(at("10:00", day), key="1")) == (409, "slot_taken")
    other = bob.book(at("11:00", day), key="1")
    assert other.status_code == 201
    assert other.json()["reference"] != booking["reference"]


@pytest.mark.scenario(13)
def test_a_refusal_is_not_kept_under_the_key(ann: Visitor, bob: Visitor, day: date) -> None:
    hold = bob.hold(at("10:00", day)).json()
    assert refused(ann.book(at("10:00", day), key="again")) == (409, "slot_held")
    bob.release(hold)
    assert ann.book(at("10:00", day), key="again").status_code == 201


@pytest.mark.scenario(13)
def test_checking_out_confirming_moving_and_cancelling_again_act_once(
    shared: Server, ann: Visitor, day: date, select: Ask
) -> None:
    def twice(act: Callable[[], httpx2.Response]) -> Any:
        first, second = act(), act()
        assert first.status_code == second.status_code < 300
        assert lasting(first) == lasting(second)
        return first.json()

    checkout = twice(lambda: ann.check_out(at("10:00", day), key="a"))
    booking = twice(lambda: ann.confirm(checkout, key="b"))
    moved = twice(lambda: ann.reschedule(booking, at("11:00", day), key="c"))
    assert moved["starts_at"] == wire(at("11:00", day))
    assert refused(ann.reschedule(booking, at("12:00", day), key="c"))[0] == 422
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
        assert all(lasting(answer) == lasting(answers[0]) for answer in answers)
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
    assert refused(ann.book("11:00", key="crash")) == (422, "idempotency_mismatch")
    assert ann.read(first).status_code == 200
    assert refused(restarted.visitor().book("10:00")) == (409, "slot_taken")
    assert states(ann.board()) == ["taken"]


def _without_address(booking: dict[str, Any]) -> dict[str, Any]:
    """The restarted server has another port."""
    return {name: value for name, value in booking.items() if name != "manage_url"}


# --- moving


@pytest.mark.scenario(11)
def test_a_move_that_is_refused_leaves_the_booking_where_it_was_and_nobody_sees_it_free(
    shared: Server, ann: Visitor, bob: Visitor, day: date
) -> None:
    booking = ann.book(at("10:00", day)).json()
    assert bob.book(at("11:00", day)).status_code == 201
    viewer = shared.visitor()
    with watching(lambda: viewer.slots(day=day, resource=1)["10:00"]["state"]) as seen:
        for _ in range(10):
            answer = ann.reschedule(booking, at("11:00", day))
            assert refused(answer) == (409, "slot_taken")
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
    """Nor if their sender names no visitor: whoever has the manage token is the same person."""
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
        "change_until": wire(start),
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
    wish = {"starts_at": wire(at("11:00", day))}
    assert refused(ann.http.patch(path, json=wish, headers=token)) == (409, "slot_taken")
    moved = ann.http.patch(path, json=wish | {"resource_id": 2}, headers=token)
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
    assert refused(ann.hold(at(clock, day), service=2)) == (409, "slot_taken")
    hold = ann.hold(at(clock, day), service=2, resource=None, booking=_own(booking))
    assert (hold.status_code, hold.json()["resource_id"]) == (201, 1)
    again = ann.hold(at(clock, day), service=2, booking=_own(booking))
    assert (again.status_code, again.json()["claim"]) == (201, hold.json()["claim"])
    assert refused(bob.book(at(clock, day), service=2)) == (409, "slot_held")
    assert ann.reschedule(booking, at(clock, day)).status_code == 200
    assert states(bob.board(1, day)) == ["taken"]


def test_a_move_that_is_given_up_leaves_the_booking(ann: Visitor, bob: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day), service=2).json()
    hold = ann.hold(at("10:30", day), service=2, booking=_own(booking)).json()
    assert ann.release(hold).status_code == 204
    assert ann.read(booking).json()["starts_at"] == booking["starts_at"]
    assert states(bob.board(1, day)) == ["taken"]
    assert refused(bob.hold(at("10:30", day))) == (409, "slot_taken")


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
    assert refused(bob.hold(start, service=2, booking=forged)) == (404, "not_found")
    assert refused(bob.hold(start, service=2, booking=_own(other))) == (409, "slot_taken")
    assert refused(ann.hold(start, service=1, booking=_own(booking))) == (422, "invalid")
    assert ann.cancel(booking).status_code == 200
    assert refused(ann.hold(start, service=2, booking=_own(booking))) == (409, "booking_closed")


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
    assert refused(ann.reschedule(booking, at("11:00", day))) == (409, "slot_held")
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
    assert refused(ann.reschedule(booking, at("11:00", day))) == (409, "booking_closed")
    assert states(ann.board(1, day)) == []


# --- whose it is


def managed(server: Server, method: str, reference: str, token: str | None) -> httpx2.Response:
    """Read, move or cancel a booking with a token, or none."""
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
            answer = managed(shared, method, known, token)
            assert refused(answer) == (404, "not_found")
            assert answer.json() == managed(shared, method, "ZZZZZ-ZZZZZ", None).json()
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
    token = ManageTokens(shared.secret_key).of(reference)
    assert managed(shared, method, reference, token).status_code == 404
    booking = ann.confirm(checkout).json()
    assert (booking["reference"], booking["manage_token"]) == (reference, token)


@pytest.mark.scenario(23)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_the_token_of_one_booking_does_not_open_another(
    shared: Server, ann: Visitor, bob: Visitor, day: date, method: str
) -> None:
    own = ann.book(at("10:00", day)).json()
    foreign = bob.book(at("11:00", day)).json()
    answer = managed(shared, method, foreign["reference"], own["manage_token"])
    assert refused(answer) == (404, "not_found")
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
        assert managed(shared, method, name, "t" * 24).status_code == 404
    assert ann.http.delete(f"/api/v1/checkouts/{name}").status_code == 404
    confirmed = ann.confirm({"id": name})
    assert confirmed.status_code in (404, 422)
