"""A node: a hub, its wires to both servers, and the last steps of every use case."""

from __future__ import annotations

from datetime import timedelta

from dibs.availability.boards import BoardKey
from dibs.errors import HoldsUnavailable, LedgerUnavailable
from dibs.holds.store import Hold
from dibs.live.hub import Hub
from tests.interleaving.network import Nature, RemoteHolds, RemoteLedger, Wire
from tests.interleaving.oracle import Truth
from tests.interleaving.servers import HoldServer, LedgerServer, ServerClock

#: Boards that nobody looks at are forgotten, and watched anew, within a run.
IDLE_AFTER = timedelta(seconds=2)


class Node:
    """`deaf`: its subscription is cut, so that it hears no hints."""

    def __init__(
        self,
        name: str,
        nature: Nature,
        truth: Truth,
        servers: tuple[HoldServer, LedgerServer],
        hub: type[Hub],
    ) -> None:
        self.name = name
        self._nature = nature
        self.deaf = False
        self.holds = RemoteHolds(Wire(nature, truth, name, HoldsUnavailable), servers[0])
        self.ledger = RemoteLedger(Wire(nature, truth, name, LedgerUnavailable), servers[1])
        clock = ServerClock(nature.loop, nature.rng.choice((-3600, -0.4, 0, 0.4, 3600)))
        self.hub = hub(self.ledger, self.holds, clock, IDLE_AFTER)  # type: ignore[arg-type]

    def announce(self, key: BoardKey, version: int) -> None:
        """A hint sets out for this node."""
        nature, weather = self._nature, self._nature.weather
        if self.deaf or nature.rng.random() < weather.hints_lost:
            nature.say(f"the hint of {key.resource_id} for {self.name} is LOST")
            return
        for _ in range(2 if nature.rng.random() < weather.hints_twice else 1):
            late = nature.rng.random() < weather.hints_late
            delay = nature.rng.uniform(0.1, 1.2) if late else weather.leg(nature.rng)
            nature.loop.call_later(delay, self._hear, key, version)

    def _hear(self, key: BoardKey, version: int) -> None:
        if not self.deaf:
            self._nature.say(self.name, f"hears that {key.resource_id} has version {version}")
            self.hub.hint(key, version)

    async def settle(self, key: BoardKey, version: int, ended: Hold | None = None) -> None:
        try:
            await self.holds.record_commit(key, version, ended)
        except HoldsUnavailable:
            self._nature.say(self.name, "could not settle")
            self._nature.forgive()
        await self.hub.refresh_all([key])

    async def sweep(self) -> None:
        """End every overdue checkout. Raises LedgerUnavailable."""
        for key, version in (await self.ledger.sweep()).items():
            await self.settle(key, version)
