"""The hold store in Redis as tests use it: its scripts read a clock that the test moves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import redis

from dibs.availability.boards import BoardKey
from dibs.clock import microseconds
from dibs.holds.redis import RedisHoldStore
from dibs.holds.redis_calls import connect
from dibs.holds.redis_text import CHANNEL, parse_hint
from tests.contract.holds.store_under_test import LIFETIMES, StoreUnderTest
from tests.support.hand_clock import HandClock
from tests.support.redis_server import RedisServer

CLOCK_KEY = "test:clock"
HAND_CLOCK = f"""
local function now()
  return tonumber(redis.call('GET', '{CLOCK_KEY}'))
end
"""
LAST = b"nothing more"


class ClockInRedis(HandClock):
    def __init__(self, control: redis.Redis) -> None:
        super().__init__()
        self._control = control
        self._show()

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self._show()

    def _show(self) -> None:
        self._control.set(CLOCK_KEY, microseconds(self.now()))


class Announcements:
    """Collects the boards that were announced since the last call of `heard`."""

    def __init__(self, control: redis.Redis) -> None:
        self._control = control
        self._subscription = control.pubsub()  # type: ignore[no-untyped-call]
        self._subscription.subscribe(CHANNEL)
        self._next()

    async def read_announcements(self) -> list[BoardKey]:
        self._control.publish(CHANNEL, LAST)
        boards: list[BoardKey] = []
        while (text := self._next()) != LAST:
            boards.append(parse_hint(text)[0])
        return boards

    def close(self) -> None:
        self._subscription.close()

    def _next(self) -> bytes:
        message = self._subscription.get_message(timeout=10)
        assert message is not None
        data: bytes = message["data"]
        return data


def redis_store(server: RedisServer) -> StoreUnderTest:
    """Return an empty hold store in Redis."""
    server.control.flushall()
    clock = ClockInRedis(server.control)
    announcements = Announcements(server.control)
    store = RedisHoldStore(connect(server.url), LIFETIMES, HAND_CLOCK)

    async def close() -> None:
        announcements.close()
        await store.aclose()

    async def work(operation: Callable[[], Awaitable[object]]) -> int:
        """Count the commands that run, in scripts too, and the keys that are looked up."""
        before = effort(server)
        await operation()
        return effort(server) - before

    return StoreUnderTest(store, clock, announcements.read_announcements, work, close)


def effort(server: RedisServer) -> int:
    stats = server.control.info("stats")
    commands = sum(calls for name, calls in server.calls().items() if name != "info")
    return commands + int(stats["keyspace_hits"]) + int(stats["keyspace_misses"])
