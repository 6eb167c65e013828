"""What was true when: the measure of everything that is shown."""

from __future__ import annotations

from dibs.live.board import STRENGTH, Board, SlotState
from tests.interleaving.servers import HoldServer, LedgerServer
from tests.interleaving.topology import ON, PLACES, Place
from tests.interleaving.virtual_loop import VirtualLoop

#: Clocks have microseconds.
ROUNDING = 2e-6


class Violation(Exception):
    """Something was shown that must not be, or was not that must be."""


class Oracle:
    """Per place, which claims were on it from which moment on; none: it was free.

    A claim is over when its server ends it, not when its time is: nobody can know better.
    """

    def __init__(self, loop: VirtualLoop, holds: HoldServer, ledger: LedgerServer) -> None:
        self._loop = loop
        self._holds = holds
        self._ledger = ledger
        self._history: dict[Place, list[tuple[float, frozenset[SlotState]]]] = {
            place: [(0.0, frozenset())] for place in PLACES
        }

    def note(self) -> bool:
        """A server has done something; whether that changed what is true."""
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
        """In which position of its history, from this one on, the place was first seen to be so
        at a moment since then."""
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
        """When the older of the two parts was read at its server."""
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
    """The strongest claim on each place of the board."""
    states: dict[Place, SlotState] = dict.fromkeys(ON[board.key], "free")
    for place in states:
        for claim in board.claims:
            if (
                claim.guarded == place.slot.guarded
                and STRENGTH[claim.state] > STRENGTH[states[place]]
            ):
                states[place] = claim.state
    return states
