"""Passes hints between nodes, through Redis."""

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

#: Seconds without a message after which Redis gets a ping.
PING_INTERVAL = 1.0
#: Seconds in which Redis must answer a ping or another command.
ANSWER_TIMEOUT = 1.0
#: Seconds between two tries to subscribe.
MIN_PAUSE = 0.05
MAX_PAUSE = 2.0


class RedisBus(Bus):
    """Receives the hints that the scripts of the hold store publish, by one subscription.

    Hints that were published before a subscription was confirmed are lost. So each confirmation,
    even the first, counts as a loss of hints. A connection that does not answer a ping is closed,
    because a half-open connection would be silent for ever.
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
        """Pass on hints until the subscription fails. Raises the fault."""
        now = asyncio.get_running_loop().time
        async with asyncio.timeout(ANSWER_TIMEOUT) as timeout:
            await subscription.subscribe(CHANNEL)
            while True:
                message = await subscription.get_message(timeout=PING_INTERVAL)
                if message is None:
                    await subscription.ping()
                else:
                    timeout.reschedule(now() + PING_INTERVAL + ANSWER_TIMEOUT)
                    self._receive(message)

    def _receive(self, message: dict[str, Any]) -> None:
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
    """Yield the seconds to wait between tries to subscribe. The pauses get longer, and are random,
    so that not all nodes try at the same moment."""
    pause = MIN_PAUSE
    while True:
        yield pause * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        pause = min(MAX_PAUSE, 2 * pause)
