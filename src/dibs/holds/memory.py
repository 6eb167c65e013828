"""The hold store in memory, for the one process of the embedded mode."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dibs.claim_id import new_claim_id
from dibs.clock import microseconds
from dibs.holds.claims import ClaimCheck, MemoryClaimBook
from dibs.holds.store import (
    MAX_RECORDS,
    NO_TIME,
    Hold,
    HoldRequest,
    HoldsSnapshot,
    Lifetimes,
    Refusal,
    owner_of,
    writer_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dibs.availability.boards import BoardKey
    from dibs.availability.slots import ServiceSlot
    from dibs.clock import Clock
    from dibs.holds.claims import KeptTooLong, TooMany


@dataclass(slots=True)
class _Record:
    """What is known of a visitor on a board: the newest `seq`, and the live hold or None."""

    seq: int
    hold: Hold | None
    forget_at: datetime


@dataclass(slots=True)
class _BoardState:
    """The state of a board. `next_expiry` is never later than the first deadline on it."""

    version: int = 0
    ledger_version: int | None = None
    records: dict[str, _Record] = field(default_factory=dict)
    next_expiry: datetime | None = None
    touched: datetime | None = None


class MemoryHoldStore:
    """A hold store whose methods have no `await` inside, so each is atomic in the event loop."""

    is_away = False
    is_unwritable = False
    is_stable = True

    def __init__(
        self, clock: Clock, announce: Callable[[BoardKey, int], None], lifetimes: Lifetimes
    ) -> None:
        self._clock = clock
        self._announce = announce
        self._lifetimes = lifetimes
        self.claims = self._book = MemoryClaimBook(clock, lifetimes.max_claim, lifetimes.cooldown)
        self._boards: OrderedDict[BoardKey, _BoardState] = OrderedDict()
        self._visitors: dict[str, set[BoardKey]] = {}

    async def try_to_write(self) -> None:
        """Do nothing: memory can always be written."""

    async def hold(self, request: HoldRequest) -> Hold | Refusal | KeptTooLong | TooMany:
        if request.claim is None:
            return self._hold(request)
        visitor, slot = request.visitor, request.slot
        found = self._book.look(visitor, slot, request.claim)
        if not isinstance(found, ClaimCheck):
            return found
        hold = self._hold(replace(request, ttl=min(request.ttl, found.left)))
        if isinstance(hold, Hold):
            hold = replace(
                hold, entered=self._book.write(visitor, slot, "hold", request.ttl, found)
            )
        return hold

    def _hold(self, request: HoldRequest) -> Hold | Refusal:
        now = self._clock.now()
        boards, slot, visitor = request.boards, request.slot, request.visitor
        seq = microseconds(now) if request.seq is None else request.seq
        states = [self._current(board, now) for board in boards]
        if request.only_if_unknown and any(visitor in state.records for state in states):
            return Refusal.KNOWN
        if any((state.records[visitor].seq > seq) for state in states if visitor in state.records):
            return Refusal.SUPERSEDED
        if any(
            (state.ledger_version or 0) > request.ledger_versions[key]
            for key, state in zip(boards, states, strict=True)
        ):
            return Refusal.STALE
        if any(_is_excluded(state, slot, visitor, request.seats) for state in states):
            for key, state in zip(boards, states, strict=True):
                self._note_seq(key, state, visitor, seq, now)
            return Refusal.HELD
        return self._grant(boards, slot, visitor, seq, now, request.ttl, self._lifetimes.max_hold)

    async def acquire(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        ttl: timedelta,
        seats: int = 1,
    ) -> Hold | Refusal:
        now = self._clock.now()
        states = [self._current(board, now) for board in boards]
        if any(_is_excluded(state, slot, visitor, seats) for state in states):
            return Refusal.HELD
        records = [state.records[visitor] for state in states if visitor in state.records]
        seq = max((record.seq for record in records), default=0)
        if any(record.hold is not None and record.hold.slot != slot for record in records):
            visitor = writer_of(visitor)
        return self._grant(boards, slot, visitor, seq, now, ttl, None)

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
        now = self._clock.now()
        states = [self._current(board, now) for board in boards]
        held = [_find_hold(state, slot, visitor) for state in states]
        if not held or held[0] is None or None in held:
            return None
        present = held[0]
        expires_at = min(now + ttl, present.created + self._lifetimes.max_hold + grace)
        if granted_ttl is not None and microseconds(present.expires_at - granted_ttl) > present.seq:
            expires_at = max(expires_at, present.expires_at)
        hold = replace(present, expires_at=expires_at)
        for state in states:
            self._put(state, hold)
        return hold

    async def release(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        *,
        seq: int | None = None,
    ) -> tuple[HoldsSnapshot, ...]:
        now, released = self._clock.now(), False
        for key in boards:
            state = self._current(key, now)
            record = state.records.get(visitor)
            if seq is not None and record is not None and record.seq > seq:
                continue
            if seq is not None:
                record = self._note_seq(key, state, visitor, seq, now)
            if record is not None and record.hold is not None and record.hold.slot == slot:
                self._end_hold(record.hold, now)
                released = True
        return tuple(_snapshot(self._boards[key], now) for key in boards) if released else ()

    async def record_commit(
        self, board: BoardKey, ledger: int, ended: Hold | None = None
    ) -> HoldsSnapshot:
        now = self._clock.now()
        state = self._current(board, now)
        state.ledger_version = max(state.ledger_version or 0, ledger)
        record = state.records.get(ended.visitor) if ended is not None else None
        hold = record.hold if record is not None else None
        if (
            ended is not None
            and record is not None
            and hold is not None
            and hold.slot == ended.slot
            and record.seq <= ended.seq
        ):
            record.hold = None
            self._forget_later(state, record, now)
        self._raise_version(board, state, now)
        return _snapshot(state, now)

    async def note_ledger_version(self, board: BoardKey, ledger: int) -> None:
        now = self._clock.now()
        state = self._current(board, now)
        known = state.ledger_version
        if known is not None and known >= ledger:
            return
        state.ledger_version = ledger
        if known is not None:
            self._raise_version(board, state, now)

    async def read(self, board: BoardKey, seen: int = 0) -> HoldsSnapshot:
        now = self._clock.now()
        state = self._current(board, now)
        lost = state.version < seen
        if lost:
            state.version = seen
            self._raise_version(board, state, now)
        return _snapshot(state, now, lost=lost)

    async def read_versions(self, boards: Sequence[BoardKey]) -> list[int]:
        now = self._clock.now()
        return [
            self._current(board, now).version if board in self._boards else 0 for board in boards
        ]

    async def find_holds(self, visitor: str) -> list[Hold]:
        now = self._clock.now()
        found: dict[str, Hold] = {}
        for board in tuple(self._visitors.get(visitor, ())):
            record = self._current(board, now).records.get(visitor)
            if record is not None and record.hold is not None:
                found[record.hold.claim] = record.hold
        return list(found.values())

    async def aclose(self) -> None:
        pass

    def _current(self, board: BoardKey, now: datetime) -> _BoardState:
        """Return the board's state, after what has expired was removed from it."""
        state = self._boards.get(board)
        if state is None:
            self._forget_idle(now)
            state = self._boards[board] = _BoardState()
        state.touched = now
        self._boards.move_to_end(board)
        if state.next_expiry is not None and state.next_expiry <= now:
            self._expire(board, state, now)
        return state

    def _expire(self, board: BoardKey, state: _BoardState, now: datetime) -> None:
        changed = False
        for visitor, record in list(state.records.items()):
            if record.hold is not None and record.hold.expires_at <= now:
                record.forget_at = record.hold.expires_at + self._lifetimes.record
                record.hold = None
                changed = True
            if record.hold is None and record.forget_at <= now:
                del state.records[visitor]
                self._unlink(visitor, board)
        state.next_expiry = min(
            (
                record.hold.expires_at if record.hold else record.forget_at
                for record in state.records.values()
            ),
            default=None,
        )
        if changed:
            self._raise_version(board, state, now)

    def _forget_idle(self, now: datetime) -> None:
        """Drop the two least recently used boards, if they are idle and have no live record."""
        idle_since = now - self._lifetimes.max_hold - self._lifetimes.record
        for board in [key for key, _ in zip(self._boards, range(2), strict=False)]:
            state = self._boards[board]
            if state.touched is None or state.touched > idle_since:
                return
            self._expire(board, state, now)
            if not state.records:
                del self._boards[board]

    def _grant(
        self,
        boards: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        seq: int,
        now: datetime,
        ttl: timedelta,
        total: timedelta | None,
    ) -> Hold:
        present = _find_hold(self._boards[boards[0]], slot, visitor)
        created = present.created if present else now
        expires_at = now + ttl if total is None else min(now + ttl, created + total)
        hold = Hold(
            visitor,
            present.claim if present else new_claim_id(),
            slot,
            tuple(boards),
            created,
            max(expires_at, present.expires_at) if present else expires_at,
            seq,
        )
        for key in boards:
            state = self._boards[key]
            former = state.records[visitor].hold if visitor in state.records else None
            if former is not None and former.slot != slot:
                self._end_hold(former, now, keep=boards)
            self._note_seq(key, state, visitor, seq, now)
            self._put(state, hold)
            if former is None or former.claim != hold.claim:
                self._raise_version(key, state, now)
        return replace(
            hold,
            snapshots=tuple(_snapshot(self._boards[key], now) for key in boards),
            may_have_others=len(self._visitors[visitor]) > len(boards),
        )

    def _put(self, state: _BoardState, hold: Hold) -> None:
        former = state.records.get(hold.visitor)
        seq = max(hold.seq, former.seq) if former else hold.seq
        forget_at = hold.expires_at + self._lifetimes.record
        state.records[hold.visitor] = _Record(seq, hold, forget_at)
        state.next_expiry = min(filter(None, (state.next_expiry, hold.expires_at)))

    def _end_hold(self, hold: Hold, now: datetime, keep: Iterable[BoardKey] = ()) -> None:
        """End the hold on all its boards. The caller announces the boards in `keep`."""
        for key in hold.boards:
            state = self._boards.get(key)
            record = state.records.get(hold.visitor) if state else None
            if state is None or record is None or record.hold is None:
                continue
            if record.hold.claim == hold.claim:
                record.hold = None
                self._forget_later(state, record, now)
                if key not in keep:
                    self._raise_version(key, state, now)

    def _note_seq(
        self, board: BoardKey, state: _BoardState, visitor: str, seq: int, now: datetime
    ) -> _Record | None:
        """Remember the number of a visitor's request. Returns None if the board is full; then the
        visitor gets no record."""
        record = state.records.get(visitor)
        if record is None:
            if not self._make_space(board, state):
                return None
            record = state.records[visitor] = _Record(seq, None, now)
            self._visitors.setdefault(visitor, set()).add(board)
        record.seq = max(record.seq, seq)
        if record.hold is None:
            self._forget_later(state, record, now)
        return record

    def _make_space(self, board: BoardKey, state: _BoardState) -> bool:
        """Make space for one more record. Returns False if the board is full and all its records
        have a hold."""
        if len(state.records) < MAX_RECORDS:
            return True
        without = [visitor for visitor, record in state.records.items() if record.hold is None]
        if not without:
            return False
        first = min(without, key=lambda visitor: state.records[visitor].forget_at)
        del state.records[first]
        self._unlink(first, board)
        return True

    def _forget_later(self, state: _BoardState, record: _Record, now: datetime) -> None:
        """Keep a record for a while after its hold has ended or its last request was refused."""
        record.forget_at = now + self._lifetimes.record
        state.next_expiry = min(filter(None, (state.next_expiry, record.forget_at)))

    def _unlink(self, visitor: str, board: BoardKey) -> None:
        boards = self._visitors.get(visitor)
        if boards is not None:
            boards.discard(board)
            if not boards:
                del self._visitors[visitor]

    def _raise_version(self, board: BoardKey, state: _BoardState, now: datetime) -> None:
        state.version = max(state.version + 1, microseconds(now))
        self._announce(board, state.version)


def _snapshot(of: _BoardState, now: datetime, *, lost: bool = False) -> HoldsSnapshot:
    holds = tuple(record.hold for record in of.records.values() if record.hold is not None)
    return HoldsSnapshot(of.version, of.ledger_version, holds, frozenset(of.records), now, lost)


def _find_hold(state: _BoardState, slot: ServiceSlot, visitor: str) -> Hold | None:
    """Return the visitor's live hold on exactly this slot, or None."""
    record = state.records.get(visitor)
    if record is not None and record.hold is not None and record.hold.slot == slot:
        return record.hold
    return None


def _is_excluded(state: _BoardState, slot: ServiceSlot, visitor: str, seats: int) -> bool:
    """Tell whether the holds of other visitors leave no seat for this slot on the board."""
    same = live = 0
    for other, record in state.records.items():
        if owner_of(other) == visitor or record.hold is None:
            continue
        live += 1
        if record.hold.slot == slot:
            same += 1
        elif record.hold.slot.guarded.overlaps(slot.guarded):
            return True
    return same >= seats or live >= MAX_RECORDS
