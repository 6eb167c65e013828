"""One run. Everything that happens in it follows from its seed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random
from typing import Any
from unittest.mock import patch

from dibs.availability.boards import BoardKey
from dibs.live import hub as hub_module
from dibs.live.hub import Hub
from tests.interleaving.clients import Viewer, Visitor
from tests.interleaving.fault_schedule import CALM, MAX_LEG, FaultSchedule
from tests.interleaving.faults import FaultInjector
from tests.interleaving.network import Network
from tests.interleaving.nodes import Node
from tests.interleaving.oracle import Oracle, Violation, states_of_board
from tests.interleaving.servers import HoldServer, LedgerServer, ServerClock
from tests.interleaving.topology import BOARDS, FIRST, PLACES, SECOND
from tests.interleaving.virtual_loop import BusyForEver, VirtualLoop

#: Seconds for which visitors act and faults happen.
ACTIVE = 4.0
#: Until then, messages under way arrive.
CALM_FROM = ACTIVE + 2 * MAX_LEG
#: Seconds of quiet after which all nodes must show the truth ...
QUIET = 3.0
#: ... of now, or of at most so many seconds ago: the end of a claim takes so long to be shown in a
#: calm network.
TELLING = 0.6
#: After the hold store has lost acknowledged writes: seconds for one comparison and its refreshes.
FORGIVEN = 1.0 + TELLING + 2 * MAX_LEG


class Run:
    def __init__(
        self,
        seed: int,
        schedule: FaultSchedule,
        hub: type[Hub] = Hub,
        steps: list[str] | None = None,
    ) -> None:
        rng = Random(seed)
        # The loop has only the methods that asyncio needs in these runs.
        self._loop = VirtualLoop(rng)  # type: ignore[abstract]
        self._network = Network(self._loop, rng, schedule, steps)
        clocks = [ServerClock(self._loop, rng.choice((-3600, -0.4, 0, 0.4, 3600))) for _ in "12"]
        self._store = HoldServer(clocks[0], self._announce)
        self._ledger = LedgerServer(clocks[1])
        self._oracle = Oracle(self._loop, self._store, self._ledger)
        servers = (self._store, self._ledger)
        self._nodes = [
            Node(name, self._network, self._oracle, servers, hub) for name in ("node 1", "node 2")
        ]
        self._viewers = [
            Viewer(name, key, self._nodes, self._network, self._oracle)
            for name, key in (("vera", FIRST), ("vic", FIRST), ("viv", SECOND))
        ]
        self._visitors = [Visitor(name, self._nodes, self._network) for name in ("ann", "bob")]
        self._network.forgive = self._forgive
        self._clients: list[asyncio.Task[Any]] = []
        self._running: list[asyncio.Task[None]] = []
        self._fault_injector = FaultInjector(
            self._network, self._nodes, self._store, self._oracle, self._forgive
        )

    def run(self) -> None:
        """Run until the end. Raises Violation if something wrong is shown."""
        every, within = (
            self._network.schedule.compares_every,
            self._network.schedule.compared_within,
        )
        with (
            patch.multiple(hub_module, COMPARE_INTERVAL=every, MAX_UNCOMPARED=within),
            self._loop,
        ):
            self._begin()
            self._go_on_until(ACTIVE)
            self._calm_down()
            self._go_on_until(CALM_FROM)
            self._watch_all()
            self._go_on_until(CALM_FROM + QUIET)
            self._check_boards()
            over = max(self._store.last_deadline(), self._ledger.last_deadline())
            self._go_on_until(max(self._loop.time(), over) + 1 + TELLING)
            self._check_boards()
            self._check_all_over()

    def _go_on_until(self, time: float) -> None:
        try:
            self._loop.run_until(time)
        except BusyForEver:
            raise Violation("something is busy without end") from None
        for error in self._loop.failures():
            raise error if isinstance(error, Violation) else Violation(repr(error)) from error

    def _begin(self) -> None:
        for node in self._nodes:
            self._loop.call_later(self._network.rng.random(), self._start, node)
        self._clients = [
            *(asyncio.create_task(viewer.look_around(ACTIVE)) for viewer in self._viewers),
            *(asyncio.create_task(visitor.act(ACTIVE)) for visitor in self._visitors),
            asyncio.create_task(self._fault_injector.come(ACTIVE)),
        ]
        self._loop.after_each = self._show_published

    def _start(self, node: Node) -> None:
        self._running.append(asyncio.create_task(node.hub.run(node.sweep)))

    def _announce(self, key: BoardKey, version: int) -> None:
        for node in self._nodes:
            node.announce(key, version)

    def _show_published(self) -> None:
        for viewer in self._viewers:
            viewer.see_published()

    def _forgive(self) -> None:
        for viewer in self._viewers:
            viewer.forgives_until = self._loop.time() + FORGIVEN

    def _calm_down(self) -> None:
        self._network.say("QUIET from here on")
        self._network.schedule = replace(CALM, compares_every=self._network.schedule.compares_every)
        for node in self._nodes:
            node.holds.link.away = node.ledger.link.away = False

    def _watch_all(self) -> None:
        for node in self._nodes:
            self._clients += [asyncio.create_task(node.hub.get(key)) for key in BOARDS]
        self._loop.after_each = self._look_at_all_boards

    def _look_at_all_boards(self) -> None:
        self._show_published()
        for node in self._nodes:
            for key in BOARDS:
                node.hub.get_if_fresh(key)

    def _check_boards(self) -> None:
        """Check that all nodes can serve all boards, and that the boards are true."""
        for node in self._nodes:
            for key in BOARDS:
                board = node.hub.get_if_fresh(key)
                if board is None:
                    raise Violation(f"{node.name} has nothing to serve of {key.resource_id}")
                if board.degraded:
                    raise Violation(f"{node.name} is still degraded on {key.resource_id}")
                for place, state in states_of_board(board).items():
                    if self._oracle.find_moment(place, state, self._loop.time() - TELLING) is None:
                        raise Violation(
                            f"after quiet {node.name} shows {place.name} {state}"
                            f" ({self._oracle.describe_history(place)})"
                        )

    def _check_all_over(self) -> None:
        """Check that nobody still waits for an answer, and that only bookings are left."""
        if not all(person.done() for person in self._clients):
            raise Violation("somebody waits for ever")
        for place in PLACES:
            for state in ("held", "pending"):
                if self._oracle.is_so(place, state):
                    raise Violation(f"{place.name} is {state} past its deadline")
