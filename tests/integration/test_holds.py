"""A hold: a visitor's short claim on a time."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.answers import deadline, refusal_of, states
from tests.support.days import at, wire
from tests.support.server import Server
from tests.support.visitor import Visitor
from tests.support.waiting import until

# --- the visitor's own hold


@pytest.mark.scenario(2)
def test_holding_the_same_slot_again_is_the_same_hold(ann: Visitor, day: date) -> None:
    first = ann.hold(at("10:00", day)).json()
    again = ann.hold(at("10:00", day))
    assert again.status_code == 201
    assert (again.json()["id"], again.json()["claim"]) == (first["id"], first["claim"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "application/json; charset=utf-8"},
        {"Content-Type": "application/json", "Idempotency-Key": "a key of a hold"},
    ],
    ids=["usual", "charset", "key"],
)
def test_every_way_of_asking_gives_the_same_hold(
    ann: Visitor, day: date, headers: dict[str, str]
) -> None:
    first = ann.hold(at("10:00", day))
    asked = {"service_id": 1, "resource_id": 1, "starts_at": wire(at("10:00", day))}
    answer = ann.http.post("/api/v1/holds", content=json.dumps(asked), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
    assert answer.json().keys() == first.json().keys()
    assert answer.json()["claim"] == first.json()["claim"]


@pytest.mark.scenario(2)
def test_ones_own_hold_shows_under_ones_own_claim_also_after_a_reload(
    shared: Server, ann: Visitor, day: date
) -> None:
    hold = ann.hold(at("10:00", day)).json()
    reloaded = shared.visitor()
    reloaded.http.headers["Authorization"] = f"Bearer {ann.secret}"
    slot = reloaded.slots(day=day, resource=1)["10:00"]
    assert (slot["state"], slot["claims"]) == ("held", [hold["claim"]])
    assert reloaded.hold(at("10:00", day), seq=99).json()["claim"] == hold["claim"]


@pytest.mark.scenario(2)
def test_ones_own_hold_does_not_block_ones_own_booking(ann: Visitor, day: date) -> None:
    ann.hold(at("10:00", day))
    assert ann.book(at("10:00", day)).status_code == 201


@pytest.mark.scenario(2)
def test_ones_own_hold_does_not_block_another_service_over_it(ann: Visitor, day: date) -> None:
    ann.hold(at("10:30", day))
    assert ann.hold(at("10:00", day), service=2).status_code == 201


@pytest.mark.scenario(35)
def test_a_new_hold_releases_the_older_one_on_another_board(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    ann.hold(at("10:00", day), resource=1)
    ann.hold(at("11:00", day), resource=2)
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "free"
    assert bob.slots(day=day, resource=2)["11:00"]["state"] == "held"


@pytest.mark.scenario(35)
def test_a_new_hold_moves_the_older_one_on_the_same_board(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    ann.hold(at("10:00", day))
    ann.hold(at("11:00", day))
    slots = bob.slots(day=day, resource=1)
    assert (slots["10:00"]["state"], slots["11:00"]["state"]) == ("free", "held")


def test_holds_for_two_services_live_side_by_side(ann: Visitor, bob: Visitor, day: date) -> None:
    ann.hold(at("10:00", day), service=1, resource=1)
    ann.hold(at("10:00", day), service=2, resource=2)
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "held"
    assert bob.slots(service=2, day=day, resource=2)["10:00"]["state"] == "held"


def test_a_late_request_of_ones_own_does_not_undo_a_newer_one(ann: Visitor, day: date) -> None:
    assert ann.hold(at("11:00", day), seq=8).status_code == 201
    assert refusal_of(ann.hold(at("10:00", day), seq=7)) == (409, "superseded")
    assert ann.slots(day=day, resource=1)["11:00"]["state"] == "held"


def test_a_visitor_without_a_secret_is_given_one(shared: Server, day: date) -> None:
    slot_request = {"service_id": 1, "starts_at": wire(at("10:00", day)), "resource_id": 1}
    hold = shared.http.post("/api/v1/holds", json=slot_request).json()
    kept = shared.http.patch(
        f"/api/v1/holds/{hold['id']}",
        json={"ttl": 60},
        headers={"Authorization": f"Bearer {hold['visitor']}"},
    )
    assert kept.status_code == 200
    assert "visitor" not in kept.json()


# --- moving, releasing, prolonging


def test_a_move_frees_the_old_time(ann: Visitor, bob: Visitor, day: date) -> None:
    hold = ann.hold(at("10:00", day)).json()
    moved = ann.move(hold, at("11:00", day))
    assert moved.status_code == 200
    assert moved.json()["starts_at"] == wire(at("11:00", day))
    assert bob.hold(at("10:00", day)).status_code == 201
    assert refusal_of(bob.hold(at("11:00", day))) == (409, "slot_held")


def test_a_move_to_another_resource_frees_the_old_time(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    hold = ann.hold(at("10:00", day), resource=1).json()
    assert ann.move(hold, at("10:00", day), resource=2).json()["resource_id"] == 2
    assert bob.hold(at("10:00", day), resource=1).status_code == 201


@pytest.mark.parametrize("resource", [1, 2])
def test_a_move_that_is_refused_keeps_the_old_time(
    shared: Server, ann: Visitor, bob: Visitor, day: date, resource: int
) -> None:
    bob.hold(at("11:00", day), resource=resource)
    hold = ann.hold(at("10:00", day), resource=1).json()
    assert refusal_of(ann.move(hold, at("11:00", day), resource=resource)) == (409, "slot_held")
    assert refusal_of(shared.visitor().hold(at("10:00", day))) == (409, "slot_held")
    assert ann.prolong(hold, 60).json()["claim"] == hold["claim"]


def test_a_released_slot_is_free_at_once(ann: Visitor, bob: Visitor, day: date) -> None:
    hold = ann.hold(at("10:00", day)).json()
    assert ann.release(hold).status_code == 204
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "free"
    assert bob.hold(at("10:00", day)).status_code == 201
    assert ann.release(hold).status_code == 404


@pytest.mark.scenario(6)
def test_prolonging_sets_the_deadline_later_or_earlier(ann: Visitor, day: date) -> None:
    hold = ann.hold(at("10:00", day)).json()
    for seconds in (300, 20):
        before = datetime.now(UTC)
        kept = ann.prolong(hold, seconds).json()
        after = datetime.now(UTC)
        lease = timedelta(seconds=seconds)
        wiggle = timedelta(milliseconds=1)  # the wire has whole milliseconds
        assert before + lease - wiggle <= deadline(kept) <= after + lease
        assert kept["claim"] == hold["claim"]


def test_no_hold_lives_longer_than_ten_minutes_in_all(ann: Visitor, day: date) -> None:
    made = datetime.now(UTC)
    hold = ann.hold(at("10:00", day)).json()
    kept = ann.prolong(hold, 3600).json()
    assert deadline(kept) < made + timedelta(minutes=10, seconds=15)
    assert deadline(ann.prolong(hold, 3600).json()) == deadline(kept)


def test_prolonging_shows_nothing_new_to_viewers(ann: Visitor, bob: Visitor, day: date) -> None:
    hold = ann.hold(at("10:00", day)).json()
    before = bob.board(1, day)["revision"]
    ann.prolong(hold, 30)
    assert bob.board(1, day)["revision"] == before


def test_an_expired_hold_is_gone_for_everyone_without_anybody_writing(
    brief: Server, day: date
) -> None:
    ann, bob = brief.visitor(), brief.visitor()
    hold = ann.hold(at("10:00", day)).json()

    def find_free_board() -> dict[str, Any] | None:
        board = bob.board(1, day)
        return None if board["busy"] else board

    until(find_free_board, "the hold has left the board")
    # The hold store uses the clock of this machine. The clock that Dibs shows may be some
    # milliseconds behind.
    assert datetime.now(UTC) >= deadline(hold) - timedelta(milliseconds=1)
    assert bob.slots(day=day, resource=1)["10:00"]["state"] == "free"
    assert ann.prolong(hold, 60).status_code == 404
    assert bob.hold(at("10:00", day)).status_code == 201


@pytest.mark.scenario(1)
def test_a_hold_that_is_prolonged_outlives_its_first_deadline_without_a_flicker(
    brief: Server, day: date
) -> None:
    ann, bob = brief.visitor(), brief.visitor()
    hold = ann.hold(at("10:00", day)).json()
    seen = {bob.board(1, day)["revision"]}

    def has_outlived() -> bool:
        assert ann.prolong(hold, 2).status_code == 200
        board = bob.board(1, day)
        seen.add(board["revision"])
        return datetime.fromisoformat(board["server_time"]) > deadline(hold) + timedelta(seconds=1)

    until(has_outlived, "twice its first time has passed", every=0.2)
    assert len(seen) == 1


# --- a time on two boards


def test_a_time_that_crosses_midnight_is_on_the_boards_of_both_days(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    night, morrow = at("23:00", day), day + timedelta(days=1)
    hold = ann.hold(night, resource=6, service=6).json()
    assert hold["ends_at"] == wire(at("00:30", morrow))
    for each in (day, morrow):
        assert [claim["claim"] for claim in bob.board(6, each)["busy"]] == [hold["claim"]]
    assert refusal_of(bob.hold(at("00:00", morrow), resource=6, service=6)) == (409, "slot_held")
    assert bob.hold(at("00:30", morrow), resource=6, service=6).status_code == 201
    ann.release(hold)
    assert bob.board(6, day)["busy"] == []
    assert len(bob.board(6, morrow)["busy"]) == 1


def test_a_booking_that_crosses_midnight_is_on_the_boards_of_both_days(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    morrow = day + timedelta(days=1)
    booking = ann.book(at("23:00", day), resource=6, service=6).json()
    for each in (day, morrow):
        assert states(bob.board(6, each)) == ["taken"]
    assert refusal_of(bob.book(at("00:00", morrow), resource=6, service=6)) == (409, "slot_taken")
    ann.cancel(booking)
    for each in (day, morrow):
        assert bob.board(6, each)["busy"] == []


def test_going_back_from_a_checkout_across_midnight_frees_both_days(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    morrow = day + timedelta(days=1)
    assert ann.check_out(at("23:00", day), resource=6, service=6).status_code == 201
    assert states(bob.board(6, morrow)) == ["pending"]
    assert ann.hold(at("22:30", day), resource=6, service=6).status_code == 201
    assert states(bob.board(6, morrow)) == []
    assert bob.hold(at("00:00", morrow), resource=6, service=6).status_code == 201


def test_a_hold_that_was_shortened_is_gone_at_its_deadline_for_overlapping_times_too(
    ann: Visitor, bob: Visitor, day: date
) -> None:
    hold = ann.hold(at("14:00", day), service=2).json()
    assert states(bob.board(1, day)) == ["held"]
    ann.prolong(hold, 1)
    until(lambda: bob.hold(at("14:30", day)).status_code == 201, "the time is free")
