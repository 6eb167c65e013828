"""The three lists of an AppointEase poll."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from dibs.appointease.poll_lists import POLLS, poll_lists
from dibs.live.board import Board
from tests.unit.live.scenes import CLASS, NOW, STUDIO, board, busy, hold

NONE: list[str] = []


def lists(view: Board, visitor: str | None = None) -> tuple[Any, Any, Any]:
    """Return the selected, the booked and the locked times."""
    found = orjson.loads(poll_lists(view, visitor, NOW) + b"}")
    assert list(found) == ["active_selections", "booked_slots", "locked_slots"]
    return found["active_selections"], found["booked_slots"], found["locked_slots"]


def test_each_state_has_its_list() -> None:
    view = board(hold("10:00"), busy("11:00"), busy("12:00", "pending"))
    assert lists(view) == (["10:00"], ["11:00"], ["12:00"])


def test_an_empty_board_has_empty_lists() -> None:
    assert lists(board()) == (NONE, NONE, NONE)


@pytest.mark.parametrize("seed", range(5))
def test_each_list_is_sorted_and_has_each_time_once(seed: int) -> None:
    claims = [hold("10:00", service=CLASS) for _ in range(3)]
    claims += [hold(f"{hour}:30") for hour in ("11", "12", "14")]
    rows = [busy("15:00", "taken", CLASS) for _ in range(3)] + [busy("09:00")]
    random.Random(seed).shuffle(claims)
    random.Random(seed).shuffle(rows)
    assert lists(board(*claims, *rows)) == (
        ["10:00", "10:30", "11:30", "12:30", "14:30"],
        ["09:00", "15:00", "15:30"],
        NONE,
    )


def test_every_grid_slot_that_is_overlapped_is_listed() -> None:
    off_grid = board(busy("10:15"))
    assert lists(off_grid) == (NONE, ["10:00", "10:30"], NONE)
    with_buffers = board(hold("11:00", service=STUDIO))  # 10:50 to 12:00
    assert lists(with_buffers) == (["10:30", "11:00", "11:30"], NONE, NONE)


def test_the_start_of_a_class_that_has_seats_is_in_no_list() -> None:
    two = [busy("10:00", "taken", CLASS), busy("10:00", "pending", CLASS)]
    assert lists(board(*two)) == (NONE, ["10:30"], NONE)
    assert lists(board(*two, hold("10:00"))) == (["10:00"], ["10:30"], NONE)
    assert lists(board(*two, busy("09:30"))) == (NONE, ["09:30", "10:30"], NONE)
    assert lists(board(*two, busy("10:00", "taken", CLASS))) == (NONE, ["10:00", "10:30"], NONE)


def test_a_time_outside_the_grid_is_in_no_list() -> None:
    assert lists(board(busy("08:00"))) == (NONE, NONE, NONE)


def test_a_slot_is_only_in_the_list_of_its_strongest_claim() -> None:
    view = board(
        hold("10:00"),
        busy("10:15", "pending"),
        busy("10:45"),
        hold("10:30"),
        hold("11:30"),
    )
    assert lists(view) == (["11:30"], ["10:30", "11:00"], ["10:00"])


@pytest.mark.scenario(2)
def test_ones_own_holds_and_checkouts_are_in_no_list() -> None:
    view = board(
        hold("10:00", "ann"), busy("11:00", "pending", visitor="ann"), hold("12:00", "bob")
    )
    assert lists(view, "ann") == (["12:00"], NONE, NONE)
    assert lists(view, "bob") == (["10:00"], NONE, ["11:00"])
    assert lists(view) == (["10:00", "12:00"], NONE, ["11:00"])


def test_anothers_claim_on_ones_own_time_is_listed() -> None:
    view = board(hold("10:00", "ann", CLASS), hold("10:00", "bob", CLASS))
    assert lists(view, "ann")[0] == ["10:00", "10:30"]


def test_ones_own_booking_is_listed_as_booked() -> None:
    assert lists(board(busy("10:00", visitor="ann")), "ann") == (NONE, ["10:00"], NONE)
    view = board(hold("11:00", "ann"), busy("10:00", visitor="ann"))
    assert lists(view, "ann") == (NONE, ["10:00"], NONE)


@pytest.mark.scenario(21)
def test_no_visitor_is_listed() -> None:
    assert b"ann" not in poll_lists(board(hold("10:00", "ann")), None, NOW)


def test_all_who_claim_nothing_share_one_rendering() -> None:
    view = board(hold("10:00", "ann"), busy("11:00", visitor="dee"))
    shared = poll_lists(view, None, NOW)
    assert all(poll_lists(view, visitor, NOW) is shared for visitor in ("bob", "cem", "dee", None))
    assert poll_lists(view, "ann", NOW) is poll_lists(view, "ann", NOW)
    assert poll_lists(view, "ann", NOW) is not shared


def test_strangers_leave_nothing_behind() -> None:
    view = board(hold("10:00", "ann"))
    for number in range(100):
        poll_lists(view, f"stranger {number}", NOW)
    assert view.derived[POLLS].renderings.keys() == {None}
