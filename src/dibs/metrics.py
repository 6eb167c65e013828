"""Counts and measures what Dibs does, for the operator. `web/metrics.py` shows the numbers.

Every part may call these functions. A call costs about a microsecond. Polls are far more frequent
than anything else, so they are only counted in two integers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Upper bounds of the histogram's buckets in seconds. A transaction takes some milliseconds, and
#: five seconds at most.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
SAMPLE_INTERVAL = 1.0
#: The number of samples from which the rate of polls is computed.
SAMPLES = 10

#: The numbers of this process. All apps in it share them.
REGISTRY = CollectorRegistry()

_holds_granted = Counter("dibs_holds_granted", "Holds that were granted.", registry=REGISTRY)
_booking_events = Counter(
    "dibs_booking_events",
    "Changes of checkouts and bookings that were committed.",
    ["event"],
    registry=REGISTRY,
)
_letters = Counter(
    "dibs_letters",
    "Letters by what became of them: sent, refused, given_up, dropped.",
    ["letter", "state"],
    registry=REGISTRY,
)
_refusals = Counter(
    "dibs_refusals", "Requests that were refused, by error code.", ["code"], registry=REGISTRY
)
_conflicts = Counter(
    "dibs_conflicts",
    "Requests that were refused with status 409, because a time was not free or had changed.",
    ["code"],
    registry=REGISTRY,
)
_transactions = Histogram(
    "dibs_transaction_seconds",
    "Write transactions, the wait for other writers included.",
    ["operation"],
    buckets=SECONDS,
    registry=REGISTRY,
)
_statements = Histogram(
    "dibs_transaction_statements",
    "Statements of one write transaction.",
    ["operation"],
    buckets=(2, 4, 6, 8, 10, 12, 16, 24, 32),
    registry=REGISTRY,
)
_groups = Histogram(
    "dibs_commit_group_transactions",
    "Transactions that were committed together.",
    buckets=(1, 2, 4, 8, 16, 32, 64),
    registry=REGISTRY,
)
_redis = Histogram(
    "dibs_redis_seconds",
    "Round trips to Redis, by the script that was called first in them.",
    ["script"],
    buckets=(0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25),
    registry=REGISTRY,
)
_redis_commands = Counter(
    "dibs_redis_commands",
    "Commands that were sent to Redis, by the script that was called first in their round trip.",
    ["script"],
    registry=REGISTRY,
)
_redis_failures = Counter(
    "dibs_redis_failures", "Calls to Redis without a good answer.", registry=REGISTRY
)
_streams_opened = Counter("dibs_streams_opened", "Streams that were opened.", registry=REGISTRY)
_loop_lag = Histogram(
    "dibs_event_loop_lag_seconds",
    "How late the event loop wakes a task, sampled once a second.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
    registry=REGISTRY,
)


class Polls:
    """How many polls were answered: by the native API, and for AppointEase clients."""

    __slots__ = ("appointease", "native")

    def __init__(self) -> None:
        self.native = 0
        self.appointease = 0

    @property
    def total(self) -> int:
        return self.native + self.appointease


polls = Polls()


def count_granted_hold() -> None:
    _holds_granted.inc()


def count_booking_events(events: Iterable[str]) -> None:
    """Count what a committed transaction has done to checkouts and bookings."""
    for event in events:
        _booking_events.labels(event).inc()


def count_letter(letter: str, state: str) -> None:
    """Count a letter that has been sent, refused, given up or dropped."""
    _letters.labels(letter, state).inc()


def count_refusal(code: str, status: int) -> None:
    _refusals.labels(code).inc()
    if status == 409:
        _conflicts.labels(code).inc()


def observe_transaction(operation: str, seconds: float, statements: int) -> None:
    """Record a write transaction that was committed."""
    _transactions.labels(operation).observe(seconds)
    _statements.labels(operation).observe(statements)


def observe_group(size: int) -> None:
    """Record how many transactions were committed together."""
    _groups.observe(size)


def observe_redis(script: str, commands: int, seconds: float) -> None:
    """Record one round trip to Redis that was answered."""
    _redis.labels(script).observe(seconds)
    _redis_commands.labels(script).inc(commands)


def count_redis_failure() -> None:
    _redis_failures.inc()


def count_stream() -> None:
    _streams_opened.inc()


class Sampler:
    """Samples once a second how late the event loop is and how many polls there were, because no
    other part reports this."""

    def __init__(self) -> None:
        self._polls: deque[tuple[float, int]] = deque(maxlen=SAMPLES + 1)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._polls.append((loop.time(), polls.total))
            due = loop.time() + SAMPLE_INTERVAL
            await asyncio.sleep(SAMPLE_INTERVAL)
            _loop_lag.observe(max(0.0, loop.time() - due))

    @property
    def polls_per_second(self) -> float:
        """The average over the last ten seconds."""
        if len(self._polls) < 2:
            return 0.0
        (since, before), (until, now) = self._polls[0], self._polls[-1]
        return (now - before) / (until - since)
