"""Clocks. The time comes from a clock object, so that tests can set it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the present instant in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never jump. Only the difference of two values has a meaning."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class FollowingClock:
    """A clock that follows another clock by its answers. Before the first answer it shows the time
    of this machine.

    An answer is exact to half of the time that it took, so slow answers are ignored after the first
    one.
    """

    SLOW = 0.25

    def __init__(self) -> None:
        self._ahead: timedelta | None = None

    def now(self) -> datetime:
        if self._ahead is None:
            return datetime.now(UTC)
        return EPOCH + timedelta(seconds=time.monotonic()) + self._ahead

    def monotonic(self) -> float:
        return time.monotonic()

    def observe(self, now: datetime, sent: float) -> None:
        """Note that the other clock answered `now` to a question that was sent at `sent`, by the
        monotonic clock."""
        took = time.monotonic() - sent
        if self._ahead is None or took < self.SLOW:
            self._ahead = now - EPOCH - timedelta(seconds=sent + took / 2)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(instant: datetime) -> int:
    """Return the whole microseconds since 1970, without the rounding of a float timestamp."""
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
