"""Holds (short claims on a time), and what every hold store promises.

A store keeps one record for each visitor on each board. Its state of a board has a `version`, which
rises with every change that viewers can see, and the newest version of the board in the ledger that
it knows. Every operation is atomic, goes by the store's own clock, and first drops what has
expired. A change that viewers can see raises the version and is announced in the same step.

A time that crosses midnight is on two boards. Operations on several boards look at all of them
before they write to any.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dibs.availability.boards import BoardKey
    from dibs.availability.slots import ServiceSlot
    from dibs.holds.claims import ClaimBook, ClaimTerms, EnteredClaim, KeptTooLong, TooMany


#: Records that a board keeps at most. When it is full, a new one replaces a record without a hold:
#: the one that would be forgotten first. If all of them have a hold, a visitor without a record is
#: refused as HELD.
MAX_RECORDS = 1_000
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Hold:
    """A visitor's live claim. `claim` is its public random id, `seq` the request that made it.

    Only answers of `hold` and `acquire` have `snapshots`, the boards with the hold, and
    `may_have_others`: the visitor may also have holds on other boards. `entered`: the claim that
    was written into the book for it.
    """

    visitor: str
    claim: str
    slot: ServiceSlot
    boards: tuple[BoardKey, ...]
    created: datetime
    expires_at: datetime
    seq: int
    snapshots: tuple[HoldsSnapshot, ...] = field(default=(), compare=False, repr=False)
    may_have_others: bool = field(default=False, compare=False)
    entered: EnteredClaim | None = field(default=None, compare=False, repr=False)
    times: HoldTimes | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class HoldTimes:
    """The times of a hold that its visitor gets in the answer. `now` is the store's clock.

    `ends_at_latest`: when the hold ends, however often it is prolonged. `keep_until`: until when
    the visitor can keep the time by further holds and checkouts.
    """

    now: datetime
    ends_at_latest: datetime
    keep_until: datetime


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """A visitor's request to hold a slot on its boards for `ttl`.

    Holds of different visitors exclude each other when their guarded times overlap. Only holds of
    the very same slot don't: as many visitors can hold it as there are `seats`.

    `ledger_versions`: the versions of the boards in the ledger that the caller has seen. `seq`: the
    number of the request; None: the store takes its clock. `only_if_unknown`: grant it only if the
    store has no record of the visitor on these boards. `claim`: write the hold into the book of
    claims, in the same step, and shorten it to the time for which the visitor can still keep it.
    """

    boards: Sequence[BoardKey]
    slot: ServiceSlot
    visitor: str
    ttl: timedelta
    ledger_versions: Mapping[BoardKey, int]
    seq: int | None = None
    seats: int = 1
    only_if_unknown: bool = False
    claim: ClaimTerms | None = None


class Refusal(Enum):
    """Why a hold was not given."""

    HELD = "another visitor holds an overlapping time"
    SUPERSEDED = "a newer request of this visitor came first"
    STALE = "the ledger has changed since the caller looked"
    KNOWN = "the store has a record of this visitor"


@dataclass(frozen=True, slots=True)
class HoldsSnapshot:
    """A board as the store knows it at `now`, by its own clock.

    If `version` is 0 and `ledger_version` is None, the store knows nothing of the board. `visitors`
    are those that have a record. `lost`: the store's version was below the one that the caller had
    seen.
    """

    version: int
    ledger_version: int | None
    holds: tuple[Hold, ...]
    visitors: frozenset[str]
    now: datetime
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long holds and records live.

    `max_hold`: a hold at most, however often it is prolonged. `record`: a record after its hold has
    ended. `max_claim`: one visitor's claims of one time by holds and checkouts together.
    `cooldown`: how long the visitor then waits before they can claim that time again.
    """

    max_hold: timedelta = timedelta(minutes=10)
    record: timedelta = timedelta(minutes=5)
    max_claim: timedelta = timedelta(minutes=20)
    cooldown: timedelta = timedelta(minutes=1)


#: Added to a visitor's name for their second hold on a board. A write acquires one if the visitor
#: already holds another time of that board.
WRITING = "+writing"


def writer_of(visitor: str) -> str:
    """The name under which a visitor has their second hold on a board."""
    return visitor + WRITING


def owner_of(name: str) -> str:
    """The visitor that a name of a hold belongs to, for their first and their second hold."""
    return name.removesuffix(WRITING)


class HoldStore(Protocol):
    """The place where holds live. Every method may raise HoldsUnavailable."""

    @property
    def claims(self) -> ClaimBook:
        """The book of live claims."""
        ...

    @property
    def is_away(self) -> bool:
        """Whether the last call was not answered. No new call is made to find out."""
        ...

    @property
    def is_unwritable(self) -> bool:
        """Whether the store answers but can't be written, because it is full or a replica."""
        ...

    @property
    def is_stable(self) -> bool:
        """Whether the store works, and has not failed in the last seconds."""
        ...

    async def try_to_write(self) -> None:
        """Write something without a meaning, to find out whether the store can be written."""
        ...

    async def hold(self, request: HoldRequest) -> Hold | Refusal | KeptTooLong | TooMany:
        """Take a hold, move the visitor's hold to this slot, or prolong it.

        It never lives longer than `created` + `Lifetimes.max_hold`. Refused are a `seq` below the
        visitor's last one, a slot that another visitor's hold excludes, and a caller whose versions
        of the ledger are older than the store's. `seq` is remembered even when the slot is refused.
        The same call again has the same answer.
        """
        ...

    async def acquire(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        ttl: timedelta,
        seats: int = 1,
    ) -> Hold | Refusal:
        """Take or prolong a hold for a write that is about to begin.

        Unlike `hold`, it looks neither at versions of the ledger nor at the age of the hold, and it
        leaves the visitor's `seq` as it is. A hold of another slot on these boards stays, because
        the write may be refused: the new hold then has a name of its own (`writer_of`).
        """
        ...

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
        """Set the deadline of the visitor's live hold on exactly this slot to now + `ttl`.

        The new deadline may be later or earlier, but never after `created` + `Lifetimes.max_hold` +
        `grace`. The change is not announced.

        A caller that may not know the visitor's newest request gives `granted_ttl`, the lifetime
        with which holds are granted. Then a deadline is not made earlier if it is later than the
        hold's `seq` (a time by the store's clock) + `granted_ttl`: somebody has prolonged the hold
        since it was granted.
        """
        ...

    async def release(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        seq: int | None = None,
    ) -> tuple[HoldsSnapshot, ...]:
        """End the visitor's hold on exactly this slot, unless its `seq` is newer. Returns the
        boards as they are then; none if there was no such hold."""
        ...

    async def record_commit(
        self, board: BoardKey, ledger: int, ended: Hold | None = None
    ) -> HoldsSnapshot:
        """Write down a newer version of the ledger, and end the hold that has become a booking.

        Both are one step, so that every reader finds the hold or the booking. A hold with a newer
        `seq` than `ended` stays. Returns the board as it is then.
        """
        ...

    async def note_ledger_version(self, board: BoardKey, ledger: int) -> None:
        """Write down a version of the ledger that was read. It is announced only if the store had
        an older one."""
        ...

    async def read(self, board: BoardKey, seen: int = 0) -> HoldsSnapshot:
        """The board's state. `seen` is the version that the caller has seen. A store with a lower
        one has lost writes, and raises its version above `seen`."""
        ...

    async def read_versions(self, boards: Sequence[BoardKey]) -> list[int]:
        """The versions of these boards; 0 for a board that the store does not know."""
        ...

    async def find_holds(self, visitor: str) -> list[Hold]:
        """All live holds of a visitor."""
        ...

    async def aclose(self) -> None:
        """Close the store's connections."""
        ...
