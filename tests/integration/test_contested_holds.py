"""Nobody else can take a held time, and a request for anyone gets a resource that is free."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any

import httpx2
import pytest

from tests.support.answers import refusal_of
from tests.support.days import at, wire
from tests.support.server import Server
from tests.support.visitor import Visitor

Visitors = Callable[[Server, int], list[Visitor]]


# --- against others


@pytest.mark.scenario(4)
def test_a_second_visitor_is_refused_and_the_first_keeps_it(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    hold = ann.hold(at("10:00", day)).json()
    assert refusal_of(bob.hold(at("10:00", day))) == (409, "slot_held")
    assert bob.slots(day=day, resource=1)["10:00"]["claims"] == [hold["claim"]]
    assert ann.prolong(hold, 60).status_code == 200


@pytest.mark.scenario(4)
def test_an_overlapping_time_is_refused_as_well(ann: Visitor, bob: Visitor, day: date) -> None:
    ann.hold(at("10:30", day))
    assert refusal_of(bob.hold(at("10:00", day), service=2)) == (409, "slot_held")
    assert bob.hold(at("11:00", day), service=2).status_code == 201


@pytest.mark.scenario(4)
def test_twenty_at_once_are_all_refused(
    shared: Server, ann: Visitor, visitors: Visitors, day: date
) -> None:
    hold = ann.hold(at("10:00", day)).json()
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda each: refusal_of(each.hold(at("10:00", day))), visitors(shared, 20))
        )
    assert answers == [(409, "slot_held")] * 20
    assert ann.slots(day=day, resource=1)["10:00"]["claims"] == [hold["claim"]]


@pytest.mark.scenario(4)
def test_of_twenty_at_once_one_gets_a_free_slot(
    shared: Server, visitors: Visitors, day: date
) -> None:
    with ThreadPoolExecutor(20) as pool:
        statuses = list(
            pool.map(lambda each: each.hold(at("10:00", day)).status_code, visitors(shared, 20))
        )
    assert sorted(statuses) == [201] + [409] * 19


def test_a_refusal_offers_the_nearest_free_times(ann: Visitor, bob: Visitor, day: date) -> None:
    ann.hold(at("10:00", day))
    offered = bob.hold(at("10:00", day)).json()["alternatives"]
    starts = [each["starts_at"] for each in offered]
    assert len(starts) == 3
    assert {wire(at(clock, day)) for clock in ("09:30", "10:30")} <= set(starts)
    assert bob.hold(datetime.fromisoformat(starts[0])).status_code == 201


@pytest.mark.scenario(5)
@pytest.mark.parametrize("act", ["release", "prolong", "move"])
def test_to_others_a_hold_is_as_if_there_were_none(
    ann: Visitor, bob: Visitor, day: date, act: str
) -> None:
    def attempt(hold: dict[str, Any]) -> httpx2.Response:
        if act == "release":
            return bob.release(hold)
        if act == "prolong":
            return bob.prolong(hold, 1)
        return bob.move(hold, at("12:00", day))

    hold = ann.hold(at("10:00", day)).json()
    missing = hold | {"id": hold["id"].replace("1-1-", "1-1-1")}
    foreign = attempt(hold)
    assert refusal_of(foreign) == (404, "not_found")
    assert foreign.json() == attempt(missing).json()
    assert bob.slots(day=day, resource=1)["10:00"]["claims"] == [hold["claim"]]


@pytest.mark.scenario(5)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_without_a_secret_no_hold_can_be_touched(
    shared: Server, ann: Visitor, day: date, method: str
) -> None:
    hold = ann.hold(at("10:00", day)).json()
    body = {"ttl": 1} if method == "PATCH" else None
    answer = shared.http.request(method, f"/api/v1/holds/{hold['id']}", json=body)
    assert answer.status_code == 404
    assert ann.prolong(hold, 60).status_code == 200


@pytest.mark.scenario(5)
def test_others_can_neither_book_nor_check_out_a_held_slot(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    hold = ann.hold(at("10:00", day)).json()
    assert refusal_of(bob.book(at("10:00", day))) == (409, "slot_held")
    assert refusal_of(bob.check_out(at("10:00", day))) == (409, "slot_held")
    assert refusal_of(bob.check_out(hold=hold)) == (409, "slot_held")
    assert ann.book(at("10:00", day)).status_code == 201


# --- anyone


def test_for_anyone_the_one_with_the_least_to_do_is_chosen(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    bob.book(at("15:00", day), resource=1)
    assert ann.hold(at("10:00", day), resource=None).json()["resource_id"] == 2


def test_for_anyone_with_all_equal_the_first_is_chosen(ann: Visitor, day: date) -> None:
    assert ann.hold(at("10:00", day), resource=None).json()["resource_id"] == 1


def test_for_anyone_only_a_free_one_is_chosen(shared: Server, ann: Visitor, day: date) -> None:
    second, third = shared.visitor(), shared.visitor()
    for clock in ("10:30", "11:00", "11:30"):
        third.book(at(clock, day), resource=2)
    ann.hold(at("10:00", day), resource=1)
    assert second.hold(at("10:00", day), resource=None).json()["resource_id"] == 2
    assert refusal_of(third.hold(at("10:00", day), resource=None)) == (409, "slot_held")


def test_for_anyone_ones_own_hold_is_kept(ann: Visitor, bob: Visitor, day: date) -> None:
    bob.book(at("15:00", day), resource=2)
    bob.book(at("16:00", day), resource=2)
    hold = ann.hold(at("10:00", day), resource=None).json()
    bob.book(at("09:00", day), resource=1)
    bob.book(at("12:00", day), resource=1)
    bob.book(at("14:00", day), resource=1)
    again = ann.hold(at("10:00", day), resource=None).json()
    assert (again["resource_id"], again["claim"]) == (hold["resource_id"], hold["claim"])


def test_for_anyone_only_those_who_work_then_are_asked(ann: Visitor, day: date) -> None:
    assert ann.hold(at("09:00", day), resource=None).json()["resource_id"] == 1
    assert ann.hold(at("17:30", day), resource=None).json()["resource_id"] == 2


def test_what_is_offered_instead_can_be_had(ann: Visitor, day: date) -> None:
    refusal = ann.hold(at("10:00", day), resource=6, service=1)
    assert refusal_of(refusal) == (409, "slot_closed")
    for other in refusal.json()["alternatives"]:
        slot_request = {"service_id": 1, "resource_id": other["resource_id"]}
        body = slot_request | {"starts_at": other["starts_at"]}
        assert ann.http.post("/api/v1/holds", json=body).status_code == 201
