"""A board as viewers see it: open time and claims, at one revision.

A board object never changes; a new state is a new object. Its rendering is the same for all
viewers, and is made once.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import orjson

from dibs.availability.hours import open_time
from dibs.availability.intervals import hull
from dibs.availability.slots import Slot
from dibs.holds.store import owner_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from dibs.availability.boards import BoardKey
    from dibs.availability.intervals import Interval
    from dibs.holds.store import HoldsSnapshot
    from dibs.ledger.catalog import Service
    from dibs.ledger.ledger import LedgerSnapshot

SlotState = Literal["free", "held", "pending", "taken"]
Degraded = Literal["holds", "unknown"]

#: From the weakest claim to the strongest.
STRENGTH: dict[SlotState, int] = {"free": 0, "held": 1, "pending": 2, "taken": 3}


class Revision(NamedTuple):
    """The state of a board: the versions of its two halves. Clients keep it as opaque text."""

    holds: int
    ledger: int

    def __str__(self) -> str:
        return f"{self.holds}.{self.ledger}"

    def is_ahead_of(self, other: Revision) -> bool:
        """Tell whether this revision is newer than the other in at least one half. Two nodes can
        have revisions that are each ahead of the other."""
        return self.holds > other.holds or self.ledger > other.ledger


def parse_revision(text: str) -> Revision | None:
    """Return the revision that a text names, or None if it is no revision: clients can send any
    text."""
    holds, dot, ledger = text.partition(".")
    ledger = ledger.partition("~")[0]
    if not (dot and holds.isascii() and holds.isdecimal() and len(holds) < 20):
        return None
    if not (ledger.isascii() and ledger.isdecimal() and len(ledger) < 20):
        return None
    return Revision(int(holds), int(ledger))


@dataclass(frozen=True, slots=True)
class Claim:
    """What makes a time busy. `slot` is the busy time. `id` is public and says nothing about the
    person. `visitor` is never rendered."""

    id: str
    state: SlotState
    slot: Slot
    service_id: int | None
    visitor: str | None
    booking_id: int | None = None

    @property
    def guarded(self) -> Interval:
        return self.slot.guarded


@dataclass(frozen=True, slots=True)
class SeenSlot:
    """A slot with its state. `claims` are the ids of all claims on its time. `seats` is how many
    seats are not sold, or 0 if another claim excludes the slot."""

    slot: Slot
    state: SlotState
    claims: tuple[str, ...]
    seats: int


@dataclass(frozen=True)
class Board:
    """One resource's one local day, with its open time and its claims."""

    key: BoardKey
    holds: HoldsSnapshot | None
    ledger: LedgerSnapshot
    degraded: tuple[Degraded, ...] = ()
    #: Boards of the same resource whose claims count here, too (see `with_neighbours`).
    neighbours: tuple[Board, ...] = ()
    #: A cache for what other modules compute from this board, each under its own key.
    derived: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)
    _slots: dict[int, tuple[SeenSlot, ...]] = field(default_factory=dict, repr=False, compare=False)
    _with_neighbours: dict[tuple[date, ...], Board] = field(
        default_factory=dict, repr=False, compare=False
    )

    def join_neighbours(self, neighbours: Sequence[Board]) -> Board:
        """Return this board with the claims of other boards of its resource.

        A slot may reach past midnight, by itself or with its buffers, and then depends on the
        claims of the next or the previous day. The result is cached while the other boards stay the
        same.
        """
        if not neighbours:
            return self
        days = tuple(board.key.day for board in neighbours)
        kept = self._with_neighbours.get(days)
        if kept is None or not is_same(kept.neighbours, neighbours):
            flags = {*self.degraded, *(flag for board in neighbours for flag in board.degraded)}
            degraded = tuple(sorted(flags))
            kept = Board(self.key, self.holds, self.ledger, degraded, tuple(neighbours))
            self._with_neighbours[days] = kept
        return kept

    @cached_property
    def revision(self) -> Revision:
        return Revision(self.holds.version if self.holds else 0, self.ledger.version)

    @cached_property
    def revision_text(self) -> str:
        """The revision that clients get. A degraded board has another revision than a whole board.

        While the hold store is away, holds end by this process's clock and raise no version. So the
        text of a degraded board also contains the number of live holds.
        """
        if not self.degraded:
            return str(self.revision)
        alive = len(self.holds.holds) if self.holds else 0
        return "~".join((str(self.revision), *self.degraded, str(alive)))

    @property
    def etag(self) -> str:
        return self.revision_text

    @property
    def zone(self) -> ZoneInfo:
        return self.ledger.catalog.hours[self.key.resource_id].zone

    @property
    def is_unknown(self) -> bool:
        return "unknown" in self.degraded

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, sorted by start. An unknown board has none, because they can't be read."""
        if self.is_unknown:
            return ()
        found = [
            Claim(
                busy.claim,
                busy.state,
                Slot(busy.starts_at, busy.ends_at, busy.guarded),
                busy.service_id,
                busy.visitor,
                busy.booking_id,
            )
            for busy in self.ledger.busy
        ]
        for hold in self.holds.holds if self.holds else ():
            visitor = owner_of(hold.visitor)
            found.append(Claim(hold.claim, "held", hold.slot, hold.slot.service_id, visitor))
        if self.neighbours:
            found = _join_claims(found, self.neighbours)
        return tuple(sorted(found, key=_claim_order))

    @property
    def held(self) -> frozenset[str]:
        """The claim ids of all holds."""
        return frozenset(hold.claim for hold in self.holds.holds) if self.holds else frozenset()

    @cached_property
    def claimants(self) -> frozenset[str]:
        """The visitors who have a hold or a checkout here."""
        return frozenset(
            claim.visitor
            for claim in self.claims
            if claim.visitor is not None and claim.state != "taken"
        )

    @cached_property
    def open(self) -> tuple[Interval, ...]:
        if self.is_unknown:
            return ()
        return open_time(self.ledger.catalog.hours[self.key.resource_id], self.key.day)

    def slots(self, service: Service) -> tuple[SeenSlot, ...]:
        """Return the service's slots of this day with their states, or nothing if the board is
        unknown."""
        seen = self._slots.get(service.id)
        if seen is None:
            seen = self._slots[service.id] = self._see(service)
        return seen

    def _see(self, service: Service) -> tuple[SeenSlot, ...]:
        catalog = self.ledger.catalog
        # The service may be newer than the catalog with which this board was read.
        if self.is_unknown or service.id not in catalog.services:
            return ()
        offered = catalog.slots(self.key.resource_id, service.id, self.key.day)
        return tuple(self.state_of(slot, service) for slot in offered)

    def state_of(
        self,
        slot: Slot,
        service: Service,
        without: str | None = None,
        moving: int | None = None,
    ) -> SeenSlot:
        """Return a slot's state. The holds and checkouts of the visitor `without` and the booking
        `moving` don't count.

        Bookings of the same service with the same start share its seats, and so do holds of exactly
        this slot. Any other claim excludes the slot. A class with sold seats keeps the end and the
        buffers with which these seats were sold, and the returned slot has them.
        """
        claims = [
            claim
            for claim in self.claims
            if claim.guarded.overlaps(slot.guarded)
            and not (claim.visitor == without is not None and claim.state != "taken")
            and not (claim.booking_id == moving is not None)
        ]
        sold = [claim for claim in claims if is_seat(claim, service, slot.starts_at)]
        seen = _sold_slot(sold) if sold else slot
        claims = [
            claim
            for claim in claims
            if claim.state == "held" or claim.guarded.overlaps(seen.guarded)
        ]
        ids = tuple(claim.id for claim in claims)
        holding = [
            claim
            for claim in claims
            if (claim.state, claim.service_id, claim.guarded) == ("held", service.id, slot.guarded)
        ]
        if len(sold) + len(holding) < len(claims):
            others = (claim.state for claim in claims if claim not in (*sold, *holding))
            return SeenSlot(seen, max(others, key=STRENGTH.__getitem__), ids, 0)
        seats = service.capacity - len(sold)
        if seats <= 0:
            waiting = any(claim.state == "pending" for claim in sold)
            return SeenSlot(seen, "pending" if waiting else "taken", ids, 0)
        return SeenSlot(seen, "held" if len(holding) >= seats else "free", ids, seats)

    @cached_property
    def rendered(self) -> RenderedView:
        return render(
            {
                "resource_id": self.key.resource_id,
                "day": self.key.day,
                "time_zone": self.zone.key,
                "revision": self.revision_text,
                "degraded": self.degraded,
            },
            {
                "open": [{"starts_at": span.start, "ends_at": span.end} for span in self.open],
                "busy": [
                    {
                        "starts_at": claim.guarded.start,
                        "ends_at": claim.guarded.end,
                        "state": claim.state,
                        "claim": claim.id,
                    }
                    for claim in self.claims
                ],
            },
        )


def _claim_order(claim: Claim) -> tuple[datetime, datetime, str]:
    # Tuples of plain values are sorted faster than Interval objects, which are compared in Python.
    # The claims of a board are sorted after each of its changes.
    return claim.guarded.start, claim.guarded.end, claim.id


def is_same(some: Sequence[Board], others: Sequence[Board]) -> bool:
    """Tell whether these are the same boards in the same states."""
    return len(some) == len(others) and all(map(operator.is_, some, others))


def _join_claims(claims: Sequence[Claim], boards: Sequence[Board]) -> list[Claim]:
    """Return these claims and the claims on the boards, each claim once.

    The boards were not read at the same moment. So a claim may be a checkout on one board and a
    booking on another; then it counts as booked.
    """
    everything = [*claims, *(claim for board in boards for claim in board.claims)]
    everything.sort(key=lambda claim: STRENGTH[claim.state])
    return list({claim.id: claim for claim in everything}.values())


def is_seat(claim: Claim, service: Service, starts_at: datetime) -> bool:
    """Tell whether the claim is a sold seat of the service's class that starts at `starts_at`."""
    return (
        claim.state != "held"
        and claim.service_id == service.id
        and claim.slot.starts_at == starts_at
    )


def _sold_slot(sold: Sequence[Claim]) -> Slot:
    """Return the slot of the class to which these sold seats belong."""
    return Slot(
        sold[0].slot.starts_at,
        max(claim.slot.ends_at for claim in sold),
        hull(claim.guarded for claim in sold),
    )


@dataclass(frozen=True, slots=True)
class RenderedView:
    """JSON in two parts. The fields that differ in every answer are inserted between them."""

    head: bytes
    tail: bytes

    def complete(self, now: datetime, next_poll_ms: int) -> bytes:
        clock = now.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
        between = f'"server_time":"{clock}Z","next_poll_ms":{next_poll_ms},'
        return b"".join((self.head, between.encode(), self.tail))


def render(head: dict[str, Any], tail: dict[str, Any]) -> RenderedView:
    """Return the rendering of one JSON object with the fields of `head` and then of `tail`."""
    return RenderedView(
        orjson.dumps(head, option=orjson.OPT_UTC_Z)[:-1] + b",",
        orjson.dumps(tail, option=orjson.OPT_UTC_Z)[1:],
    )
