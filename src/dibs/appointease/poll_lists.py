"""A board as AppointEase clients read it: lists of local times "HH:MM"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from dibs.appointease.grid import claims_on, grid_of

if TYPE_CHECKING:
    from dibs.live.board import Board, SlotState

#: Under this a board keeps its renderings by claimant; None: everybody else.
POLLS = "appointease polls"
#: What is told of a board that there is not.
NO_LISTS = b'{"active_selections":[],"booked_slots":[],"locked_slots":[]'


def poll_lists(board: Board, visitor: str | None) -> bytes:
    """The answer to a poll up to its timestamp.

    Each list has every grid slot that is overlapped, once, in order; a slot is in the list of its
    strongest claim. The caller's own holds and checkouts are in none, nor is the start of a class
    that has seats. All callers who hold nothing share one rendering.
    """
    caller = visitor if visitor in board.claimants else None
    renderings: dict[str | None, bytes] = board.derived.setdefault(POLLS, {})
    lists = renderings.get(caller)
    if lists is None:
        lists = renderings[caller] = _render(board, caller)
    return lists


def _render(board: Board, caller: str | None) -> bytes:
    found: dict[SlotState, list[str]] = {"held": [], "taken": [], "pending": []}
    for time, slot in grid_of(board):
        states = {
            claim.state
            for claim in claims_on(board, slot)
            if claim.state == "taken" or caller is None or claim.visitor != caller
        }
        for state in ("taken", "pending", "held"):
            if state in states:
                found[state].append(time)
                break
    body = {
        "active_selections": found["held"],
        "booked_slots": found["taken"],
        "locked_slots": found["pending"],
    }
    return orjson.dumps(body)[:-1]
