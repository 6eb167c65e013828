"""Holds in Redis or Valkey: every operation is one script, atomic and on the clock of Redis.

The scripts are the files beside this one; `board.lua` says what a board looks like and begins
each of them. Who holds where is kept in an index per visitor, which lives in another cluster
slot than the boards: it is written after the grant, in the same round trip. It may name boards on
which nothing is held any more, but no hold whose grant was answered is missing from it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from dibs.claim_id import new_claim_id
from dibs.holds import redis_text
from dibs.holds.redis_calls import RedisCalls, script_id
from dibs.holds.redis_claims import ClaimScripts, RedisClaimBook
from dibs.holds.store import (
    MAX_RECORDS,
    NO_TIME,
    WRITING,
    Hold,
    HoldsSnapshot,
    Lifetimes,
    Refusal,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from redis.asyncio import Redis

    from dibs.availability.boards import BoardKey
    from dibs.availability.slots import ServiceSlot
    from dibs.holds.claims import ClaimBook
    from dibs.holds.redis_calls import Command
    from dibs.holds.store import HoldRequest

#: Seconds for which what nobody touches is kept beyond all that is known of it.
IDLE = 86_400
#: What is written to see whether anything can be.
TRIAL_KEY = b"dibs:trial"

REFUSALS = {refusal.name.encode(): refusal for refusal in Refusal}


def _lua(name: str) -> str:
    return Path(__file__).with_name(f"{name}.lua").read_text()


CLOCK = _lua("now")


class _Scripts:
    """The source of each script with all it needs in front of it, and its name in Redis."""

    def __init__(self, lifetimes: Lifetimes, clock: str) -> None:
        total = lifetimes.total // redis_text.MICROSECOND
        record = lifetimes.record // redis_text.MICROSECOND
        self.keep = (total + record) // 1_000_000 + IDLE
        constants = (
            f"local TOTAL, RECORD, KEEP = {total}, {record}, {self.keep}\n"
            f"local MAX_RECORDS = {MAX_RECORDS}\n"
            f"local CHANNEL, WRITING = '{redis_text.CHANNEL}', '{WRITING}'\n"
        )
        self._beginning = f"{constants}{clock}{_lua('board')}"
        self.sources: dict[str, bytes] = {}
        claiming = _lua("claim")
        self.hold = self._script("hold", claiming + _lua("hold"))
        self.acquire = self._script("acquire", claiming + _lua("acquire"))
        self.extend = self._script("extend", _lua("extend"))
        self.release = self._script("release", _lua("release"))
        self.record_commit = self._script("record_commit", _lua("record_commit"))
        self.note = self._script("note", _lua("note"))
        self.read = self._script("read", _lua("read"))
        self.peek = self._script("peek", _lua("peek"))
        self.held = self._script("held", _lua("held"))
        self.prune = self._script("prune", _lua("prune"))

    def _script(self, name: str, lua: str) -> bytes:
        source = (self._beginning + lua).encode()
        self.sources[name] = source
        return script_id(source)


class RedisHoldStore:
    """`client` comes from `redis_calls.connect`; `clock` is Lua that defines `now()`."""

    def __init__(self, client: Redis, lifetimes: Lifetimes, clock: str = CLOCK) -> None:
        self._scripts = _Scripts(lifetimes, clock)
        claiming = ClaimScripts(lifetimes, clock, _lua)
        self._calls = RedisCalls(client, self._scripts.sources | claiming.sources)
        self.claims: ClaimBook = RedisClaimBook(self._calls, claiming, lifetimes)

    @property
    def is_away(self) -> bool:
        return self._calls.is_away

    @property
    def is_unwritable(self) -> bool:
        return self._calls.writing.is_failing

    @property
    def is_settled(self) -> bool:
        return self._calls.answering.is_settled and self._calls.writing.is_settled

    async def try_to_write(self) -> None:
        await self._calls.send((b"SET", TRIAL_KEY, 1, b"EX", 60))
        self._calls.writing.worked()

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def hold(self, request: HoldRequest) -> Hold | Refusal:
        boards = request.boards
        more = (
            "" if request.seq is None else request.seq,
            int(request.if_unknown),
            *(request.ledger[board] for board in boards),
        )
        return await self._claim(
            self._scripts.hold,
            boards,
            request.slot,
            request.visitor,
            request.ttl,
            request.seats,
            more,
        )

    async def acquire(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        ttl: timedelta,
        seats: int = 1,
    ) -> Hold | Refusal:
        return await self._claim(self._scripts.acquire, boards, slot, visitor, ttl, seats, ())

    async def extend(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        ttl: timedelta,
        granted: timedelta | None = None,
        grace: timedelta = NO_TIME,
    ) -> Hold | None:
        name = redis_text.visitor_text(visitor)
        (record,) = await self._calls.send(
            _evalsha(
                self._scripts.extend,
                boards,
                name,
                redis_text.slot_text(slot),
                ttl // redis_text.MICROSECOND,
                "" if granted is None else granted // redis_text.MICROSECOND,
                grace // redis_text.MICROSECOND,
            )
        )
        if record is None:
            return None
        return redis_text.parse_hold(boards[0].resource_id, name, record)

    async def release(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        seq: int | None = None,
    ) -> bool:
        (released,) = await self._calls.send(
            _evalsha(
                self._scripts.release,
                boards,
                redis_text.visitor_text(visitor),
                redis_text.slot_text(slot),
                "" if seq is None else seq,
            )
        )
        return bool(released)

    async def record_commit(self, board: BoardKey, ledger: int, ended: Hold | None = None) -> None:
        hold: Command = ()
        if ended is not None:
            name = redis_text.visitor_text(ended.visitor)
            hold = (name, redis_text.slot_text(ended.slot), ended.seq)
        await self._calls.send(_evalsha(self._scripts.record_commit, [board], ledger, *hold))

    async def note(self, board: BoardKey, ledger: int) -> None:
        await self._calls.send(_evalsha(self._scripts.note, [board], ledger))

    async def read(self, board: BoardKey, seen: int = 0) -> HoldsSnapshot:
        (answer,) = await self._calls.send(_evalsha(self._scripts.read, [board], seen))
        now, lost, flat = answer
        fields = dict(zip(flat[::2], flat[1::2], strict=True))
        version = int(fields.pop(b"version", 0))
        ledger = fields.pop(b"ledger", None)
        fields.pop(b"due", None)
        records = {field[len(b"v:") :]: record for field, record in fields.items()}
        return HoldsSnapshot(
            version,
            None if ledger is None else int(ledger),
            tuple(
                redis_text.parse_hold(board.resource_id, visitor, record)
                for visitor, record in records.items()
                if redis_text.has_hold(record)
            ),
            frozenset(map(redis_text.parse_visitor, records)),
            redis_text.instant(now),
            bool(lost),
        )

    async def peek(self, boards: Sequence[BoardKey]) -> list[int]:
        if not boards:
            return []
        resources: dict[int, list[BoardKey]] = {}
        for board in boards:
            resources.setdefault(board.resource_id, []).append(board)
        answers = await self._calls.send(
            *(_evalsha(self._scripts.peek, days) for days in resources.values())
        )
        versions = dict(zip(chain(*resources.values()), chain(*answers), strict=True))
        return [versions[board] for board in boards]

    async def held_by(self, visitor: str) -> list[Hold]:
        name = redis_text.visitor_text(visitor)
        index = redis_text.visitor_key(name)
        (flat,) = await self._calls.send((b"HGETALL", index))
        entries = list(zip(flat[::2], flat[1::2], strict=True))
        boards = [redis_text.parse_board(board) for board, _ in entries]
        records = await self._calls.send(
            *(_evalsha(self._scripts.held, [board], name) for board in boards)
        )
        found: dict[str, Hold] = {}
        ended: list[bytes] = []
        for entry, board, record in zip(entries, boards, records, strict=True):
            if record is None:
                ended += entry
            else:
                hold = redis_text.parse_hold(board.resource_id, name, record)
                found[hold.claim] = hold
        if ended:
            await self._calls.send((b"EVALSHA", self._scripts.prune, 1, index, *ended))
        return list(found.values())

    async def _claim(
        self,
        script: bytes,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        ttl: timedelta,
        seats: int,
        more: Command,
    ) -> Hold | Refusal:
        """Run the script and note the boards in the visitor's index, under a value of this call:
        whoever found nothing there before may take out only what they have seen."""
        name = redis_text.visitor_text(visitor)
        claim = new_claim_id()
        index = redis_text.visitor_key(name)
        (answer, granted_to, *versions), _, _, known = await self._calls.send(
            _evalsha(
                script,
                boards,
                name,
                redis_text.slot_text(slot),
                redis_text.days_text(boards),
                claim,
                ttl // redis_text.MICROSECOND,
                seats,
                *more,
            ),
            (b"HSET", index, *chain(*((redis_text.board_text(each), claim) for each in boards))),
            (b"EXPIRE", index, self._scripts.keep),
            (b"HLEN", index),
        )
        refusal = REFUSALS.get(answer)
        if refusal is not None:
            return refusal
        hold = redis_text.parse_hold(boards[0].resource_id, granted_to, answer)
        return replace(hold, versions=tuple(map(int, versions)), elsewhere=known > len(boards))


def _evalsha(script: bytes, boards: Sequence[BoardKey], *arguments: bytes | str | int) -> Command:
    keys = map(redis_text.board_key, boards)
    return (b"EVALSHA", script, len(boards), *keys, *arguments)
