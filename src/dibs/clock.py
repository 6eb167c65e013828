"""The seam to time itself, so that tests can move it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump; only differences mean anything."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class FollowingClock:
    """Goes by another clock, from what was heard of it; until then by this machine's.

    What is heard at once is right to half the time the answer took, so slow answers don't count.
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
        """The other clock said `now`, in answer to what was asked at `sent` (monotonic)."""
        took = time.monotonic() - sent
        if self._ahead is None or took < self.SLOW:
            self._ahead = now - EPOCH - timedelta(seconds=sent + took / 2)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970, without the rounding of a float timestamp."""
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
