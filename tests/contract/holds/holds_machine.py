"""Visitors act at random, and the store agrees with the naive store after every step.

A backend inherits the machine and says how to `open` its store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from copy import copy
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from dibs.availability.boards import BoardKey
from dibs.availability.slots import ServiceSlot
from dibs.holds.store import Hold, HoldRequest, HoldsSnapshot, Refusal
from tests.contract.holds.naive_holds import NaiveHold, NaiveHolds
from tests.contract.holds.store_under_test import (
    BOARD,
    LIFETIMES,
    NEXT,
    StoreUnderTest,
    seconds,
    slot,
)

Answer = TypeVar("Answer")

SLOTS: dict[ServiceSlot, tuple[BoardKey, ...]] = {
    slot("10:00", "10:30"): (BOARD,),
    slot("10:00", "10:30", service=2): (BOARD,),
    slot("10:15", "10:45"): (BOARD,),
    slot("10:30", "11:00", before=5): (BOARD,),
    slot("23:30", "24:00"): (BOARD,),
    slot("23:30", "24:00", after=15): (BOARD, NEXT),
    slot("23:45", "24:15"): (BOARD, NEXT),
    slot("24:00", "24:30"): (NEXT,),
    slot("25:00", "25:30"): (NEXT,),
}
KEYS = (BOARD, NEXT)
#: Seconds after which a store may forget a board that nobody has touched.
IDLE = (LIFETIMES.max_hold + LIFETIMES.record).total_seconds()

slots = st.sampled_from(list(SLOTS))
visitors = st.sampled_from(["ann", "bob", "cem"])
seqs = st.integers(1, 8)
ledgers = st.integers(0, 4)
rooms = st.sampled_from([1, 1, 2])
lives = st.sampled_from([1, 3, 10, 120, 600, 700]).map(seconds)
graces = st.sampled_from([0, 0, 10, 120]).map(seconds)
keys = st.sampled_from(KEYS)


class HoldsMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.it = self.open()
        self.naive = NaiveHolds(KEYS, self.it.clock.now())
        self.claims: set[str] = set()
        self.versions = dict.fromkeys(KEYS, 0)
        self.moved: set[BoardKey] = set()
        self.untouched = 0.0

    def open(self) -> StoreUnderTest:
        raise NotImplementedError("a backend gives its store")

    def ask(self, operation: Coroutine[Any, Any, Answer]) -> Answer:
        return self.runner.run(operation)

    def agree(self) -> None:
        """Check that exactly those boards were announced on which viewers see a change."""
        announced = self.ask(self.it.announced())
        assert set(announced) == self.naive.changed
        self.moved |= self.naive.changed
        self.naive.changed = set()

    def compare_holds(self, found: Hold, expected: NaiveHold) -> None:
        if not expected.claim:
            assert found.claim not in self.claims
            expected.claim = found.claim
            self.claims.add(found.claim)
        assert found == Hold(
            expected.visitor,
            expected.claim,
            expected.slot,
            expected.boards,
            expected.created,
            expected.expires_at,
            expected.seq,
        )

    def same_answer(
        self, found: Hold | Refusal | None, expected: NaiveHold | Refusal | None
    ) -> None:
        if isinstance(expected, NaiveHold):
            assert isinstance(found, Hold)
            self.compare_holds(found, expected)
        else:
            assert found is expected
        self.agree()

    def same_grant(self, found: Hold | Refusal, expected: NaiveHold | Refusal) -> None:
        """Check the answer to a request, and the boards that come with a hold."""
        self.same_answer(found, expected)
        if isinstance(found, Hold):
            self.same_boards(found.boards, found.snapshots)

    def same_boards(self, keys: Sequence[BoardKey], found: Sequence[HoldsSnapshot]) -> None:
        """Check the boards that come with an answer."""
        for key, part in zip(keys, found, strict=True):
            self.same_board(key, part)

    def same_board(self, key: BoardKey, part: HoldsSnapshot) -> None:
        expected = self.naive.boards[key]
        assert (part.ledger_version, part.now, part.lost) == (
            expected.ledger,
            self.naive.now,
            False,
        )
        assert part.visitors == expected.records.keys()
        self.same_holds(part.holds, expected.holds())
        if key in self.moved:
            assert part.version > self.versions[key]
        else:
            assert part.version == self.versions[key]
        self.moved.discard(key)
        self.versions[key] = part.version

    def same_holds(self, found: Sequence[Hold], expected: Sequence[NaiveHold]) -> None:
        by_claim = {hold.claim: hold for hold in found}
        assert len(by_claim) == len(found) == len(expected)
        for hold in expected:
            self.compare_holds(by_claim[hold.claim], hold)

    @rule(
        wanted=slots,
        visitor=visitors,
        seq=seqs,
        ttl=lives,
        ledger=ledgers,
        seats=rooms,
    )
    def hold(
        self, wanted: ServiceSlot, visitor: str, seq: int, ttl: timedelta, ledger: int, seats: int
    ) -> None:
        boards = SLOTS[wanted]
        request = HoldRequest(
            boards, wanted, visitor, ttl, dict.fromkeys(boards, ledger), seq, seats
        )
        found = self.ask(self.it.store.hold(request))
        assert isinstance(found, Hold | Refusal)
        expected = self.naive.hold(boards, wanted, visitor, seq, ttl, ledger, seats, False)
        self.same_grant(found, expected)

    @rule(wanted=slots, visitor=visitors, ttl=lives, only_if_unknown=st.booleans())
    def hold_without_seq(
        self, wanted: ServiceSlot, visitor: str, ttl: timedelta, only_if_unknown: bool
    ) -> None:
        boards = SLOTS[wanted]
        request = HoldRequest(
            boards, wanted, visitor, ttl, dict.fromkeys(boards, 9), only_if_unknown=only_if_unknown
        )
        found = self.ask(self.it.store.hold(request))
        assert isinstance(found, Hold | Refusal)
        expected = self.naive.hold(boards, wanted, visitor, None, ttl, 9, 1, only_if_unknown)
        self.same_grant(found, expected)

    @rule(wanted=slots, visitor=visitors, ttl=lives, seats=rooms)
    def acquire(self, wanted: ServiceSlot, visitor: str, ttl: timedelta, seats: int) -> None:
        boards = SLOTS[wanted]
        found = self.ask(self.it.store.acquire(boards, wanted, visitor, ttl=ttl, seats=seats))
        self.same_grant(found, self.naive.acquire(boards, wanted, visitor, ttl, seats))

    @rule(wanted=slots, visitor=visitors, ttl=lives, granted_ttl=st.none() | lives, grace=graces)
    def extend(
        self,
        wanted: ServiceSlot,
        visitor: str,
        ttl: timedelta,
        granted_ttl: timedelta | None,
        grace: timedelta,
    ) -> None:
        boards = SLOTS[wanted]
        found = self.ask(
            self.it.store.extend(
                boards, wanted, visitor, ttl=ttl, granted_ttl=granted_ttl, grace=grace
            )
        )
        self.same_answer(found, self.naive.extend(boards, wanted, visitor, ttl, granted_ttl, grace))

    @rule(which=st.integers(0, 5), ttl=lives, granted_ttl=st.none() | lives, grace=graces)
    @precondition(lambda self: self.naive.all_holds())
    def extend_a_hold(
        self, which: int, ttl: timedelta, granted_ttl: timedelta | None, grace: timedelta
    ) -> None:
        holds = self.naive.all_holds()
        hold = holds[which % len(holds)]
        self.extend(hold.slot, hold.visitor, ttl, granted_ttl, grace)

    @rule(which=st.integers(0, 5), after=st.integers(-1, 1))
    @precondition(lambda self: self.naive.all_holds())
    def release_a_hold(self, which: int, after: int) -> None:
        holds = self.naive.all_holds()
        hold = holds[which % len(holds)]
        self.release(hold.slot, hold.visitor, hold.seq + after)

    @rule(wanted=slots, visitor=visitors, seq=st.none() | seqs)
    def release(self, wanted: ServiceSlot, visitor: str, seq: int | None) -> None:
        boards = SLOTS[wanted]
        found = self.ask(self.it.store.release(boards, wanted, visitor, seq=seq))
        assert bool(found) is self.naive.release(boards, wanted, visitor, seq)
        self.agree()
        self.same_boards(boards if found else (), found)

    @rule(key=keys, ledger=ledgers)
    def settle(self, key: BoardKey, ledger: int) -> None:
        found = self.ask(self.it.store.record_commit(key, ledger))
        self.naive.settle(key, ledger, None)
        self.agree()
        self.same_board(key, found)

    @rule(
        wanted=slots,
        visitor=visitors,
        ledger=ledgers,
        meanwhile=st.none() | slots,
        later=st.integers(0, 1),
    )
    def take_and_settle(
        self,
        wanted: ServiceSlot,
        visitor: str,
        ledger: int,
        meanwhile: ServiceSlot | None,
        later: int,
    ) -> None:
        """Take a time for a write. While it lasts, the visitor may ask for another hold."""
        boards = SLOTS[wanted]
        ended = self.ask(self.it.store.acquire(boards, wanted, visitor, ttl=seconds(15)))
        expected = self.naive.acquire(boards, wanted, visitor, seconds(15), 1)
        self.same_grant(ended, expected)
        if not isinstance(ended, Hold) or not isinstance(expected, NaiveHold):
            return
        as_taken = copy(expected)
        if meanwhile is not None:
            self.hold(meanwhile, visitor, ended.seq + later, seconds(120), 9, 1)
        for key in boards:
            found = self.ask(self.it.store.record_commit(key, ledger, ended))
            self.naive.settle(key, ledger, as_taken)
            self.agree()
            self.same_board(key, found)

    @rule(key=keys, ledger=ledgers)
    def note_ledger_version(self, key: BoardKey, ledger: int) -> None:
        self.ask(self.it.store.note_ledger_version(key, ledger))
        self.naive.note_ledger_version(key, ledger)
        self.agree()

    @rule(key=keys)
    def read(self, key: BoardKey) -> None:
        part = self.ask(self.it.store.read(key))
        self.naive.drop_expired([key])
        self.agree()
        self.same_board(key, part)

    @rule(key=keys, ahead=st.integers(-1, 1))
    def read_having_seen(self, key: BoardKey, ahead: int) -> None:
        self.read(key)
        seen = self.versions[key] + ahead
        part = self.ask(self.it.store.read(key, seen))
        assert part.lost is (ahead > 0)
        if part.lost:
            assert part.version > seen
            self.versions[key] = part.version
            self.naive.changed = {key}
            self.agree()
            self.moved.discard(key)

    @rule()
    def read_versions(self) -> None:
        self.ask(self.it.store.read_versions(KEYS))
        self.naive.drop_expired(KEYS)
        self.agree()
        self.untouched = 0.0

    @rule(visitor=visitors)
    def find_holds(self, visitor: str) -> None:
        found = self.ask(self.it.store.find_holds(visitor))
        self.same_holds(found, self.naive.find_holds(visitor))
        self.read_versions()  # on which boards it has looked is up to the store

    @rule(time=st.sampled_from([0.000001, 1, 3, 10, 60, 119, 300, 601]))
    @precondition(lambda self: self.untouched < IDLE)
    def advance(self, time: float) -> None:
        if self.untouched + time >= IDLE:
            self.read_versions()
        self.untouched += time
        self.it.clock.advance(time)
        self.naive.now = self.it.clock.now()

    def teardown(self) -> None:
        for key in KEYS:
            self.read(key)
        self.ask(self.it.close())
        self.runner.close()
