"""Holds in the simplest possible form: plain lists that are searched every time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dibs.availability.boards import BoardKey
from dibs.availability.slots import ServiceSlot
from dibs.clock import microseconds
from dibs.holds.store import NO_TIME, Refusal, owner_of, writer_of
from tests.contract.holds.store_under_test import LIFETIMES


@dataclass(eq=False)
class NaiveHold:
    """A hold. Its `claim` is copied from the store under test."""

    visitor: str
    slot: ServiceSlot
    boards: tuple[BoardKey, ...]
    created: datetime
    expires_at: datetime
    seq: int
    claim: str = ""


@dataclass
class NaiveRecord:
    seq: int
    hold: NaiveHold | None
    forget_at: datetime


@dataclass
class NaiveBoard:
    ledger: int | None = None
    records: dict[str, NaiveRecord] = field(default_factory=dict)

    def holds(self) -> list[NaiveHold]:
        return [record.hold for record in self.records.values() if record.hold is not None]


class NaiveHolds:
    """A hold store in plain lists. `changed` collects the boards on which viewers see a change."""

    def __init__(self, boards: Iterable[BoardKey], now: datetime) -> None:
        self.now = now
        self.boards = {board: NaiveBoard() for board in boards}
        self.changed: set[BoardKey] = set()

    def all_holds(self) -> list[NaiveHold]:
        """Return all holds, including those whose deadline has passed."""
        found: list[NaiveHold] = []
        for board in self.boards.values():
            found += [hold for hold in board.holds() if hold not in found]
        return found

    def drop_expired(self, keys: Sequence[BoardKey]) -> list[NaiveBoard]:
        for key in keys:
            records = self.boards[key].records
            for visitor, record in list(records.items()):
                if record.hold is not None and record.hold.expires_at <= self.now:
                    record.forget_at = record.hold.expires_at + LIFETIMES.record
                    record.hold = None
                    self.changed.add(key)
                if record.hold is None and record.forget_at <= self.now:
                    del records[visitor]
        return [self.boards[key] for key in keys]

    def hold(
        self,
        keys: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        seq: int | None,
        ttl: timedelta,
        ledger: int,
        seats: int,
        only_if_unknown: bool,
    ) -> NaiveHold | Refusal:
        boards = self.drop_expired(keys)
        records = [board.records[visitor] for board in boards if visitor in board.records]
        seq = microseconds(self.now) if seq is None else seq
        if only_if_unknown and records:
            return Refusal.KNOWN
        if any(record.seq > seq for record in records):
            return Refusal.SUPERSEDED
        if any(board.ledger is not None and board.ledger > ledger for board in boards):
            return Refusal.STALE
        if self._is_excluded(boards, slot, visitor, seats):
            for key in keys:
                self._hear(key, visitor, seq)
            return Refusal.HELD
        return self._grant(keys, slot, visitor, seq, ttl, capped=True)

    def acquire(
        self, keys: Sequence[BoardKey], slot: ServiceSlot, visitor: str, ttl: timedelta, seats: int
    ) -> NaiveHold | Refusal:
        boards = self.drop_expired(keys)
        if self._is_excluded(boards, slot, visitor, seats):
            return Refusal.HELD
        seqs = [board.records[visitor].seq for board in boards if visitor in board.records]
        own = [self._hold_of(key, visitor) for key in keys]
        if any(hold is not None and hold.slot != slot for hold in own):
            visitor = writer_of(visitor)
        return self._grant(keys, slot, visitor, max(seqs, default=0), ttl, capped=False)

    def extend(
        self,
        keys: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        ttl: timedelta,
        granted_ttl: timedelta | None = None,
        grace: timedelta = NO_TIME,
    ) -> NaiveHold | None:
        self.drop_expired(keys)
        held = [self._hold_of(key, visitor) for key in keys]
        hold = held[0]
        if hold is None or hold.slot != slot or held.count(hold) != len(held):
            return None
        wanted_end = min(self.now + ttl, hold.created + LIFETIMES.max_hold + grace)
        if granted_ttl is None or microseconds(hold.expires_at - granted_ttl) <= hold.seq:
            hold.expires_at = wanted_end
        hold.expires_at = max(hold.expires_at, wanted_end)
        return hold

    def release(
        self, keys: Sequence[BoardKey], slot: ServiceSlot, visitor: str, seq: int | None
    ) -> bool:
        released = False
        self.drop_expired(keys)
        for key in keys:
            record = self.boards[key].records.get(visitor)
            if seq is not None:
                if record is not None and record.seq > seq:
                    continue
                self._hear(key, visitor, seq)
            hold = self._hold_of(key, visitor)
            if hold is not None and hold.slot == slot:
                self._end(hold)
                released = True
        return released

    def settle(self, key: BoardKey, ledger: int, ended: NaiveHold | None) -> None:
        (board,) = self.drop_expired([key])
        board.ledger = max(board.ledger or 0, ledger)
        self.changed.add(key)
        if ended is None:
            return
        record = board.records.get(ended.visitor)
        if record is None or record.hold is None:
            return
        if record.hold.slot == ended.slot and record.seq <= ended.seq:
            record.hold = None
            record.forget_at = self.now + LIFETIMES.record

    def note_ledger_version(self, key: BoardKey, ledger: int) -> None:
        (board,) = self.drop_expired([key])
        if board.ledger is not None and board.ledger < ledger:
            self.changed.add(key)
        board.ledger = max(board.ledger or 0, ledger)

    def find_holds(self, visitor: str) -> list[NaiveHold]:
        known = [key for key, board in self.boards.items() if visitor in board.records]
        self.drop_expired(known)
        found: list[NaiveHold] = []
        for key in known:
            hold = self._hold_of(key, visitor)
            if hold is not None and hold not in found:
                found.append(hold)
        return found

    def _hold_of(self, key: BoardKey, visitor: str) -> NaiveHold | None:
        record = self.boards[key].records.get(visitor)
        return record.hold if record is not None else None

    def _is_excluded(
        self, boards: Sequence[NaiveBoard], slot: ServiceSlot, visitor: str, seats: int
    ) -> bool:
        for board in boards:
            others = [hold for hold in board.holds() if owner_of(hold.visitor) != visitor]
            sharing = [hold for hold in others if hold.slot == slot]
            overlapping = [
                hold
                for hold in others
                if hold.slot != slot
                and hold.slot.guarded.start < slot.guarded.end
                and slot.guarded.start < hold.slot.guarded.end
            ]
            if overlapping or len(sharing) >= seats:
                return True
        return False

    def _grant(
        self,
        keys: Sequence[BoardKey],
        slot: ServiceSlot,
        visitor: str,
        seq: int,
        ttl: timedelta,
        capped: bool,
    ) -> NaiveHold:
        hold = self._hold_of(keys[0], visitor)
        if hold is None or hold.slot != slot:
            hold = NaiveHold(visitor, slot, tuple(keys), self.now, self.now, seq)
        wanted_end = self.now + ttl
        if capped:
            wanted_end = min(wanted_end, hold.created + LIFETIMES.max_hold)
        hold.expires_at = max(hold.expires_at, wanted_end)
        hold.seq = seq
        for key in keys:
            former = self._hold_of(key, visitor)
            if former is not None and former is not hold:
                self._end(former)
            if former is not hold:
                self.changed.add(key)
            record = self._hear(key, visitor, seq)
            record.hold = hold
        return hold

    def _end(self, hold: NaiveHold) -> None:
        for key in hold.boards:
            record = self.boards[key].records.get(hold.visitor)
            if record is not None and record.hold is hold:
                record.hold = None
                record.forget_at = self.now + LIFETIMES.record
                self.changed.add(key)

    def _hear(self, key: BoardKey, visitor: str, seq: int) -> NaiveRecord:
        """Record a request of the visitor. It is remembered as long as a hold that ends now."""
        records = self.boards[key].records
        record = records.setdefault(visitor, NaiveRecord(seq, None, self.now))
        record.seq = max(record.seq, seq)
        record.forget_at = self.now + LIFETIMES.record
        return record
