"""A node: a hub, its links to both servers, and the steps that all use cases share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dibs.availability.boards import BoardKey
from dibs.desk.context import DeskContext
from dibs.errors import HoldsUnavailable, LedgerUnavailable
from dibs.live.hub import Hub
from tests.interleaving.network import Link, Network, RemoteHolds, RemoteLedger
from tests.interleaving.oracle import Oracle
from tests.interleaving.servers import HoldServer, LedgerServer, ServerClock

#: So short that a run forgets and watches boards again.
IDLE_AFTER = timedelta(seconds=2)


class Node:
    """A node of a run. While `unsubscribed` is true, it gets no hints."""

    def __init__(
        self,
        name: str,
        network: Network,
        oracle: Oracle,
        servers: tuple[HoldServer, LedgerServer],
        hub: type[Hub],
    ) -> None:
        self.name = name
        self._network = network
        self.unsubscribed = False
        self.holds = RemoteHolds(Link(network, oracle, name, HoldsUnavailable), servers[0])
        self.ledger = RemoteLedger(Link(network, oracle, name, LedgerUnavailable), servers[1])
        clock = ServerClock(network.loop, network.rng.choice((-3600, -0.4, 0, 0.4, 3600)))
        self.hub = hub(self.ledger, self.holds, clock, IDLE_AFTER)  # type: ignore[arg-type]
        parts: Any = {"holds": self.holds, "tokens": None, "settings": None}
        self.desk = DeskContext(ledger=self.ledger, hub=self.hub, clock=clock, **parts)

    def announce(self, key: BoardKey, version: int) -> None:
        """Send a hint to this node. It may be lost, late or doubled."""
        network, schedule = self._network, self._network.schedule
        if self.unsubscribed or network.rng.random() < schedule.hints_lost:
            network.say(f"the hint of {key.resource_id} for {self.name} is LOST")
            return
        for _ in range(2 if network.rng.random() < schedule.hints_twice else 1):
            late = network.rng.random() < schedule.hints_late
            delay = network.rng.uniform(0.1, 1.2) if late else schedule.leg(network.rng)
            network.loop.call_later(delay, self._receive_hint, key, version)

    def _receive_hint(self, key: BoardKey, version: int) -> None:
        if not self.unsubscribed:
            self._network.say(self.name, f"is told that {key.resource_id} has version {version}")
            self.hub.hint(key, version)

    async def sweep(self) -> None:
        """End every overdue checkout. Raises LedgerUnavailable."""
        for commit in await self.ledger.sweep():
            await self.desk.record_commit(commit)
