"""Hints between nodes, through Redis."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any

import structlog
from redis.exceptions import RedisError

from dibs.holds.redis_text import CHANNEL, parse_hint
from dibs.live.bus import Bus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis.asyncio import Redis
    from redis.asyncio.client import PubSub

log = structlog.get_logger()

#: After so many seconds of silence Redis is asked whether it is still there ...
SILENCE = 1.0
#: ... and has so many to answer that, or anything else.
PATIENCE = 1.0
MIN_PAUSE = 0.05
MAX_PAUSE = 2.0


class RedisBus(Bus):
    """What the scripts of the hold store publish: one subscription for the whole process.

    Only a confirmed subscription hears anything, so each confirmation, the first included, stands
    for hints that may have been lost. A connection that says nothing, not even when asked, is
    given up: a half-open one would be silent for ever.
    """

    def __init__(self, client: Redis) -> None:
        super().__init__()
        self._client = client
        self._pauses = _pauses()

    async def run(self) -> None:
        """Listen for as long as the process lives."""
        while True:
            try:
                async with self._client.pubsub() as subscription:
                    await self._follow(subscription)
            except (RedisError, OSError) as fault:
                log.warning("hints are lost: the subscription ended", fault=repr(fault))
            await asyncio.sleep(next(self._pauses))

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _follow(self, subscription: PubSub) -> None:
        """Pass on what is heard, until nothing is: raises what went wrong."""
        now = asyncio.get_running_loop().time
        async with asyncio.timeout(PATIENCE) as send_timeout:
            await subscription.subscribe(CHANNEL)
            while True:
                message = await subscription.get_message(timeout=SILENCE)
                if message is None:
                    await subscription.ping()
                else:
                    send_timeout.reschedule(now() + SILENCE + PATIENCE)
                    self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            self._pauses = _pauses()
            self.announce_loss()
        elif message["type"] == "message":
            try:
                board, version = parse_hint(message["data"])
            except ValueError:
                log.warning("not a hint", message=message["data"])
            else:
                self.announce(board, version)


def _pauses() -> Iterator[float]:
    """Seconds between tries to subscribe: ever longer, and not all nodes together."""
    pause = MIN_PAUSE
    while True:
        yield pause * random.uniform(0.5, 1.0)  # noqa: S311
        pause = min(MAX_PAUSE, 2 * pause)
