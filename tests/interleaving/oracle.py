"""The true states over time, with which everything that is shown is compared."""

from __future__ import annotations

from dibs.live.board import STRENGTH, Board, SlotState
from tests.interleaving.servers import HoldServer, LedgerServer
from tests.interleaving.topology import ON, PLACES, Place
from tests.interleaving.virtual_loop import VirtualLoop

#: Seconds. Clocks only have microseconds.
ROUNDING = 2e-6


class Violation(Exception):
    """Something was shown that must not be, or was not that must be."""


class Oracle:
    """For each place, the history of its claims and when each state began. No claims means free.

    A claim ends when its server ends it, and not at its deadline: nobody can know earlier.
    """

    def __init__(self, loop: VirtualLoop, holds: HoldServer, ledger: LedgerServer) -> None:
        self._loop = loop
        self._holds = holds
        self._ledger = ledger
        self._history: dict[Place, list[tuple[float, frozenset[SlotState]]]] = {
            place: [(0.0, frozenset())] for place in PLACES
        }

    def note(self) -> bool:
        """Record the state after a server has acted. Returns whether it has changed."""
        changed = False
        for place, history in self._history.items():
            claims = self._claims(place)
            if history[-1][1] != claims:
                history.append((self._loop.time(), claims))
                changed = True
        return changed

    def _claims(self, place: Place) -> frozenset[SlotState]:
        claims: list[SlotState] = ["held"] if self._holds.is_held(place) else []
        row = self._ledger.at(place)
        if row is not None:
            claims.append(row.state)
        return frozenset(claims)

    def find_moment(
        self, place: Place, state: SlotState, since: float, position: int = 0
    ) -> int | None:
        """Return the first position in the history, from `position` on, at which the place had this
        state at any time after `since`. Returns None if there is none."""
        history = self._history[place]
        for index in range(position, len(history)):
            ended = history[index + 1][0] if index + 1 < len(history) else float("inf")
            if ended >= since - ROUNDING:
                claims = history[index][1]
                if state in claims or (state == "free" and not claims):
                    return index
        return None

    def is_so(self, place: Place, state: SlotState) -> bool:
        return state in self._history[place][-1][1]

    def older_read(self, board: Board) -> float:
        """Return when the older of the board's two halves was read at its server."""
        ledger = self._ledger.clock.moment(board.ledger.now)
        return (
            ledger
            if board.holds is None
            else min(ledger, self._holds.clock.moment(board.holds.now))
        )

    def describe_history(self, place: Place) -> str:
        return ", ".join(
            f"{'+'.join(sorted(claims)) or 'free'} from {at:.3f}"
            for at, claims in self._history[place]
        )


def states_of_board(board: Board) -> dict[Place, SlotState]:
    """Return the state of each place on the board, by its strongest claim."""
    states: dict[Place, SlotState] = dict.fromkeys(ON[board.key], "free")
    for place in states:
        for claim in board.claims:
            if (
                claim.guarded == place.slot.guarded
                and STRENGTH[claim.state] > STRENGTH[states[place]]
            ):
                states[place] = claim.state
    return states
