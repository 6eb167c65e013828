"""A board as lists of local times "HH:MM", which AppointEase clients read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from dibs.appointease.day import closed_times
from dibs.appointease.grid import claims_on, grid_of

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.live.board import Board, SlotState

#: The key under which a board caches its renderings.
POLLS = "appointease polls"
#: The beginning of an answer with the lists of a board that does not exist.
NO_LISTS = b'{"active_selections":[],"booked_slots":[],"locked_slots":[]'


@dataclass(frozen=True)
class Polls:
    """A board's renderings in one minute, by visitor. The key None has the rendering for all
    visitors without a claim.

    They are kept for one minute only, because which times are closed depends on the minute.
    """

    minute: int
    closed: frozenset[str]
    renderings: dict[str | None, bytes] = field(default_factory=dict)


def poll_lists(board: Board, visitor: str | None, now: datetime) -> bytes:
    """Return the answer to a poll up to its timestamp.

    A grid slot that claims overlap is in one list only: the list of its strongest claim. Each list
    is in the order of time. No list has the caller's own holds and checkouts, or the start of a
    class with seats left. Clients show all times of the business for each employee, and grey out
    booked times. So the list of booked times has the closed times, too. All callers without a claim
    share one rendering.
    """
    caller = visitor if visitor in board.claimants else None
    minute = int(now.timestamp()) // 60
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
