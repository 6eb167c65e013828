"""The network between a node and the two servers. Each call takes time to the server, has its
effect at one moment, and takes time back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, TypeVar

from dibs.availability.boards import BoardKey
from dibs.availability.slots import ServiceSlot
from dibs.errors import HoldsUnavailable
from dibs.holds.claims import KeptTooLong, TooMany
from dibs.holds.store import Hold, HoldRequest, HoldsSnapshot, Refusal
from dibs.ledger.boards import ChangeReport
from dibs.ledger.database import Commit
from dibs.ledger.ledger import Ledger, LedgerSnapshot
from tests.interleaving.fault_schedule import FaultSchedule
from tests.interleaving.oracle import Oracle
from tests.interleaving.servers import HoldServer, LedgerServer, run_to_end
from tests.interleaving.topology import Place
from tests.interleaving.virtual_loop import VirtualLoop

Answer = TypeVar("Answer")


@dataclass
class Network:
    """What all parts of a run share.

    `steps` collects what happens, if it is a list. `forgive` is called when, until the next
    comparison of all nodes, less is promised.
    """

    loop: VirtualLoop
    rng: Random
    schedule: FaultSchedule
    steps: list[str] | None
    forgive: Callable[[], None] = lambda: None

    def say(self, *words: object) -> None:
        if self.steps is not None:
            self.steps.append(f"{self.loop.time():8.4f}  " + " ".join(map(str, words)))


class Link:
    """A connection from one node to one server. `failed_at` is the time of the last failed call."""

    def __init__(self, network: Network, oracle: Oracle, node: str, fault: type[Exception]) -> None:
        self._network = network
        self._oracle = oracle
        self._node = node
        self._fault = fault
        self.away = False
        self.failed_at = float("-inf")

    async def ask(self, what: str, effect: Callable[[], Answer]) -> Answer:
        network = self._network
        answer: asyncio.Future[Answer] = network.loop.create_future()
        network.loop.call_later(
            network.schedule.leg(network.rng), self._arrive, what, effect, answer
        )
        return await answer

    def forgive(self, what: str) -> None:
        """Report a failed step after which less is promised."""
        self._network.say(self._node, what)
        self._network.forgive()

    def _arrive(self, what: str, effect: Callable[[], Any], answer: Any) -> None:
        network = self._network
        luck = network.rng.random()
        result: object = None
        done = False
        if not self.away and luck >= network.schedule.failing / 2:
            result = effect()
            done = True
            changed = self._oracle.note()
            if network.steps is not None:
                network.say(
                    self._node, what, "->", _describe(result), "(CHANGE)" if changed else ""
                )
        lost = not done or luck < network.schedule.failing
        if lost:
            network.say(
                self._node, what, "FAILS" if not done else "is done, but its answer is lost"
            )
        delay = network.schedule.leg(network.rng)
        network.loop.call_later(delay, self._answer, what, result, lost, answer)

    def _answer(self, what: str, result: object, lost: bool, answer: Any) -> None:
        if answer.done():
            return
        if lost:
            self.failed_at = self._network.loop.time()
            answer.set_exception(self._fault())
        else:
            answer.set_result(result)
        if self._network.steps is not None:
            self._network.say(self._node, what, "is answered")


def _describe(result: object) -> str:
    if isinstance(result, HoldsSnapshot):
        held = ", ".join(f"{hold.visitor} {hold.slot.starts_at:%H:%M}" for hold in result.holds)
        lost = ", lost writes" if result.lost else ""
        return f"version {result.version}, ledger {result.ledger_version}, holds [{held}]{lost}"
    if isinstance(result, LedgerSnapshot):
        rows = ", ".join(
            f"{row.visitor} {row.state} {row.guarded.start:%H:%M}" for row in result.busy
        )
        return f"version {result.version}, rows [{rows}]"
    if isinstance(result, tuple):
        return f"released, {', '.join(map(_describe, result))}" if result else "no such hold"
    if isinstance(result, Hold):
        boards = ", ".join(map(_describe, result.snapshots))
        return f"hold until {result.expires_at:%H:%M:%S.%f}, {boards}"
    if isinstance(result, ChangeReport):
        return f"changes {result.changes}{', overdue' if result.overdue else ''}"
    return str(result)


class RemoteHolds:
    """A hold store over the network, with the methods that nodes and visitors of the runs use."""

    def __init__(self, link: Link, server: HoldServer) -> None:
        self.link = link
        self._server = server

    async def hold(self, request: HoldRequest) -> Hold | Refusal | KeptTooLong | TooMany:
        slot = request.slot
        return await self._ask(
            f"hold {slot.resource_id}/{slot.starts_at:%H:%M} for {request.visitor}"
            f" seq {request.seq}",
            lambda: self._server.hold(request),
        )

    async def acquire(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        ttl: timedelta,
        seats: int,
    ) -> Hold | Refusal:
        return await self._ask(
            f"take {boards[0].resource_id}/{slot.starts_at:%H:%M} for {visitor}",
            lambda: self._server.acquire(boards, slot, visitor, ttl=ttl, seats=seats),
        )

    async def extend(
        self, boards: Sequence[BoardKey], slot: ServiceSlot, visitor: str, *, ttl: timedelta
    ) -> Hold | None:
        return await self._ask(
            f"extend {boards[0].resource_id}/{slot.starts_at:%H:%M} for {visitor}",
            lambda: self._server.extend(boards, slot, visitor, ttl=ttl),
        )

    async def release(
        self, boards: Sequence[BoardKey], slot: ServiceSlot, visitor: str, *, seq: int
    ) -> tuple[HoldsSnapshot, ...]:
        return await self._ask(
            f"release {boards[0].resource_id}/{slot.starts_at:%H:%M} of {visitor} seq {seq}",
            lambda: self._server.release(boards, slot, visitor, seq=seq),
        )

    async def record_commit(
        self, board: BoardKey, ledger: int, ended: Hold | None = None
    ) -> HoldsSnapshot:
        try:
            return await self._ask(
                f"record commit {board.resource_id} at ledger {ledger}"
                + (f", ends hold of {ended.visitor}" if ended else ""),
                lambda: self._server.record_commit(board, ledger, ended),
            )
        except HoldsUnavailable:
            self.link.forgive("could not tell the hold store of the commit")
            raise

    async def note_ledger_version(self, board: BoardKey, ledger: int) -> None:
        await self._ask(
            f"note {board.resource_id} at ledger {ledger}",
            lambda: self._server.note_ledger_version(board, ledger),
        )

    async def read(self, board: BoardKey, seen: int = 0) -> HoldsSnapshot:
        return await self._ask(
            f"read holds {board.resource_id}", lambda: self._server.read(board, seen)
        )

    async def read_versions(self, boards: Sequence[BoardKey]) -> list[int]:
        return await self._ask("read_versions", lambda: self._server.read_versions(boards))

    def is_held(self, place: Place) -> bool:
        return self._server.is_held(place)

    async def _ask(self, what: str, effect: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        return await self.link.ask(what, lambda: run_to_end(effect()))


class RemoteLedger(Ledger):
    """A ledger over the network, for the hub's readings and the writes of the use cases."""

    def __init__(self, link: Link, server: LedgerServer) -> None:
        self.link = link
        self._server = server

    async def read_board(self, key: BoardKey) -> LedgerSnapshot:
        return await self.link.ask(
            f"read ledger {key.resource_id}", lambda: self._server.read_board(key)
        )

    async def poll_changes(self, keys: Iterable[BoardKey], since: int | None) -> ChangeReport:
        wanted = list(keys)
        return await self.link.ask("poll_changes", lambda: self._server.poll_changes(wanted, since))

    async def claim(self, place: Place, visitor: str, lives: timedelta | None) -> Commit | None:
        return await self.link.ask(
            f"COMMIT {'booking' if lives is None else 'checkout'} {place.name} of {visitor}",
            lambda: self._server.claim(place, visitor, lives),
        )

    async def cancel(self, place: Place, visitor: str) -> Commit | None:
        return await self.link.ask(
            f"COMMIT cancel {place.name} of {visitor}", lambda: self._server.cancel(place, visitor)
        )

    async def sweep(self) -> list[Commit]:
        return await self.link.ask("COMMIT sweep", self._server.sweep)

    def is_overdue(self, place: Place) -> bool:
        return self._server.is_overdue(place)

    def rows_of(self, visitor: str, place: Place) -> str | None:
        """Return the state of the visitor's row at this place, or None if there is no such row."""
        row = self._server.at(place)
        return row.state if row is not None and row.visitor == visitor else None
