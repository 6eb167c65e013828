"""What befalls the servers and the ways to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.interleaving.network import Nature, Wire
from tests.interleaving.nodes import Node
from tests.interleaving.oracle import Truth
from tests.interleaving.servers import HoldServer


class Troubles:
    """`forgive` is called when the store has lost what it had acknowledged."""

    def __init__(
        self,
        nature: Nature,
        nodes: list[Node],
        store: HoldServer,
        truth: Truth,
        forgive: Callable[[], None],
    ) -> None:
        self._nature = nature
        self._nodes = nodes
        self._store = store
        self._truth = truth
        self._forgive = forgive

    async def come(self, until: float) -> None:
        """One after the other, for as long as the weather lasts."""
        rng = self._nature.rng
        while self._nature.weather.troubles:
            await asyncio.sleep(rng.uniform(0.1, 2.0))
            if self._nature.loop.time() >= until:
                return
            trouble = rng.choice(self._nature.weather.troubles)
            self._nature.say("TROUBLE:", trouble)
            node = rng.choice(self._nodes)
            for_all = trouble.endswith(" from all")
            if trouble == "deaf":
                await self._cut(node, rng.uniform(0.1, 2.0))
            elif trouble.startswith("store away"):
                await self._away(
                    [each.holds.wire for each in self._nodes if for_all or each is node]
                )
            elif trouble.startswith("ledger away"):
                await self._away(
                    [each.ledger.wire for each in self._nodes if for_all or each is node]
                )
            elif trouble == "store emptied":
                await self._lose(self._store.lose_everything)
            elif trouble == "store set back":
                set_back = self._store.snapshot()
                await asyncio.sleep(rng.uniform(0.05, 1.5))
                await self._lose(set_back)

    async def _away(self, wires: list[Wire]) -> None:
        for wire in wires:
            wire.away = True
        await asyncio.sleep(self._nature.rng.choice((0.05, 0.5, 1.5, 4.0)))
        for wire in wires:
            wire.away = False
        self._nature.say("they are back")

    async def _cut(self, node: Node, seconds: float) -> None:
        node.deaf = True
        await asyncio.sleep(seconds)
        node.deaf = False
        self._nature.say(node.name, "has subscribed again")
        node.hub.refresh_everything()

    async def _lose(self, loss: Callable[[], None]) -> None:
        loss()
        self._truth.note()
        self._nature.say("the store has LOST writes")
        self._forgive()
        if self._nature.rng.random() < 0.3:
            await asyncio.gather(*(self._cut(node, 0.05) for node in self._nodes))
