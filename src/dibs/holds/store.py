"""Holds: short claims on a time, and what a store of them promises.

A store keeps one record per visitor and board. Its state of a board has a `version` that rises
with every change viewers can see, and `ledger`, the newest ledger version it was told. Every
operation is atomic, goes by the store's own clock, and first drops what has expired; a visible
change raises the version and is announced, in the same step.

A time that crosses midnight is on two boards: the operations that take several boards look at
all of them before they write to any.
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
    from dibs.holds.claims import ClaimBook


#: Records a board keeps at most. A newer one takes the place of that which would be forgotten
#: first among those without a hold; if all of them hold, whoever is unknown is refused as HELD.
MAX_RECORDS = 1_000
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Hold:
    """A visitor's live claim. `claim` is its public random id, `seq` the request that made it.

    In an answer to `hold` or `take` there is more: `versions`, those of the boards once they have
    the hold, and `elsewhere`: the visitor may have holds on other boards, too.
    """

    visitor: str
    claim: str
    slot: ServiceSlot
    boards: tuple[BoardKey, ...]
    created: datetime
    expires_at: datetime
    seq: int
    versions: tuple[int, ...] = field(default=(), compare=False)
    elsewhere: bool = field(default=False, compare=False)
    told: Told | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What a visitor is told of the times of their hold, by the store's clock at `now`: when it
    ends at the latest, however it is prolonged, and how long the time can be kept by further
    holds and checkouts."""

    now: datetime
    ends_at_latest: datetime
    keep_until: datetime


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """A visitor asks to hold a slot on its boards for `ttl`.

    Slots of different visitors exclude each other when their guarded times overlap, unless they
    are the very same slot: of that, as many may be held as there are `seats`.

    `ledger`: the ledger version of each board that the caller has seen. `seq`: the number of the
    request; None: the store's clock serves. `if_unknown`: only if the store has no record of the
    visitor on these boards.
    """

    boards: Sequence[BoardKey]
    slot: ServiceSlot
    visitor: str
    ttl: timedelta
    ledger: Mapping[BoardKey, int]
    seq: int | None = None
    seats: int = 1
    if_unknown: bool = False


class Refusal(Enum):
    """Why a hold was not given."""

    HELD = "another visitor holds an overlapping time"
    SUPERSEDED = "a newer request of this visitor came first"
    STALE = "the ledger has changed since the caller looked"
    KNOWN = "the store has a record of this visitor"


@dataclass(frozen=True, slots=True)
class HoldsSnapshot:
    """A board as the store knows it at `now`, its own time.

    `version` 0 and `ledger` None: the store knows nothing of it. `visitors` are all it has a
    record of. `lost`: the store was behind what the caller had seen.
    """

    version: int
    ledger: int | None
    holds: tuple[Hold, ...]
    visitors: frozenset[str]
    now: datetime
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a hold lives in all, and how long a record outlives it; how long a visitor may keep
    a time by holds and checkouts together, and for how long it then rests."""

    total: timedelta = timedelta(minutes=10)
    record: timedelta = timedelta(minutes=5)
    keep: timedelta = timedelta(minutes=20)
    rest: timedelta = timedelta(minutes=1)


#: A visitor's second hold on a board, for a write of another time than the one they hold there.
WRITING = "+writing"


def writer_of(visitor: str) -> str:
    """The name under which a visitor has a second hold."""
    return visitor + WRITING


def owner_of(name: str) -> str:
    """The visitor whose hold it is, whichever it is of theirs."""
    return name.removesuffix(WRITING)


class HoldStore(Protocol):
    """Every method may raise HoldsUnavailable."""

    @property
    def claims(self) -> ClaimBook:
        """Who claims what, since when and from where."""
        ...

    @property
    def is_away(self) -> bool:
        """Whether the last call was not answered; nothing is asked to tell."""
        ...

    @property
    def is_unwritable(self) -> bool:
        """Whether it answers and keeps nothing, as one that is full or a replica."""
        ...

    @property
    def is_settled(self) -> bool:
        """Whether it works, and the log has said so if it did not."""
        ...

    async def try_to_write(self) -> None:
        """Write something of no meaning, to see whether a hold could be kept."""
        ...

    async def hold(self, request: HoldRequest) -> Hold | Refusal:
        """Take, move to or prolong a hold, never beyond `created` + the total lifetime.

        Refuses a lower `seq` than the visitor's last, a slot that another visitor's hold excludes,
        and a caller whose view of the ledger is older than the store's. `seq` is kept also when
        the slot is refused. The same call again is the same answer.
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
        """Make sure of a hold for a write that is about to begin: like `hold`, but whatever the
        ledger says and whatever the hold's age. Keeps the visitor's `seq`, and what they hold
        already on these boards, since the write may be refused: the new hold then has another
        name (`writer_of`)."""
        ...

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
        """Set the deadline of the visitor's live hold on exactly this slot to now + ttl, later or
        earlier, never beyond `created` + the total lifetime + `grace`. Nobody is told.

        `granted` is for who doesn't know the newest wish: a deadline is made earlier only if it
        lies no further than that behind the hold's `seq`, a time by the store's clock; a later one
        has been asked for since the hold was granted.
        """
        ...

    async def release(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        seq: int | None = None,
    ) -> bool:
        """End the visitor's hold on exactly this slot, unless its `seq` is newer."""
        ...

    async def record_commit(self, board: BoardKey, ledger: int, ended: Hold | None = None) -> None:
        """Tell the store of a newer ledger version, and end a hold that has become a booking,
        unless its `seq` is newer: one step, so that no reader finds neither."""
        ...

    async def note(self, board: BoardKey, ledger: int) -> None:
        """Tell the store of a ledger version that was read. Announced only if it had an older."""
        ...

    async def read(self, board: BoardKey, seen: int = 0) -> HoldsSnapshot:
        """The board's state. `seen` is the caller's version: a store that is behind it has lost
        writes, and raises its version above that."""
        ...

    async def peek(self, boards: Sequence[BoardKey]) -> list[int]:
        """The versions of these boards; 0 where the store knows nothing."""
        ...

    async def held_by(self, visitor: str) -> list[Hold]:
        """All live holds of a visitor."""
        ...

    async def aclose(self) -> None:
        """Let go of what the store holds open."""
        ...
