"""Many visitors who book, move and cancel, and many who read, until they are told to stop."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any

import httpx2

from tests.support.visitor import Visitor

#: How many rounds each writer and each reader makes: at least, and at most.
LEAST_ROUNDS = 5
MAX_ROUNDS = 500
#: Seconds between two requests of a reader. Without a pause, readers would take all CPU time of a
#: small machine, and the server would rightly refuse some writes.
PACE = 0.5

#: A booking's status and start.
State = tuple[str, datetime]


@dataclass
class Traffic:
    """What was answered. `statuses` has the status codes of all answers. `states` has the states of
    each booking by its reference, in the order in which they were answered."""

    statuses: list[int] = field(default_factory=list)
    states: dict[str, list[State]] = field(default_factory=dict)
    over: Event = field(default_factory=Event)
    working: list[Future[None]] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        """Tell whether no writer and no reader has stopped yet."""
        return not any(each.done() for each in self.working)

    def write(self, visitor: Visitor, first: datetime, second: datetime) -> None:
        """Book the first start, move the booking to the second, and cancel it, again and again. The
        last booking stays."""
        for is_last in self._rounds():
            if (booking := self._note(visitor.book(first))) is None:
                continue
            self.states[booking["reference"]] = states = [_state(booking)]
            if (moved := self._note(visitor.reschedule(booking, second))) is not None:
                states.append(_state(moved))
            if not is_last and (cancelled := self._note(visitor.cancel(booking))) is not None:
                states.append(_state(cancelled))

    def look(self, http: httpx2.Client, paths: list[str]) -> None:
        for _ in self._rounds():
            for path in paths:
                self._note(http.get(path))
            self.over.wait(PACE)

    def count_known(self) -> dict[str, int]:
        """Return how many states of each booking have been answered until now."""
        return {reference: len(states) for reference, states in self.states.copy().items()}

    def _rounds(self) -> Iterator[bool]:
        """Yield for each round whether it is the last."""
        for number in range(1, MAX_ROUNDS + 1):
            is_last = number == MAX_ROUNDS or (number >= LEAST_ROUNDS and self.over.is_set())
            yield is_last
            if is_last:
                return

    def _note(self, answer: httpx2.Response) -> dict[str, Any] | None:
        self.statuses.append(answer.status_code)
        return answer.json() if answer.is_success else None


def _state(booking: dict[str, Any]) -> State:
    return booking["status"], datetime.fromisoformat(booking["starts_at"])


@contextmanager
def traffic(
    writers: list[Visitor],
    starts: list[tuple[datetime, datetime]],
    readers: list[Visitor],
    paths: list[str],
) -> Iterator[Traffic]:
    """Run each writer (with two starts of their own) and each reader in a thread, until the block
    ends."""
    made = Traffic()
    with ThreadPoolExecutor(len(writers) + len(readers)) as pool:
        made.working += [
            pool.submit(made.write, writer, *both)
            for writer, both in zip(writers, starts, strict=True)
        ]
        made.working += [pool.submit(made.look, reader.http, paths) for reader in readers]
        try:
            yield made
        finally:
            made.over.set()
        for each in made.working:
            each.result()
