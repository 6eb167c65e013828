"""The state of a slot as viewers see it, from the claims on its time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dibs.holds.store import Hold
from dibs.ledger.boards import Busy
from dibs.live.board import SlotState
from tests.unit.live.scenes import (
    CLASS,
    HALF_HOUR,
    STUDIO,
    WORKSHOP,
    at,
    board,
    busy,
    hold,
    offered_slot,
)


def test_a_slot_with_nothing_on_its_time_is_free() -> None:
    seen = board(hold("09:30"), busy("10:30")).state_of(offered_slot("10:00"), HALF_HOUR)
    assert (seen.state, seen.claims, seen.seats) == ("free", (), 1)


@pytest.mark.parametrize(
    ("claim", "state"),
    [
        (hold("10:00"), "held"),
        (busy("10:00", "pending"), "pending"),
        (busy("10:00", "taken"), "taken"),
    ],
)
def test_a_claim_on_exactly_the_slot_is_its_state(claim: Hold | Busy, state: SlotState) -> None:
    seen = board(claim).state_of(offered_slot("10:00"), HALF_HOUR)
    assert (seen.state, seen.claims) == (state, (claim.claim,))


@pytest.mark.parametrize(
    ("claim", "state"),
    [
        (hold("10:15"), "held"),
        (busy("09:45", "pending"), "pending"),
        (busy("10:15", "taken", CLASS), "taken"),
        (hold("10:00", service=CLASS), "held"),
    ],
)
def test_an_overlapping_claim_leaves_no_seat(claim: Hold | Busy, state: SlotState) -> None:
    seen = board(claim).state_of(offered_slot("10:00"), HALF_HOUR)
    assert (seen.state, seen.seats) == (state, 0)


def test_of_several_claims_the_strongest_shows_and_all_are_named() -> None:
    seen = board(
        hold("09:45", claim="a"), busy("10:15", "taken", claim="b"), busy("10:00", "pending", CLASS)
    ).state_of(offered_slot("10:00"), HALF_HOUR)
    assert seen.state == "taken"
    assert {"a", "b"} < set(seen.claims)
    assert len(seen.claims) == 3


@pytest.mark.parametrize(
    ("start", "state"),
    [("09:20", "free"), ("09:21", "taken"), ("10:59", "taken"), ("11:00", "free")],
)
def test_a_session_is_blocked_by_what_is_within_its_buffers(start: str, state: SlotState) -> None:
    claimed = board(busy("10:20"))  # until 10:50; the session needs 10 minutes before, 60 after
    assert claimed.state_of(offered_slot(start, STUDIO), STUDIO).state == state


def test_the_buffers_of_a_session_block_others() -> None:
    session = board(busy("10:30", service=STUDIO))  # guards 10:20 to 11:30
    states = {
        clock: session.state_of(offered_slot(clock), HALF_HOUR).state
        for clock in ("09:50", "10:00", "11:00", "11:29", "11:30")
    }
    assert states == {
        "09:50": "free",
        "10:00": "taken",
        "11:00": "taken",
        "11:29": "taken",
        "11:30": "free",
    }


@pytest.mark.scenario(2)
def test_ones_own_holds_and_checkouts_block_nothing() -> None:
    mine = board(hold("10:00", "ann"), busy("11:00", "pending", visitor="ann"))
    for clock in ("10:00", "11:00"):
        assert mine.state_of(offered_slot(clock), HALF_HOUR, without="ann").state == "free"
        assert mine.state_of(offered_slot(clock), HALF_HOUR, without="bob").state != "free"
        assert mine.state_of(offered_slot(clock), HALF_HOUR).state != "free"


def test_ones_own_booking_blocks_oneself_too() -> None:
    booked = board(busy("10:00", "taken", visitor="ann"))
    assert booked.state_of(offered_slot("10:00"), HALF_HOUR, without="ann").state == "taken"


def test_a_claim_of_nobody_in_particular_is_nobodys_own() -> None:
    booked = board(busy("10:00", "pending", visitor=None))
    assert booked.state_of(offered_slot("10:00"), HALF_HOUR, without=None).state == "pending"


@pytest.mark.parametrize(
    ("claims", "state", "seats"),
    [
        (["taken", "taken"], "free", 1),
        (["taken", "pending"], "free", 1),
        (["taken", "held"], "free", 2),
        (["taken", "pending", "held"], "held", 1),
        (["taken", "held", "held"], "held", 2),
        (["held", "held", "held"], "held", 3),
        (["taken", "taken", "taken"], "taken", 0),
        (["taken", "taken", "pending"], "pending", 0),
        (["taken", "taken", "taken", "held"], "taken", 0),
    ],
)
def test_a_class_of_three_is_full_when_its_seats_are_claimed(
    claims: list[str], state: SlotState, seats: int
) -> None:
    makers: dict[str, Callable[[], Hold | Busy]] = {
        "held": lambda: hold("10:00", service=CLASS),
        "pending": lambda: busy("10:00", "pending", CLASS),
        "taken": lambda: busy("10:00", "taken", CLASS),
    }
    seen = board(*(makers[claim]() for claim in claims)).state_of(
        offered_slot("10:00", CLASS), CLASS
    )
    assert (seen.state, seen.seats) == (state, seats)


def test_a_full_class_is_free_for_one_who_holds_a_seat_in_it() -> None:
    full = board(*(hold("10:00", visitor, CLASS) for visitor in ("ann", "bob", "cem")))
    assert full.state_of(offered_slot("10:00", CLASS), CLASS, without="ann").state == "free"
    assert full.state_of(offered_slot("10:00", CLASS), CLASS, without="dee").state == "held"


@pytest.mark.parametrize("claim", [hold("10:30"), hold("10:00", service=WORKSHOP)])
def test_another_service_on_its_time_closes_a_class_however_many_seats_are_left(
    claim: Hold,
) -> None:
    for view in (board(claim), board(claim, busy("10:00", "taken", CLASS))):
        seen = view.state_of(offered_slot("10:00", CLASS), CLASS)
        assert (seen.state, seen.seats) == ("held", 0)


def test_every_slot_of_the_day_is_seen_and_counted_once() -> None:
    day = board(hold("10:00"))
    slots = day.slots(HALF_HOUR)
    assert [seen.slot.starts_at for seen in slots][:3] == [at("09:00"), at("09:30"), at("10:00")]
    assert len(slots) == 16
    assert [seen.slot.starts_at for seen in slots if seen.state != "free"] == [at("10:00")]
    assert day.slots(HALF_HOUR) is slots


@pytest.mark.scenario(15)
def test_of_an_unknown_board_nothing_is_told() -> None:
    unknown = board(hold("10:00"), busy("11:00"), degraded=["unknown"])
    assert (unknown.slots(HALF_HOUR), unknown.claims, unknown.open) == ((), (), ())
