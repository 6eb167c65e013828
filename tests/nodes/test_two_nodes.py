"""Two nodes with one PostgreSQL and one Redis: each shows what happens on the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

import pytest

from tests.support.answers import last_answer
from tests.support.commands import dibs
from tests.support.days import at
from tests.support.forked_process import ForkedProcess
from tests.support.server import environment
from tests.support.stack import Stack
from tests.support.visitor import Visitor
from tests.support.waiting import until


def state(visitor: Visitor, day: date, clock: str) -> str:
    found: str = visitor.slots(day=day, resource=1)[clock]["state"]
    return found


def sees(visitor: Visitor, day: date, clock: str, expected: str) -> None:
    until(lambda: state(visitor, day, clock) == expected, f"{clock} is {expected}")


def test_each_step_of_one_is_seen_on_the_other_node(ann: Visitor, bob: Visitor, day: date) -> None:
    assert state(bob, day, "10:00") == "free"
    hold = ann.hold(at("10:00", day)).json()
    sees(bob, day, "10:00", "held")
    checkout = ann.check_out(hold=hold).json()
    sees(bob, day, "10:00", "pending")
    booking = ann.confirm(checkout).json()
    sees(bob, day, "10:00", "taken")
    assert ann.reschedule(booking, at("11:00", day)).status_code == 200
    sees(bob, day, "11:00", "taken")
    sees(bob, day, "10:00", "free")
    assert bob.cancel(booking).status_code == 200
    sees(ann, day, "11:00", "free")


@pytest.mark.scenario(4)
def test_a_hold_of_one_node_is_respected_on_the_other(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    assert ann.hold(at("10:00", day)).status_code == 201
    assert bob.hold(at("10:00", day)).json()["code"] == "slot_held"
    assert bob.book(at("10:00", day)).json()["code"] == "slot_held"
    assert ann.book(at("10:00", day)).status_code == 201


def test_a_visitor_may_be_served_by_another_node_each_time(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    """Sessions need not stay at one node: hold here, check out there, confirm here, manage
    there."""
    bob.http.headers["Authorization"] = ann.http.headers["Authorization"]
    hold = ann.hold(at("10:00", day)).json()
    assert bob.prolong(hold, 60).status_code == 200
    checkout = bob.check_out(hold=hold).json()
    booking = ann.confirm(checkout).json()
    assert bob.read(booking).json()["status"] == "confirmed"
    again = bob.confirm(checkout)
    assert (again.status_code, again.json()["reference"]) == (201, booking["reference"])
    assert bob.cancel(booking).json()["status"] == "cancelled"


@pytest.mark.scenario(9)
def test_fifty_who_book_one_slot_over_both_nodes(
    pair: Stack, crowd: Callable[..., list[Visitor]], day: date
) -> None:
    racers = crowd(50, *pair.nodes)
    with ThreadPoolExecutor(len(racers)) as pool:
        for hour in (9, 10, 11):
            start = at(f"{hour:02}:00", day)
            attempts = [partial(racer.book, start) for racer in racers]
            statuses = sorted(answer.status_code for answer in pool.map(last_answer, attempts))
            assert statuses == [201] + [409] * 49


@pytest.mark.scenario(10)
def test_twenty_slots_of_one_person_booked_at_once_over_both_nodes(
    pair: Stack, crowd: Callable[..., list[Visitor]], day: date
) -> None:
    starts = [at(f"{hour:02}:{minute}", day) for hour in range(9, 17) for minute in ("00", "30")]
    starts += [start + timedelta(days=1) for start in starts[:4]]
    with ThreadPoolExecutor(len(starts)) as pool:
        answers = list(pool.map(lambda v, at: v.book(at), crowd(len(starts), *pair.nodes), starts))
    assert [answer.status_code for answer in answers] == [201] * 20
    assert len({answer.json()["reference"] for answer in answers}) == 20


@pytest.mark.scenario(13)
def test_one_key_sent_to_both_nodes_at_once_books_once(
    pair: Stack, ann: Visitor, bob: Visitor, day: date
) -> None:
    bob.http.headers["Authorization"] = ann.http.headers["Authorization"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda visitor: visitor.book(at("10:00", day), key="once"), [ann, bob] * 4)
        )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["reference"] for answer in answers}) == 1
    assert pair.sql("SELECT count(*) FROM bookings WHERE starts_at = ?", at("10:00", day)) == [(1,)]


@pytest.mark.scenario(20)
def test_without_pub_sub_the_other_node_knows_within_a_second_or_so(
    pair: Stack, ann: Visitor, bob: Visitor, day: date
) -> None:
    assert state(bob, day, "10:00") == "free"
    pair.redis.control.client_kill_filter(_type="pubsub")
    ann.hold(at("10:00", day))
    sees(bob, day, "10:00", "held")


@pytest.mark.scenario(32)
def test_a_new_catalog_reaches_all_nodes(
    pair: Stack, ann: Visitor, bob: Visitor, day: date
) -> None:
    assert state(bob, day, "10:00") == "free"
    file = pair.folder / "catalog.toml"
    file.write_text(file.read_text().replace("Sarah Johnson", "Sarah Miller"), encoding="utf-8")
    applied = ForkedProcess(
        ["catalog", "apply", str(file)],
        environment(**pair.settings),
        log := pair.folder / "renamed.log",
    )
    assert applied.wait(timeout=60) == 0, log.read_text()

    def names(visitor: Visitor) -> list[str]:
        return [each["name"] for each in visitor.http.get("/api/v1/resources").json()]

    for visitor in (ann, bob):
        until(lambda visitor=visitor: "Sarah Miller" in names(visitor), "the new name is there")


def test_nodes_that_start_at_once_migrate_once(pair: Stack) -> None:
    settings = environment(**pair.settings | {"database_url": pair.postgres.new_database()})
    nodes = [
        ForkedProcess(["migrate"], settings, pair.folder / f"migrate-{number}.log")
        for number in range(10)
    ]
    codes = [node.wait(timeout=60) for node in nodes]
    said = [(pair.folder / f"migrate-{number}.log").read_text() for number in range(10)]
    assert (codes, said) == ([0] * 10, ["PostgreSQL is up to date\n"] * 10)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("redis_url", "needs DIBS_REDIS_URL"),
        ("database_url", "needs DIBS_DATABASE_URL"),
        ("secret_key", "DIBS_SECRET_KEY must be set"),
    ],
)
def test_half_of_a_production_mode_is_refused(pair: Stack, missing: str, said: str) -> None:
    settings = {name: value for name, value in pair.settings.items() if name != missing}
    refused = dibs("serve", "--port", "0", **settings)
    (line,) = refused.complained
    assert (refused.code, refused.said) == (1, [])
    assert said in line
