"""The hold store and the ledger themselves. There is one truth in each, and every call takes effect
at one moment."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from dibs.availability.boards import BoardKey
from dibs.holds.memory import MemoryHoldStore
from dibs.holds.store import Lifetimes
from dibs.ledger.boards import Busy, ChangeReport
from dibs.ledger.database import Commit
from dibs.ledger.ledger import LedgerSnapshot
from tests.interleaving.topology import BEGINNING, BOARDS, CATALOG, SERVICE, Place
from tests.interleaving.virtual_loop import VirtualLoop

Answer = TypeVar("Answer")


class ServerClock:
    """A clock that runs correctly, but is `ahead` by a number of seconds."""

    def __init__(self, loop: VirtualLoop, ahead: float) -> None:
        self._loop = loop
        self._start = BEGINNING + timedelta(seconds=ahead)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        return (self.now() - BEGINNING).total_seconds()

    def moment(self, instant: datetime) -> float:
        """Return the time of the run at which this clock showed this instant."""
        return (instant - self._start).total_seconds()


class HoldServer(MemoryHoldStore):
    """The real hold store in memory, which can also lose its data."""

    def __init__(self, clock: ServerClock, announce: Callable[[BoardKey, int], None]) -> None:
        super().__init__(clock, announce, Lifetimes())
        self.clock = clock

    def is_held(self, place: Place) -> bool:
        state = self._boards.get(place.key)
        return state is not None and any(
            record.hold is not None and record.hold.slot is place.slot
            for record in state.records.values()
        )

    def last_deadline(self) -> float:
        """Return the last deadline of all holds, in the time of the run."""
        return max(
            (
                self.clock.moment(record.hold.expires_at)
                for state in self._boards.values()
                for record in state.records.values()
                if record.hold is not None
            ),
            default=0.0,
        )

    def snapshot(self) -> Callable[[], None]:
        """Return a function that restores the present state."""
        boards = {
            key: replace(
                state,
                records={visitor: replace(record) for visitor, record in state.records.items()},
            )
            for key, state in self._boards.items()
        }
        visitors = {visitor: set(boards) for visitor, boards in self._visitors.items()}

        def set_back() -> None:
            self.lose_everything()
            self._boards.update(boards)
            self._visitors.update(visitors)

        return set_back

    def lose_everything(self) -> None:
        self._boards.clear()
        self._visitors.clear()


class LedgerServer:
    """The rows and versions of the ledger. Each method is a transaction.

    Methods that write return their changes, or None if they were refused.
    """

    def __init__(self, clock: ServerClock) -> None:
        self.clock = clock
        self.rows: dict[BoardKey, list[Busy]] = {key: [] for key in BOARDS}
        self._versions = dict.fromkeys(BOARDS, 1)
        self._written = 0

    def read_board(self, key: BoardKey) -> LedgerSnapshot:
        return LedgerSnapshot(self._versions[key], CATALOG, tuple(self.rows[key]), self.clock.now())

    def poll_changes(self, keys: Iterable[BoardKey], since: int | None) -> ChangeReport:
        changes = sum(self._versions.values())
        versions = {key: self._versions[key] for key in keys}
        overdue = any(self._overdue(key) for key in BOARDS)
        return ChangeReport(
            changes, overdue, self.clock.now(), None if changes == since else versions
        )

    def claim(self, place: Place, visitor: str, lives: timedelta | None) -> Commit | None:
        """Check out for this long, or book if `lives` is None. A checkout of the same visitor may
        become the booking.

        Returns None if another claim is in the way.
        """
        present = self.at(place)
        changed: dict[int, Busy | None] = {}
        if present is not None and (
            present.visitor != visitor or present.state == "taken" or lives is not None
        ):
            return None
        if present is not None:
            self.rows[place.key].remove(present)
            changed[number_of(present)] = None
        self._written += 1
        row = Busy(
            self._written,
            SERVICE,
            place.slot.starts_at,
            place.slot.ends_at,
            place.slot.guarded,
            "taken" if lives is None else "pending",
            f"row {self._written}",
            visitor,
            None if lives is None else self.clock.now() + lives,
        )
        self.rows[place.key].append(row)
        return self._commit(place.key, changed | {number_of(row): row})

    def cancel(self, place: Place, visitor: str) -> Commit | None:
        present = self.at(place)
        if present is None or present.visitor != visitor:
            return None
        self.rows[place.key].remove(present)
        return self._commit(place.key, {number_of(present): None})

    def sweep(self) -> list[Commit]:
        """End all overdue checkouts, one board after the other."""
        swept = []
        for key in BOARDS:
            overdue = self._overdue(key)
            if overdue:
                self.rows[key] = [row for row in self.rows[key] if row not in overdue]
                swept.append(self._commit(key, {number_of(row): None for row in overdue}))
        return swept

    def at(self, place: Place) -> Busy | None:
        return next(
            (row for row in self.rows[place.key] if row.guarded == place.slot.guarded), None
        )

    def is_overdue(self, place: Place) -> bool:
        return self.at(place) in self._overdue(place.key)

    def last_deadline(self) -> float:
        """Return the last deadline of all checkouts, in the time of the run."""
        deadlines = [row.deadline for rows in self.rows.values() for row in rows if row.deadline]
        return max(map(self.clock.moment, deadlines), default=0.0)

    def _overdue(self, key: BoardKey) -> list[Busy]:
        now = self.clock.now()
        return [row for row in self.rows[key] if row.deadline is not None and row.deadline <= now]

    def _commit(self, key: BoardKey, changed: Mapping[int, Busy | None]) -> Commit:
        self._versions[key] += 1
        busy = {
            each: (key.resource_id, row) if row is not None else None
            for each, row in changed.items()
        }
        return Commit({key: self._versions[key]}, busy, self.clock.now())


def number_of(row: Busy) -> int:
    """Return the id of the booking. There are no imported busy times here."""
    assert row.booking_id is not None
    return row.booking_id


def run_to_end(coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """Run a coroutine that never waits, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        answer: Answer = done.value
        return answer
    raise AssertionError("it waited")
