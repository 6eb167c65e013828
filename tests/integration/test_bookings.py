"""However many visitors want a time, one of them books it, and nothing ever overlaps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.support.answers import last_answer, refusal_of, states
from tests.support.days import at, wire
from tests.support.plain_sql import Refused, connect
from tests.support.server import Server
from tests.support.visitor import CUSTOMER, Visitor
from tests.support.waiting import until

Visitors = Callable[[Server, int], list[Visitor]]
MINUTE = timedelta(minutes=1)


def test_a_booking_says_what_was_booked(shared: Server, ann: Visitor, day: date) -> None:
    booking = ann.book(at("10:00", day), service=2).json()
    assert booking["manage_url"].startswith(f"{shared.url}/manage/{booking['reference']}#")
    assert booking["manage_url"].endswith(booking["manage_token"])
    del booking["reference"], booking["manage_token"], booking["manage_url"], booking["claim"]
    assert booking == {
        "status": "confirmed",
        "answer_until": None,
        "service_id": 2,
        "resource_id": 1,
        "place": None,
        "starts_at": wire(at("10:00", day)),
        "ends_at": wire(at("11:00", day)),
        "move_until": wire(at("10:00", day)),
        "can_move": True,
        "cancel_until": wire(at("10:00", day)),
        "can_cancel": True,
        "answers": [],
        "accepted_terms": None,
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
        assert refusal_of(attempt(at(clock, day), service=service)) == (409, code)
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
            attempts = [partial(rival.book, start) for rival in rivals]
            statuses = sorted(answer.status_code for answer in pool.map(last_answer, attempts))
            assert statuses == [201] + [409] * 49
    assert states(rivals[0].board(1, day)) == ["taken"] * 6


@pytest.mark.scenario(9)
def test_of_fifty_who_ask_for_anyone_as_many_win_as_there_are(
    shared: Server, visitors: Visitors, day: date
) -> None:
    attempts = [
        partial(each.book, at("10:00", day), resource=None) for each in visitors(shared, 50)
    ]
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(last_answer, attempts))
    won = [answer.json()["resource_id"] for answer in answers if answer.status_code == 201]
    assert sorted(won) == [1, 2]
    assert sum(answer.status_code == 409 for answer in answers) == 48


@pytest.mark.scenario(9)
def test_of_fifty_who_check_out_at_once_one_wins(
    shared: Server, visitors: Visitors, day: date
) -> None:
    attempts = [partial(each.check_out, at("10:00", day)) for each in visitors(shared, 50)]
    with ThreadPoolExecutor(50) as pool:
        statuses = [answer.status_code for answer in pool.map(last_answer, attempts)]
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
def locking_database(server: Server) -> Iterator[Callable[[], object]]:
    """Let another program lock the running server's database.

    Yields a function that ends the lock early.
    """
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
    with locking_database(shared) as end, ThreadPoolExecutor(1) as pool:
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
    with locking_database(brief), ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda each, start: each.book(start), several, starts))
    assert [refusal_of(answer) for answer in answers] == [(503, "ledger_unavailable")] * 3
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
    assert refusal_of(eleventh.book(tuesday, service=4, resource=4)) == (409, "slot_taken")
    assert refusal_of(eleventh.hold(tuesday, service=4, resource=4)) == (409, "slot_taken")


def test_a_class_can_be_held_by_as_many_as_have_a_seat(
    shared: Server, visitors: Visitors, day: date
) -> None:
    first, second, third = visitors(shared, 3)
    for each in (first, second):
        assert each.hold(at("10:00", day), service=5, resource=5).status_code == 201
    assert refusal_of(third.hold(at("10:00", day), service=5, resource=5)) == (409, "slot_held")
    assert first.book(at("10:00", day), service=5, resource=5).status_code == 201
    assert refusal_of(third.book(at("10:00", day), service=5, resource=5)) == (409, "slot_held")
    assert second.book(at("10:00", day), service=5, resource=5).status_code == 201


def test_of_fifty_at_once_a_class_takes_as_many_as_it_has_seats(
    shared: Server, visitors: Visitors, day: date
) -> None:
    tuesday = at("17:00", day - timedelta(days=1))
    attempts = [partial(each.book, tuesday, service=4, resource=4) for each in visitors(shared, 50)]
    with ThreadPoolExecutor(50) as pool:
        statuses = [answer.status_code for answer in pool.map(last_answer, attempts)]
    assert sorted(statuses) == [201] * 10 + [409] * 40


def test_another_start_that_overlaps_a_class_is_refused(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    first = ann.book(at("10:00", day), service=5, resource=5).json()
    assert bob.book(at("10:00", day), service=5, resource=5).status_code == 201
    ann.cancel(first)
    for clock in ("09:30", "10:30"):
        assert refusal_of(ann.book(at(clock, day), service=5, resource=5)) == (409, "slot_taken")
        assert ann.slots(service=5, day=day)[clock]["state"] == "taken"
    assert ann.book(at("10:00", day), service=5, resource=5).status_code == 201
