"""A board as AppointEase clients read it: lists of local times "HH:MM"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from dibs.appointease.day import closed_times
from dibs.appointease.grid import claims_on, grid_of

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.live.board import Board, SlotState

#: Under this a board keeps its renderings.
POLLS = "appointease polls"
#: What is told of a board that there is not.
NO_LISTS = b'{"active_selections":[],"booked_slots":[],"locked_slots":[]'


@dataclass(frozen=True)
class Polls:
    """A board's renderings of one minute by claimant; None: everybody else.

    What is closed changes by the minute: hours, notice and the grid are whole minutes.
    """

    minute: datetime
    closed: frozenset[str]
    renderings: dict[str | None, bytes] = field(default_factory=dict)


def poll_lists(board: Board, visitor: str | None, now: datetime) -> bytes:
    """The answer to a poll up to its timestamp.

    Each list has every grid slot that is overlapped, once, in order; a slot is in the list of its
    strongest claim. The caller's own holds and checkouts are in none, nor is the start of a class
    that has seats. Clients draw all times of the business for each employee and grey out what is
    booked, so closed times count as booked. All callers who hold nothing share one rendering.
    """
    caller = visitor if visitor in board.claimants else None
    minute = now.replace(second=0, microsecond=0)
    polls: Polls | None = board.derived.get(POLLS)
    if polls is None or polls.minute != minute:
        polls = board.derived[POLLS] = Polls(minute, closed_times(board, now))
    lists = polls.renderings.get(caller)
    if lists is None:
        lists = polls.renderings[caller] = _render(board, caller, polls.closed)
    return lists


def _render(board: Board, caller: str | None, closed: frozenset[str]) -> bytes:
    found: dict[SlotState, list[str]] = {"held": [], "taken": [], "pending": []}
    claimed = set()
    for time, slot in grid_of(board):
        claims = claims_on(board, slot)
        if claims:
            claimed.add(time)
        states = {
            claim.state
            for claim in claims
            if claim.state == "taken" or caller is None or claim.visitor != caller
        }
        for state in ("taken", "pending", "held"):
            if state in states:
                found[state].append(time)
                break
    body = {
        "active_selections": found["held"],
        "booked_slots": sorted({*found["taken"], *(closed - claimed)}),
        "locked_slots": found["pending"],
    }
    return orjson.dumps(body)[:-1]
