"""The book of live claims in Redis: one hash for each visitor, one sorted set for each counter.

A hold is written down by the script that grants it (`hold.lua`). For other claims, one script for
each counter counts the claim, and another writes it down, all in one round trip. If one of them
refuses, the others are undone. While Redis is away, each process goes on with a book in its own
memory.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dibs.availability.intervals import Interval
from dibs.clock import SystemClock, microseconds
from dibs.errors import HoldsUnavailable
from dibs.holds import redis_text
from dibs.holds.claims import (
    EnteredClaim,
    Entry,
    KeptTooLong,
    MemoryClaimBook,
    TooMany,
    counters_of,
    limit_of,
)
from dibs.holds.redis_calls import script_id
from dibs.holds.redis_text import MICROSECOND, NO_SERVICE, PREFIX, instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from dibs.availability.slots import ServiceSlot
    from dibs.holds.claims import ClaimLimits, ClaimTerms, Kind, Requester
    from dibs.holds.redis_calls import Command, RedisCalls
    from dibs.holds.store import HoldRequest, Lifetimes

#: Milliseconds for which Redis keeps a key after everything in it has ended.
SPARE = 60_000
BOOK = f"{PREFIX}claims:".encode()
COUNTER = f"{PREFIX}count:".encode()
SCANNED_AT_ONCE = 500


class ClaimScripts:
    """The source of each script with its prelude before it, and the name of each in Redis."""

    def __init__(self, lifetimes: Lifetimes, clock: str, read: Callable[[str], str]) -> None:
        max_claim = lifetimes.max_claim // MICROSECOND
        cooldown = lifetimes.cooldown // MICROSECOND
        #: Lua that needs the function `now` in front of it.
        self.prelude = (
            f"local MAX_CLAIM, COOLDOWN = {max_claim}, {cooldown}\n"
            f"local SPARE = {SPARE}\n" + read("claims")
        )
        self._prelude = f"{clock}\n{self.prelude}"
        self.sources: dict[str, bytes] = {}
        self.admit = self._script("claims_admit", read("claims_admit"))
        self.enter = self._script("claims_enter", read("claims_enter"))
        self.leave = self._script("claims_leave", read("claims_leave"))
        self.now = self._script("claims_now", "return integer(CLAIMS_NOW)")

    def _script(self, name: str, lua: str) -> bytes:
        source = (self._prelude + lua).encode()
        self.sources[name] = source
        return script_id(source)


class RedisClaimBook:
    """A book of claims in Redis, with a book in memory for the time while Redis is away."""

    def __init__(self, calls: RedisCalls, scripts: ClaimScripts, lifetimes: Lifetimes) -> None:
        self._calls = calls
        self._scripts = scripts
        self._fallback = MemoryClaimBook(SystemClock(), lifetimes.max_claim, lifetimes.cooldown)

    async def enter(
        self,
        visitor: str,
        requester: Requester,
        slot: ServiceSlot,
        kind: Kind,
        ttl: timedelta,
        limits: ClaimLimits,
    ) -> EnteredClaim | KeptTooLong | TooMany:
        counters = requester.counters(visitor)
        member = _member(visitor, slot.service_id)
        entering = self._enter(visitor, requester, slot, kind, ttl)
        admitting = [
            self._admit(counter, member, ttl, most)
            for counter, most in zip(counters, (limits.address, limits.visitor), strict=False)
        ]
        try:
            *admitted, entered = await self._calls.send(*admitting, entering)
            full = [
                TooMany(limit_of(counter), most, int(wait) * MICROSECOND)
                for counter, most, (answer, wait) in zip(
                    counters, (limits.address, limits.visitor), admitted, strict=False
                )
                if answer == b"FULL"
            ]
            refused: TooMany | KeptTooLong | None = full[0] if full else None
            if entered[0] == b"KEPT":
                refused = refused or KeptTooLong(int(entered[2]) * MICROSECOND)
            if refused is None:
                return _parse_entered_claim(visitor, slot.service_id, entered)
            undone: list[Command] = [
                (b"ZREM", counter_key(counter), member)
                for counter, (answer, _) in zip(counters, admitted, strict=True)
                if answer == b"NEW"
            ]
            if entered[0] == b"ENTERED":
                undone.append(self._put_back(visitor, slot.service_id, entered[3]))
            await self._calls.send(*undone)
            return refused
        except HoldsUnavailable:
            return await self._fallback.enter(visitor, requester, slot, kind, ttl, limits)

    async def leave(self, visitor: str, service_id: int | None) -> None:
        await self._fallback.leave(visitor, service_id)
        try:
            (text,) = await self._calls.send(
                (b"EVALSHA", self._scripts.leave, 1, _book(visitor), _service(service_id))
            )
            entry = _parse(visitor, service_id, text) if text is not None else None
            if entry is not None and entry.address is not None:
                member = _member(visitor, service_id)
                await self._calls.send(
                    *(
                        (b"ZREM", counter_key(counter), member)
                        for counter in counters_of(entry.address, visitor)
                    )
                )
        except HoldsUnavailable:
            return

    async def entries(self) -> list[Entry]:
        """Return all live claims in Redis. Raises HoldsUnavailable."""
        found: list[Entry] = []
        cursor: int | bytes = 0
        while True:
            (answer,) = await self._calls.send(
                (b"SCAN", cursor, b"MATCH", BOOK + b"*", b"COUNT", SCANNED_AT_ONCE)
            )
            cursor, books = answer
            fields, clock = [], 0
            if books:
                *fields, clock = await self._calls.send(
                    *((b"HGETALL", book) for book in books), (b"EVALSHA", self._scripts.now, 0)
                )
            now = instant(int(clock))
            for book, flat in zip(books, fields, strict=True):
                visitor = redis_text.parse_visitor(book.removeprefix(BOOK))
                for field, text in zip(flat[::2], flat[1::2], strict=True):
                    if field.startswith(b"s:"):
                        service = field.removeprefix(b"s:").decode()
                        entry = _parse(visitor, _parse_service(service), text)
                        found += [entry] if entry.until > now else []
            if int(cursor) == 0:
                return list({(each.visitor, each.service_id): each for each in found}.values())

    def _admit(self, counter: str, member: bytes, ttl: timedelta, most: int) -> Command:
        key = counter_key(counter)
        return (b"EVALSHA", self._scripts.admit, 1, key, member, ttl // MICROSECOND, most)

    def _enter(
        self, visitor: str, requester: Requester, slot: ServiceSlot, kind: Kind, ttl: timedelta
    ) -> Command:
        start, end = slot.guarded.start, slot.guarded.end
        return (
            b"EVALSHA",
            self._scripts.enter,
            1,
            _book(visitor),
            _service(slot.service_id),
            slot.resource_id,
            microseconds(start),
            microseconds(end),
            ttl // MICROSECOND,
            kind,
            requester.address or NO_SERVICE,
        )

    def _put_back(self, visitor: str, service_id: int | None, former: bytes | None) -> Command:
        field = b"s:" + _service(service_id).encode()
        if former is None:
            return (b"HDEL", _book(visitor), field)
        return (b"HSET", _book(visitor), field, former)


def counter_key(counter: str) -> bytes:
    return COUNTER + redis_text.visitor_text(counter)


def claim_command(request: HoldRequest, claim: ClaimTerms) -> tuple[list[bytes], Command]:
    """Return the further keys and arguments with which `hold.lua` writes a hold into the book."""
    visitor, slot = request.visitor, request.slot
    counters = claim.requester.counters(visitor)
    limits = (claim.limits.address, claim.limits.visitor)[: len(counters)]
    return [_book(visitor), *map(counter_key, counters)], (
        _service(slot.service_id),
        slot.resource_id,
        microseconds(slot.guarded.start),
        microseconds(slot.guarded.end),
        claim.requester.address or NO_SERVICE,
        _member(visitor, slot.service_id),
        *limits,
    )


def parse_refusal(
    request: HoldRequest, claim: ClaimTerms, why: bytes, wait: bytes, counter: int
) -> KeptTooLong | TooMany:
    """Return the reason for which `hold.lua` has refused a claim.

    `wait` is in microseconds. `counter` is the number of the counter that is full, from 1.
    """
    after = int(wait) * MICROSECOND
    if why == b"KEPT":
        return KeptTooLong(after)
    limits = (claim.limits.address, claim.limits.visitor)
    name = claim.requester.counters(request.visitor)[counter - 1]
    return TooMany(limit_of(name), limits[counter - 1], after)


def parse_entered(request: HoldRequest, answer: list[Any]) -> EnteredClaim:
    """Return the claim that `hold.lua` has written into the book."""
    return _parse_entered_claim(request.visitor, request.slot.service_id, [b"", *answer])


def _book(visitor: str) -> bytes:
    return BOOK + redis_text.visitor_text(visitor)


def _service(service_id: int | None) -> str:
    return NO_SERVICE if service_id is None else str(service_id)


def _parse_service(text: str) -> int | None:
    return None if text == NO_SERVICE else int(text)


def _member(visitor: str, service_id: int | None) -> bytes:
    return b"%b %b" % (redis_text.visitor_text(visitor), _service(service_id).encode())


def _parse(visitor: str, service_id: int | None, text: bytes) -> Entry:
    kind, resource, start, end, until, address = text.decode().split(" ")
    return Entry(
        visitor,
        "checkout" if kind == "checkout" else "hold",
        service_id,
        int(resource),
        Interval(instant(start), instant(end)),
        instant(until),
        None if address == NO_SERVICE else address,
    )


def _parse_entered_claim(visitor: str, service_id: int | None, answer: list[bytes]) -> EnteredClaim:
    _, clock, left, text = answer
    now = instant(clock.decode())
    last = _parse(visitor, service_id, text) if text is not None else None
    former = last if last is not None and last.until > now else None
    return EnteredClaim(now, int(left) * MICROSECOND, former is None, former)
