"""The hold store in Redis or Valkey. Each operation is one Lua script, so it is atomic.

The scripts are the files beside this one, and go by the clock of Redis. Redis knows no modules, so
`_Scripts` puts in front of each script the preludes whose functions it calls:

* all scripts: the constants (lifetimes, names), `now.lua` and `board.lua`, which says how a board
  is stored;
* `hold` and `acquire` also: `claim.lua`, which decides whether a hold can be granted, and grants
  it.

The scripts of `redis_claims.py` don't touch boards: in front of them are only their own constants
and `now.lua`.

An index for each visitor lists the boards on which they have a hold. The index is in another
cluster slot than the boards, so one script can't write both. It is written after the grant, in the
same round trip. The index may also list boards on which the visitor has no hold any more, but it
always lists the boards of a hold whose grant was answered.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dibs.claim_id import new_claim_id
from dibs.holds import redis_text
from dibs.holds.redis_calls import RedisCalls, script_id
from dibs.holds.redis_claims import (
    ClaimScripts,
    RedisClaimBook,
    claim_command,
    parse_entered,
    parse_refusal,
)
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
    from dibs.holds.claims import ClaimBook, KeptTooLong, TooMany
    from dibs.holds.redis_calls import Command
    from dibs.holds.store import HoldRequest

#: Seconds for which Redis keeps a board or an index after everything in it has expired.
IDLE = 86_400
#: A key that is written only to find out whether Redis can be written.
TRIAL_KEY = b"dibs:trial"

CLAIM_REFUSALS = (b"FULL", b"KEPT")
REFUSALS = {refusal.name.encode(): refusal for refusal in Refusal}


def _lua(name: str) -> str:
    return Path(__file__).with_name(f"{name}.lua").read_text()


CLOCK = _lua("now")


class _Scripts:
    """The source of each script with its preludes in front of it, and the name of each in Redis."""

    def __init__(self, lifetimes: Lifetimes, clock: str, claims: str) -> None:
        max_hold = lifetimes.max_hold // redis_text.MICROSECOND
        record = lifetimes.record // redis_text.MICROSECOND
        self.key_ttl = (max_hold + record) // 1_000_000 + IDLE
        constants = (
            f"local MAX_HOLD, RECORD, KEY_TTL = {max_hold}, {record}, {self.key_ttl}\n"
            f"local MAX_RECORDS = {MAX_RECORDS}\n"
            f"local CHANNEL, WRITING = '{redis_text.CHANNEL}', '{WRITING}'\n"
        )
        self._prelude = f"{constants}{clock}{_lua('board')}"
        self.sources: dict[str, bytes] = {}
        granting = _lua("claim")
        self.hold = self._script("hold", granting + claims + _lua("hold"))
        self.acquire = self._script("acquire", granting + _lua("acquire"))
        self.extend = self._script("extend", _lua("extend"))
        self.release = self._script("release", _lua("release"))
        self.record_commit = self._script("record_commit", _lua("record_commit"))
        self.note_ledger_version = self._script("note_ledger_version", _lua("note_ledger_version"))
        self.read = self._script("read", _lua("read"))
        self.read_versions = self._script("read_versions", _lua("read_versions"))
        self.find_hold = self._script("find_hold", _lua("find_hold"))
        self.prune_index = self._script("prune_index", _lua("prune_index"))

    def _script(self, name: str, lua: str) -> bytes:
        source = (self._prelude + lua).encode()
        self.sources[name] = source
        return script_id(source)


class RedisHoldStore:
    """A hold store in Redis or Valkey.

    `client` comes from `redis_calls.connect`. `clock` is the Lua source of a function `now()`.
    """

    def __init__(self, client: Redis, lifetimes: Lifetimes, clock: str = CLOCK) -> None:
        claiming = ClaimScripts(lifetimes, clock, _lua)
        self._scripts = _Scripts(lifetimes, clock, claiming.prelude)
        self._calls = RedisCalls(client, self._scripts.sources | claiming.sources)
        self.claims: ClaimBook = RedisClaimBook(self._calls, claiming, lifetimes)

    @property
    def is_away(self) -> bool:
        return self._calls.is_away

    @property
    def is_unwritable(self) -> bool:
        return self._calls.writing.is_failing

    @property
    def is_stable(self) -> bool:
        return self._calls.answering.is_stable and self._calls.writing.is_stable

    async def try_to_write(self) -> None:
        await self._calls.send((b"SET", TRIAL_KEY, 1, b"EX", 60))
        self._calls.writing.note_success()

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def hold(self, request: HoldRequest) -> Hold | Refusal | KeptTooLong | TooMany:
        boards, claim = request.boards, request.claim
        keys: list[bytes] = []
        more: Command = (
            "" if request.seq is None else request.seq,
            int(request.only_if_unknown),
            len(boards),
            *(request.ledger_versions[board] for board in boards),
        )
        if claim is not None:
            keys, arguments = claim_command(request, claim)
            more += arguments
        reply, known = await self._ask_for_hold(
            self._scripts.hold,
            boards,
            request.slot,
            request.visitor,
            request.ttl,
            request.seats,
            more,
            keys,
        )
        if claim is not None and reply[0] in CLAIM_REFUSALS:
            return parse_refusal(request, claim, *reply)
        found = _parse_grant(boards, reply, known)
        if claim is not None and isinstance(found, Hold):
            return replace(found, entered=parse_entered(request, reply[3]))
        return found

    async def acquire(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        ttl: timedelta,
        seats: int = 1,
    ) -> Hold | Refusal:
        script = self._scripts.acquire
        reply, known = await self._ask_for_hold(script, boards, slot, visitor, ttl, seats, ())
        return _parse_grant(boards, reply, known)

    async def extend(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        ttl: timedelta,
        granted_ttl: timedelta | None = None,
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
                "" if granted_ttl is None else granted_ttl // redis_text.MICROSECOND,
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
    ) -> tuple[HoldsSnapshot, ...]:
        (answer,) = await self._calls.send(
            _evalsha(
                self._scripts.release,
                boards,
                redis_text.visitor_text(visitor),
                redis_text.slot_text(slot),
                "" if seq is None else seq,
            )
        )
        return _snapshots(boards, answer)

    async def record_commit(
        self, board: BoardKey, ledger: int, ended: Hold | None = None
    ) -> HoldsSnapshot:
        hold: Command = ()
        if ended is not None:
            name = redis_text.visitor_text(ended.visitor)
            hold = (name, redis_text.slot_text(ended.slot), ended.seq)
        (answer,) = await self._calls.send(
            _evalsha(self._scripts.record_commit, [board], ledger, *hold)
        )
        return _snapshot(board, *answer)

    async def note_ledger_version(self, board: BoardKey, ledger: int) -> None:
        await self._calls.send(_evalsha(self._scripts.note_ledger_version, [board], ledger))

    async def read(self, board: BoardKey, seen: int = 0) -> HoldsSnapshot:
        (answer,) = await self._calls.send(_evalsha(self._scripts.read, [board], seen))
        now, lost, flat = answer
        fields = dict(zip(flat[::2], flat[1::2], strict=True))
        version = int(fields.pop(b"version", 0))
        ledger = fields.pop(b"ledger", None)
        fields.pop(b"due", None)
        records = {field[len(b"v:") :]: record for field, record in fields.items()}
        known = None if ledger is None else int(ledger)
        return _board(board, now, version, known, records, lost=bool(lost))

    async def read_versions(self, boards: Sequence[BoardKey]) -> list[int]:
        if not boards:
            return []
        resources: dict[int, list[BoardKey]] = {}
        for board in boards:
            resources.setdefault(board.resource_id, []).append(board)
        answers = await self._calls.send(
            *(_evalsha(self._scripts.read_versions, days) for days in resources.values())
        )
        versions = dict(zip(chain(*resources.values()), chain(*answers), strict=True))
        return [versions[board] for board in boards]

    async def find_holds(self, visitor: str) -> list[Hold]:
        name = redis_text.visitor_text(visitor)
        index = redis_text.visitor_key(name)
        (flat,) = await self._calls.send((b"HGETALL", index))
        entries = list(zip(flat[::2], flat[1::2], strict=True))
        boards = [redis_text.parse_board(board) for board, _ in entries]
        records = await self._calls.send(
            *(_evalsha(self._scripts.find_hold, [board], name) for board in boards)
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
            await self._calls.send((b"EVALSHA", self._scripts.prune_index, 1, index, *ended))
        return list(found.values())

    async def _ask_for_hold(
        self,
        script: bytes,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        ttl: timedelta,
        seats: int,
        more: Command,
        more_keys: Sequence[bytes] = (),
    ) -> tuple[list[Any], int]:
        """Run the script, and write the boards into the visitor's index. Returns the script's
        reply, and how many boards the index lists.

        The value of each entry is the claim id of this call. `find_holds` may look at a board just
        before this call is granted a hold there, and remove the entry just afterwards. It removes
        only the value that it has read (`prune_index.lua`), so the entry of this call stays.
        """
        name = redis_text.visitor_text(visitor)
        claim = new_claim_id()
        index = redis_text.visitor_key(name)
        asking: Command = (
            b"EVALSHA",
            script,
            len(boards) + len(more_keys),
            *map(redis_text.board_key, boards),
            *more_keys,
            name,
            redis_text.slot_text(slot),
            redis_text.days_text(boards),
            claim,
            ttl // redis_text.MICROSECOND,
            seats,
            *more,
        )
        reply, _, _, known = await self._calls.send(
            asking,
            (b"HSET", index, *chain(*((redis_text.board_text(each), claim) for each in boards))),
            (b"EXPIRE", index, self._scripts.key_ttl),
            (b"HLEN", index),
        )
        return reply, known


def _parse_grant(boards: Sequence[BoardKey], reply: list[Any], known: int) -> Hold | Refusal:
    answer, granted_to, boards_now, *_ = reply
    refusal = REFUSALS.get(answer)
    if refusal is not None:
        return refusal
    hold = redis_text.parse_hold(boards[0].resource_id, granted_to, answer)
    snapshots = _snapshots(boards, boards_now)
    return replace(hold, snapshots=snapshots, may_have_others=known > len(boards))


def _snapshots(boards: Sequence[BoardKey], answer: list[Any]) -> tuple[HoldsSnapshot, ...]:
    return tuple(_snapshot(board, *each) for board, each in zip(boards, answer, strict=False))


def _snapshot(
    board: BoardKey, now: int, version: int, ledger: int | None, flat: list[bytes]
) -> HoldsSnapshot:
    return _board(board, now, version, ledger, dict(zip(flat[::2], flat[1::2], strict=True)))


def _board(
    board: BoardKey,
    now: int,
    version: int,
    ledger: int | None,
    records: dict[bytes, bytes],
    *,
    lost: bool = False,
) -> HoldsSnapshot:
    """Return a snapshot of a board. `records` has the text of each visitor's record."""
    return HoldsSnapshot(
        version,
        ledger,
        tuple(
            redis_text.parse_hold(board.resource_id, visitor, record)
            for visitor, record in records.items()
            if redis_text.has_hold(record)
        ),
        frozenset(map(redis_text.parse_visitor, records)),
        redis_text.instant(now),
        lost,
    )


def _evalsha(script: bytes, boards: Sequence[BoardKey], *arguments: bytes | str | int) -> Command:
    keys = map(redis_text.board_key, boards)
    return (b"EVALSHA", script, len(boards), *keys, *arguments)
