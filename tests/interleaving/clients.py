"""The clients of a run: viewers look at boards, and visitors want times."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from dibs.availability.boards import BoardKey
from dibs.errors import HoldsUnavailable, LedgerUnavailable
from dibs.holds.store import Hold, HoldRequest, Refusal
from dibs.ledger.database import Commit
from dibs.live.board import Board
from dibs.live.hub import GET_TIMEOUT
from tests.interleaving.network import Network
from tests.interleaving.nodes import Node
from tests.interleaving.oracle import ROUNDING, Oracle, Violation, states_of_board
from tests.interleaving.topology import PLACES, Place

PAUSES = (0.0, 0.005, 0.05, 0.2, 0.6)
SHORT = timedelta(seconds=1.2)
LONG = timedelta(seconds=3)
#: Longer than it takes until all nodes know of a commit whose process has died.
FOR_A_WRITE = timedelta(seconds=8)


class Viewer:
    """Follows one board at one node after another, and checks everything that it is shown.

    `board` is the last one shown. For each place the viewer remembers a position in the history of
    the place: older states must not be shown again.
    """

    def __init__(
        self, name: str, key: BoardKey, nodes: list[Node], network: Network, oracle: Oracle
    ) -> None:
        self.name = name
        self.key = key
        self.looking = False
        self._nodes = nodes
        self._node = nodes[0]
        self._network = network
        self._oracle = oracle
        self._positions: dict[Place, int] = {}
        self._board: Board | None = None
        self._follows = False
        self.forgives_until = float("-inf")

    async def look_around(self, until: float) -> None:
        """Look at a node, follow its board for a while, and go on to another node."""
        rng, loop = self._network.rng, self._network.loop
        while loop.time() < until:
            self._node = rng.choice(self._nodes)
            self.looking = True
            self._follows = await self._look(self._node)
            self.looking = False
            await asyncio.sleep(rng.choice(PAUSES) + 0.02)

    async def _look(self, node: Node) -> bool:
        seen = self._board.revision if self._board is not None else None
        asked = self._network.loop.time()
        board = node.hub.get_if_fresh(self.key, seen)
        if board is not None:
            self._see(board, "is served", asked - self._network.schedule.compared_within)
            return True
        try:
            board = await node.hub.get(self.key, seen)
        except LedgerUnavailable:
            self._network.say(self.name, "is told that nothing is known")
            return False
        waited = self._network.loop.time() - asked
        if waited > GET_TIMEOUT + ROUNDING:
            self._report(f"{self.name} waits for {waited} seconds")
        excused = node.ledger.link.failed_at >= asked or waited >= GET_TIMEOUT - ROUNDING
        self._see(board, "looks, and is shown", float("-inf") if excused else asked)
        return True

    def see_published(self) -> None:
        """Look at the board that the node has published, as a stream does at once."""
        if not self._follows or self.looking:
            return
        board = self._node.hub.get_if_fresh(self.key)
        if board is not None and board is not self._board:
            self._see(
                board,
                "is shown",
                self._network.loop.time() - self._network.schedule.compared_within,
            )

    def _see(self, board: Board, how: str, since: float) -> None:
        """Check a shown board: nothing false, nothing too old, nothing from before an earlier
        look."""
        former, self._board = self._board, board
        network = self._network
        states = states_of_board(board)
        if network.steps is not None and board is not former:
            told = ", ".join(f"{place.name} {state}" for place, state in states.items())
            network.say(self.name, how, f"[{told}] at {self._node.name}, {board.revision_text}")
        if network.loop.time() < self.forgives_until:
            self._positions.clear()
            return
        if board.degraded:
            return
        if former and not former.degraded and former.revision.is_ahead_of(board.revision):
            self._report(
                f"{self.name} goes back from {former.revision_text} to {board.revision_text}"
            )
        since = max(since, self._oracle.older_read(board))
        for place, state in states.items():
            seen = self._positions.get(place, 0)
            position = self._oracle.find_moment(place, state, since, seen)
            if position is not None:
                self._positions[place] = position
            else:
                self._report(
                    f"{self.name} is shown {place.name} {state}, which it was at no moment since"
                    f" {since:.4f}, nor after what was seen before (number {seen + 1} of these:"
                    f" {self._oracle.describe_history(place)})"
                )

    def _report(self, what: str) -> None:
        self._network.loop.stop_with(Violation(what))


class Visitor:
    """Acts like the use cases in `dibs.desk`, at one node after another. `hold` is the last hold
    that it got."""

    def __init__(self, name: str, nodes: list[Node], network: Network) -> None:
        self.name = name
        self._nodes = nodes
        self._network = network
        self._rng = network.rng
        self._seq = 0
        self._hold: tuple[Place, Hold] | None = None

    async def act(self, until: float) -> None:
        while self._network.loop.time() < until:
            await asyncio.sleep(self._rng.choice(PAUSES))
            try:
                await self._act_at(self._rng.choice(self._nodes))
            except (HoldsUnavailable, LedgerUnavailable, Crash) as fault:
                self._give_up(fault)

    def _give_up(self, fault: Exception) -> None:
        """Leave after a request without an answer: another visitor takes this one's place."""
        self._network.say(self.name, f"gives up: {fault!r}")
        self.name += "'"
        self._hold = None

    async def _act_at(self, node: Node) -> None:
        self._seq += 1
        luck = self._rng.random()
        rows = [(place, row) for place in PLACES if (row := node.ledger.rows_of(self.name, place))]
        if self._hold is not None and luck < 0.8:
            place, hold = self._hold
            if luck < 0.4:
                await self._claim(node, place, LONG if luck < 0.25 else None)
            elif luck < 0.6:
                await self._prolong(node, place)
            elif luck < 0.7:
                await self._release(node, place, hold)
            else:
                await self._select(node, self._rng.choice(PLACES))
        elif rows and luck < 0.75:
            place, row = self._rng.choice(rows)
            if row == "pending" and luck < 0.3:
                await self._go_back(node, place)
            elif row == "pending" and luck < 0.5:
                await self._write(node, node.ledger.claim(place, self.name, None))
            else:
                await self._write(node, node.ledger.cancel(place, self.name))
        elif luck < 0.85:
            await self._select(node, self._rng.choice(PLACES))
        else:
            await self._claim(node, self._rng.choice(PLACES), None)

    async def _select(self, node: Node, place: Place) -> None:
        for _ in range(3):
            board = await node.hub.get(place.key)
            if any(row.guarded == place.slot.guarded for row in board.ledger.busy):
                return
            request = HoldRequest(
                [place.key],
                place.slot,
                self.name,
                self._rng.choice((SHORT, LONG)),
                {place.key: board.ledger.version},
                self._seq,
            )
            asked = self._network.loop.time()
            hold = await node.desk.hold(request)
            if hold is Refusal.STALE:
                await node.hub.refresh_all([place.key])
            if isinstance(hold, Hold):
                self._check_is_shown(node, place, hold.snapshots[0].version, asked)
                former, self._hold = self._hold, (place, hold)
                if former is not None and former[0].key != place.key:
                    self._may_crash()
                    await self._release(node, *former)
                    self._hold = (place, hold)
            if hold is not Refusal.STALE:
                return

    async def _go_back(self, node: Node, place: Place) -> None:
        """Turn the checkout into a hold of the same time. The time is never free in between."""
        hold = await node.desk.acquire_hold([place.key], place.slot, self.name, LONG)
        if isinstance(hold, Hold):
            self._hold = (place, hold)
            await self._write(node, node.ledger.cancel(place, self.name))

    async def _write(self, node: Node, writing: Awaitable[Commit | None]) -> None:
        commit = await writing
        if commit is not None:
            self._may_crash()
            await node.desk.record_commit(commit)

    def _check_is_shown(self, node: Node, place: Place, version: int, asked: float) -> None:
        """Check that the board of the answering node includes what was answered, if it could be
        read."""
        board = node.hub.get_last(place.key)
        failed_at = max(node.holds.link.failed_at, node.ledger.link.failed_at)
        if board is not None and failed_at < asked and board.revision.holds < version:
            raise Violation(f"{self.name} is answered before {node.name} shows it")

    async def _prolong(self, node: Node, place: Place) -> None:
        ttl = self._rng.choice((SHORT, LONG))
        hold = await node.holds.extend([place.key], place.slot, self.name, ttl=ttl)
        if hold is not None:
            node.hub.note_deadline(hold, ttl)

    async def _release(self, node: Node, place: Place, hold: Hold) -> None:
        self._hold = None
        await node.desk.release_hold([place.key], place.slot, self.name, self._seq)
        self._may_crash()

    async def _claim(self, node: Node, place: Place, lives: timedelta | None) -> None:
        """Check out, or book if `lives` is None: take the time, sweep, commit, settle."""
        hold: Hold | None = None
        try:
            key, slot = place.key, place.slot
            answer = await node.desk.acquire_hold([key], slot, self.name, FOR_A_WRITE)
            if isinstance(answer, Refusal):
                return
            hold = answer
        except HoldsUnavailable:
            if node.holds.is_held(place):
                return  # Not promised: a booking over a hold, without the store that knows of it.
            self._network.say(self.name, "goes on without the hold store")
        self._may_crash()
        if node.ledger.is_overdue(place):
            await node.sweep()
        commit = await node.ledger.claim(place, self.name, lives)
        self._may_crash()
        self._hold = None
        if commit is not None:
            await node.desk.record_commit(commit, hold)
        elif hold is not None:
            await self._release(node, place, hold)

    def _may_crash(self) -> None:
        if self._rng.random() < self._network.schedule.crashing:
            raise Crash


class Crash(Exception):
    """The process died between two steps."""
