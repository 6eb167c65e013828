"""Holds (short claims on a time), and what every hold store promises.

A store keeps one record for each visitor on each board. For each board it also keeps a `version`,
which rises with every change that viewers can see, and the newest version of the board in the
ledger that the store knows. Every operation is atomic, uses the store's own clock, and first drops
what has expired. A change that viewers can see is announced in the same step.

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


#: How many records a board keeps at most. When it is full, a new record replaces the record without
#: a hold that would be forgotten first. If all records have a hold, a visitor without a record is
#: refused as HELD.
MAX_RECORDS = 1_000
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Hold:
    """A visitor's live hold. `claim` is its public random id, `seq` the number of the request that
    made it.

    Only answers of `hold` and `acquire` have `snapshots` (the boards with the hold) and
    `may_have_others` (the visitor may also have holds on other boards). `entered` is the claim that
    was written into the book of claims for this hold.
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
    """The times of a hold that its visitor gets in the answer. `now` is by the store's clock.

    `ends_at_latest` is when the hold ends, even if it is prolonged. `keep_until` is until when the
    visitor can keep the time by further holds and checkouts.
    """

    now: datetime
    ends_at_latest: datetime
    keep_until: datetime


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """A visitor's request to hold a slot on its boards for `ttl`.

    Holds of different visitors exclude each other when their guarded times overlap. The exception
    are holds of exactly the same slot: as many visitors can hold it as there are `seats`.

    * `ledger_versions`: the versions of the boards in the ledger that the caller has seen.
    * `seq`: the number of the request. With None, the store takes the time by its clock.
    * `only_if_unknown`: grant the hold only if the store has no record of the visitor on these
      boards.
    * `claim`: write the hold into the book of claims in the same step, and shorten the hold to the
      time for which the visitor can still keep the slot.
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
    """A board as the store knows it at `now`, by the store's own clock.

    If `version` is 0 and `ledger_version` is None, the store knows nothing of the board. `visitors`
    are the visitors with a record. `lost` says that the store has lost writes: its version was
    below the version that the caller had seen.
    """

    version: int
    ledger_version: int | None
    holds: tuple[Hold, ...]
    visitors: frozenset[str]
    now: datetime
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long holds, records and claims live.

    * `max_hold`: how long a hold lives at most, even if it is prolonged.
    * `record`: how long a record is kept after its hold has ended.
    * `max_claim`: how long one visitor can keep one time by holds and checkouts together.
    * `cooldown`: how long the visitor must then wait before they can claim that time again.
    """

    max_hold: timedelta = timedelta(minutes=10)
    record: timedelta = timedelta(minutes=5)
    max_claim: timedelta = timedelta(minutes=20)
    cooldown: timedelta = timedelta(minutes=1)


#: This is added to a visitor's name for their second hold on a board. A write acquires a second
#: hold if the visitor already holds another time of that board.
WRITING = "+writing"


def writer_of(visitor: str) -> str:
    """Return the name under which a visitor has their second hold on a board."""
    return visitor + WRITING


def owner_of(name: str) -> str:
    """Return the visitor to whom a hold belongs, from the name of their first or second hold."""
    return name.removesuffix(WRITING)


class HoldStore(Protocol):
    """The place where holds live. Every method may raise HoldsUnavailable."""

    @property
    def claims(self) -> ClaimBook:
        """The book of live claims."""
        ...

    @property
    def is_away(self) -> bool:
        """Whether the last call was not answered. This makes no new call."""
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
        """Write a test value, to find out whether the store can be written."""
        ...

    async def hold(self, request: HoldRequest) -> Hold | Refusal | KeptTooLong | TooMany:
        """Take a hold, move the visitor's hold to this slot, or prolong it.

        The hold never lives longer than `created` + `Lifetimes.max_hold`. The store refuses a `seq`
        below the visitor's last one, a slot that another visitor's hold excludes, and a caller
        whose versions of the ledger are older than those that the store knows. `seq` is remembered
        even if the slot is held by another visitor. A repeated call gets the same answer.
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

        Unlike `hold`, this ignores the versions of the ledger and the age of the hold, and leaves
        the visitor's `seq` as it is. If the visitor holds another slot on these boards, that hold
        stays, because the write may be refused. The new hold then gets another name (`writer_of`).
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
        """End the visitor's hold on exactly this slot, unless the visitor's `seq` is newer. Returns
        the boards as they are afterwards, or nothing if no hold was ended."""
        ...

    async def record_commit(
        self, board: BoardKey, ledger: int, ended: Hold | None = None
    ) -> HoldsSnapshot:
        """Write down a newer version of the ledger, and end the hold that has become a booking.

        Both happen in one step, so that every reader finds either the hold or the booking. The hold
        stays if the visitor's `seq` is newer than that of `ended`. Returns the board as it is
        afterwards.
        """
        ...

    async def note_ledger_version(self, board: BoardKey, ledger: int) -> None:
        """Write down the version of a board that was read from the ledger. This is announced only
        if the store knew an older version."""
        ...

    async def read(self, board: BoardKey, seen: int = 0) -> HoldsSnapshot:
        """Return the board's state. `seen` is the version that the caller has seen. A store whose
        version is lower has lost writes, and raises its version above `seen`."""
        ...

    async def read_versions(self, boards: Sequence[BoardKey]) -> list[int]:
        """Return the versions of these boards, with 0 for a board that the store does not know."""
        ...

    async def find_holds(self, visitor: str) -> list[Hold]:
        """Return all live holds of a visitor."""
        ...

    async def aclose(self) -> None:
        """Close the store's connections."""
        ...
