"""Faults of the servers and of the connections to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.interleaving.network import Link, Network
from tests.interleaving.nodes import Node
from tests.interleaving.oracle import Oracle
from tests.interleaving.servers import HoldServer


class FaultInjector:
    """Lets faults happen. It calls `forgive` when the hold store has lost acknowledged writes."""

    def __init__(
        self,
        network: Network,
        nodes: list[Node],
        store: HoldServer,
        oracle: Oracle,
        forgive: Callable[[], None],
    ) -> None:
        self._network = network
        self._nodes = nodes
        self._store = store
        self._oracle = oracle
        self._forgive = forgive

    async def come(self, until: float) -> None:
        """Cause random faults of the schedule, one after the other, until this time."""
        rng = self._network.rng
        while self._network.schedule.faults:
            await asyncio.sleep(rng.uniform(0.1, 2.0))
            if self._network.loop.time() >= until:
                return
            fault = rng.choice(self._network.schedule.faults)
            self._network.say("FAULT:", fault)
            node = rng.choice(self._nodes)
            for_all = fault.endswith(" from all")
            if fault == "subscription cut":
                await self._cut(node, rng.uniform(0.1, 2.0))
            elif fault.startswith("store away"):
                await self._away(
                    [each.holds.link for each in self._nodes if for_all or each is node]
                )
            elif fault.startswith("ledger away"):
                await self._away(
                    [each.ledger.link for each in self._nodes if for_all or each is node]
                )
            elif fault == "store emptied":
                await self._lose(self._store.lose_everything)
            elif fault == "store set back":
                set_back = self._store.snapshot()
                await asyncio.sleep(rng.uniform(0.05, 1.5))
                await self._lose(set_back)

    async def _away(self, links: list[Link]) -> None:
        for link in links:
            link.away = True
        await asyncio.sleep(self._network.rng.choice((0.05, 0.5, 1.5, 4.0)))
        for link in links:
            link.away = False
        self._network.say("they are back")

    async def _cut(self, node: Node, seconds: float) -> None:
        node.unsubscribed = True
        await asyncio.sleep(seconds)
        node.unsubscribed = False
        self._network.say(node.name, "has subscribed again")
        node.hub.refresh_everything()

    async def _lose(self, loss: Callable[[], None]) -> None:
        loss()
        self._oracle.note()
        self._network.say("the store has LOST writes")
        self._forgive()
        if self._network.rng.random() < 0.3:
            await asyncio.gather(*(self._cut(node, 0.05) for node in self._nodes))
