"""The book of live claims: who has a hold or a checkout, from which address, and since when.

It serves two limits. One visitor may keep one time only so long by holds and checkouts together:
claims of overlapping times count on until the visitor has let the time rest. And one address and
one visitor may have only so many claims at once: one per visitor and service is counted.

The book knows a claim until it was said to end; what ends earlier is taken out (`leave`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from dibs.availability.intervals import Interval
    from dibs.availability.slots import ServiceSlot
    from dibs.clock import Clock

Kind = Literal["hold", "checkout"]
#: Names in the book are counted under keys of two kinds; a visitor without a secret is known by
#: the address alone.
ADDRESS, VISITOR = "a:", "v:"
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a request comes from; without an address (this process itself) no limit counts it."""

    address: str | None = None
    is_anonymous: bool = False

    def counters(self, visitor: str) -> tuple[str, ...]:
        """Under which names a claim is counted: the address's and the visitor's."""
        if self.address is None:
            return ()
        return ADDRESS + self.address, VISITOR + (self.address if self.is_anonymous else visitor)


@dataclass(frozen=True, slots=True)
class Caps:
    """How many claims one address and one visitor may have at once; 0: any number."""

    address: int = 0
    visitor: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim as the book has it: of the time `guarded`, with its buffers, until `until`."""

    visitor: str
    kind: Kind
    service_id: int | None
    resource_id: int
    guarded: Interval
    until: datetime
    address: str | None


@dataclass(frozen=True, slots=True)
class Entered:
    """The claim is in the book. `left`: how long the time may be kept from `now`, the book's time.

    `is_new`: the visitor had no claim of this service. `former`: the one they had.
    """

    now: datetime
    left: timedelta
    is_new: bool
    former: Entry | None


@dataclass(frozen=True, slots=True)
class KeptTooLong:
    """The visitor has kept the time as long as one may, and can have it again after `rest`."""

    rest: timedelta


@dataclass(frozen=True, slots=True)
class TooMany:
    """As many claims as there may be; the first of them ends after `wait`."""

    limit: Literal["claims_per_address", "claims_per_visitor"]
    most: int
    wait: timedelta


class ClaimBook(Protocol):
    """A book in Redis goes on in this process' own memory while Redis is away."""

    async def enter(
        self,
        visitor: str,
        sender: Sender,
        slot: ServiceSlot,
        kind: Kind,
        ttl: timedelta,
        caps: Caps,
    ) -> Entered | KeptTooLong | TooMany:
        """Write down a claim that is about to begin or to go on. A refusal writes nothing."""
        ...

    async def leave(self, visitor: str, service_id: int | None) -> None:
        """Take out the visitor's claim of a service. How long the time was kept is remembered."""
        ...

    async def entries(self) -> list[Entry]:
        """All live claims."""
        ...


@dataclass(slots=True)
class _Kept:
    since: datetime
    until: datetime


class MemoryClaimBook:
    """In the memory of this process."""

    def __init__(self, clock: Clock, limit: timedelta, rest: timedelta) -> None:
        self._clock = clock
        self._limit = limit
        self._rest = rest
        self._entries: dict[tuple[str, int | None], Entry] = {}
        self._counted: dict[str, dict[tuple[str, int | None], datetime]] = {}
        self._kept: dict[tuple[str, int], dict[Interval, _Kept]] = {}
        self._sweep_at = 1_000

    async def enter(
        self,
        visitor: str,
        sender: Sender,
        slot: ServiceSlot,
        kind: Kind,
        ttl: timedelta,
        caps: Caps,
    ) -> Entered | KeptTooLong | TooMany:
        now = self._clock.now()
        self._sweep(now)
        name = (visitor, slot.service_id)
        counters = sender.counters(visitor)
        refused = self._refuse_too_many(counters, name, caps, now)
        if refused is not None:
            return refused
        known = self._kept.get((visitor, slot.resource_id), {})
        near = {
            span: kept
            for span, kept in known.items()
            if kept.until + self._rest > now and span.overlaps(slot.guarded)
        }
        left = min((kept.since for kept in near.values()), default=now) + self._limit - now
        if left <= NO_TIME:
            last = max(kept.until for kept in near.values())
            return KeptTooLong(last + self._rest - now)
        until = now + min(ttl, left)
        near.setdefault(slot.guarded, _Kept(now, until))
        for kept in near.values():
            kept.until = max(kept.until, until)
        self._kept[visitor, slot.resource_id] = known | near
        former = self._entries.get(name)
        self._entries[name] = Entry(
            visitor, kind, slot.service_id, slot.resource_id, slot.guarded, until, sender.address
        )
        is_new = former is None or former.until <= now
        for counter in counters:
            self._counted.setdefault(counter, {})[name] = until
        return Entered(now, left, is_new, None if is_new else former)

    async def leave(self, visitor: str, service_id: int | None) -> None:
        entry = self._entries.pop((visitor, service_id), None)
        if entry is not None and entry.address is not None:
            for counter in counters_of(entry.address, visitor):
                self._counted.get(counter, {}).pop((visitor, service_id), None)

    async def entries(self) -> list[Entry]:
        now = self._clock.now()
        return [entry for entry in self._entries.values() if entry.until > now]

    def _refuse_too_many(
        self, counters: tuple[str, ...], name: tuple[str, int | None], caps: Caps, now: datetime
    ) -> TooMany | None:
        for counter, most in zip(counters, (caps.address, caps.visitor), strict=False):
            counted = self._counted.get(counter, {})
            # Most are below the limit even with those that are over and not yet forgotten.
            if not most or len(counted) < most or counted.get(name, now) > now:
                continue
            live = {each: until for each, until in counted.items() if until > now}
            if len(live) >= most:
                return TooMany(limit_of(counter), most, min(live.values()) - now)
            self._counted[counter] = live
        return None

    def _sweep(self, now: datetime) -> None:
        """Forget what is over, each time there is twice as much as was left the last time."""
        if len(self._entries) + len(self._kept) + len(self._counted) < self._sweep_at:
            return
        self._entries = {name: each for name, each in self._entries.items() if each.until > now}
        self._kept = {
            name: live
            for name, kept in self._kept.items()
            if (
                live := {span: each for span, each in kept.items() if each.until + self._rest > now}
            )
        }
        self._counted = {
            counter: ends
            for counter, counted in self._counted.items()
            if (ends := {name: until for name, until in counted.items() if until > now})
        }
        left = len(self._entries) + len(self._kept) + len(self._counted)
        self._sweep_at = max(1_000, 2 * left)


def counters_of(address: str, visitor: str) -> tuple[str, ...]:
    """All names under which a claim from an address may have been counted."""
    return ADDRESS + address, VISITOR + visitor, VISITOR + address


def limit_of(counter: str) -> Literal["claims_per_address", "claims_per_visitor"]:
    return "claims_per_address" if counter.startswith(ADDRESS) else "claims_per_visitor"
