"""The book of live claims: who has a hold or a checkout, from which address, and since when.

It serves two limits. First, a visitor can keep one time only so long by holds and checkouts
together. Claims of overlapping times are added up until the visitor has left the time alone for a
while (the cooldown). Second, one address and one visitor can have only so many claims at once.
Claims of one visitor on one service count as one.

A claim stays in the book until the end that was written down for it. A claim that ends earlier must
be removed (`leave`).
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
#: Claims are counted under two kinds of names: for an address, and for a visitor. A visitor without
#: a secret is counted under the address.
ADDRESS, VISITOR = "a:", "v:"
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Requester:
    """The sender of a request. Without an address it is this process itself, and has no limits."""

    address: str | None = None
    is_anonymous: bool = False

    def counters(self, visitor: str) -> tuple[str, ...]:
        """Return the names under which a claim is counted: that of the address, then that of the
        visitor. Returns no names if there is no address, because nothing is counted then."""
        if self.address is None:
            return ()
        return ADDRESS + self.address, VISITOR + (self.address if self.is_anonymous else visitor)


@dataclass(frozen=True, slots=True)
class ClaimLimits:
    """How many claims one address and one visitor can have at once. 0 means any number."""

    address: int = 0
    visitor: int = 0


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """The sender of a request for a hold, and the limits that apply to them."""

    requester: Requester
    limits: ClaimLimits


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim in the book. `guarded` is its time with buffers, and `until` is when the claim
    ends."""

    visitor: str
    kind: Kind
    service_id: int | None
    resource_id: int
    guarded: Interval
    until: datetime
    address: str | None


@dataclass(frozen=True, slots=True)
class EnteredClaim:
    """A claim that was written into the book.

    `now` is the time by the book's clock, and `left` is how long after it the visitor can still
    keep the time. `is_new` says that the visitor had no live claim on this service; otherwise
    `former` is that claim.
    """

    now: datetime
    left: timedelta
    is_new: bool
    former: Entry | None


@dataclass(frozen=True, slots=True)
class KeptTooLong:
    """A refusal: the visitor has kept the time for too long, and can claim it again after
    `wait`."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class TooMany:
    """A refusal: the limit of claims is reached. The first of these claims ends after `wait`."""

    limit: Literal["max_claims_per_ip", "max_claims_per_visitor"]
    most: int
    wait: timedelta


class ClaimBook(Protocol):
    """The book of live claims, in memory or in Redis."""

    async def enter(
        self,
        visitor: str,
        requester: Requester,
        slot: ServiceSlot,
        kind: Kind,
        ttl: timedelta,
        limits: ClaimLimits,
    ) -> EnteredClaim | KeptTooLong | TooMany:
        """Write down a claim that is about to begin or to be prolonged. If the claim is refused,
        nothing is written."""
        ...

    async def leave(self, visitor: str, service_id: int | None) -> None:
        """Remove the visitor's claim on a service. The book still remembers how long the visitor
        has kept the time."""
        ...

    async def entries(self) -> list[Entry]:
        """Return all live claims."""
        ...


@dataclass(slots=True)
class _KeptTime:
    """Since when a visitor keeps a time, and when their last claim on it ends."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """The result of `look` for a claim that can be written at `now`. Its time can be kept for
    `left`. `near` are the overlapping times that the visitor keeps already."""

    now: datetime
    left: timedelta
    near: dict[Interval, _KeptTime]
    requester: Requester


class MemoryClaimBook:
    """The book of live claims in the memory of this process."""

    def __init__(self, clock: Clock, max_claim: timedelta, cooldown: timedelta) -> None:
        self._clock = clock
        self._max_claim = max_claim
        self._cooldown = cooldown
        self._entries: dict[tuple[str, int | None], Entry] = {}
        self._counted: dict[str, dict[tuple[str, int | None], datetime]] = {}
        self._kept: dict[tuple[str, int], dict[Interval, _KeptTime]] = {}
        self._sweep_at = 1_000

    async def enter(
        self,
        visitor: str,
        requester: Requester,
        slot: ServiceSlot,
        kind: Kind,
        ttl: timedelta,
        limits: ClaimLimits,
    ) -> EnteredClaim | KeptTooLong | TooMany:
        terms = ClaimTerms(requester, limits)
        found = self.look(visitor, slot, terms)
        return (
            self.write(visitor, slot, kind, ttl, found) if isinstance(found, ClaimCheck) else found
        )

    def look(
        self, visitor: str, slot: ServiceSlot, terms: ClaimTerms
    ) -> ClaimCheck | KeptTooLong | TooMany:
        """Check whether a claim can be written into the book. This writes no claim."""
        now = self._clock.now()
        self._sweep(now)
        counters = terms.requester.counters(visitor)
        refused = self._refuse_too_many(counters, (visitor, slot.service_id), terms.limits, now)
        if refused is not None:
            return refused
        known = self._kept.get((visitor, slot.resource_id), {})
        near = {
            span: kept
            for span, kept in known.items()
            if kept.until + self._cooldown > now and span.overlaps(slot.guarded)
        }
        left = min((kept.since for kept in near.values()), default=now) + self._max_claim - now
        if left <= NO_TIME:
            last = max(kept.until for kept in near.values())
            return KeptTooLong(last + self._cooldown - now)
        return ClaimCheck(now, left, near, terms.requester)

    def write(
        self, visitor: str, slot: ServiceSlot, kind: Kind, ttl: timedelta, found: ClaimCheck
    ) -> EnteredClaim:
        """Write a claim into the book. `found` comes from a call of `look` just before, without an
        `await` between the two."""
        now, left, near = found.now, found.left, found.near
        name = (visitor, slot.service_id)
        until = now + min(ttl, left)
        near.setdefault(slot.guarded, _KeptTime(now, until))
        for kept in near.values():
            kept.until = max(kept.until, until)
        self._kept.setdefault((visitor, slot.resource_id), {}).update(near)
        former, address = self._entries.get(name), found.requester.address
        self._entries[name] = Entry(
            visitor, kind, slot.service_id, slot.resource_id, slot.guarded, until, address
        )
        is_new = former is None or former.until <= now
        for counter in found.requester.counters(visitor):
            self._counted.setdefault(counter, {})[name] = until
        return EnteredClaim(now, left, is_new, None if is_new else former)

    async def leave(self, visitor: str, service_id: int | None) -> None:
        entry = self._entries.pop((visitor, service_id), None)
        if entry is not None and entry.address is not None:
            for counter in counters_of(entry.address, visitor):
                self._counted.get(counter, {}).pop((visitor, service_id), None)

    async def entries(self) -> list[Entry]:
        now = self._clock.now()
        return [entry for entry in self._entries.values() if entry.until > now]

    def _refuse_too_many(
        self,
        counters: tuple[str, ...],
        name: tuple[str, int | None],
        limits: ClaimLimits,
        now: datetime,
    ) -> TooMany | None:
        for counter, most in zip(counters, (limits.address, limits.visitor), strict=False):
            counted = self._counted.get(counter, {})
            # Usually the count is below the limit, even with the claims that have ended.
            if not most or len(counted) < most or counted.get(name, now) > now:
                continue
            live = {each: until for each, until in counted.items() if until > now}
            if len(live) >= most:
                return TooMany(limit_of(counter), most, min(live.values()) - now)
            self._counted[counter] = live
        return None

    def _sweep(self, now: datetime) -> None:
        """Forget what has ended, but only when the book has twice as many entries as after the last
        sweep."""
        if len(self._entries) + len(self._kept) + len(self._counted) < self._sweep_at:
            return
        self._entries = {name: each for name, each in self._entries.items() if each.until > now}
        self._kept = {
            name: live
            for name, kept in self._kept.items()
            if (
                live := {
                    span: each for span, each in kept.items() if each.until + self._cooldown > now
                }
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
    """Return all names under which a claim from this address may be counted."""
    return ADDRESS + address, VISITOR + visitor, VISITOR + address


def limit_of(counter: str) -> Literal["max_claims_per_ip", "max_claims_per_visitor"]:
    """Return the setting that limits the claims counted under a name."""
    return "max_claims_per_ip" if counter.startswith(ADDRESS) else "max_claims_per_visitor"
