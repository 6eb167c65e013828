"""Calls to Redis. Each ends within a quarter of a second, even if Redis does not answer."""

from __future__ import annotations

import asyncio
import hashlib
import time
from typing import TYPE_CHECKING, Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import NoScriptError, RedisError, ResponseError

from dibs import metrics
from dibs.errors import HoldsUnavailable
from dibs.known_state import KnownState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from redis.asyncio.connection import AbstractConnection

#: Seconds a call may take in all: waiting for a connection, connecting, sending, answering.
TIMEOUT = 0.25
#: The time is counted in this many steps, and each begins when the one before has ended. While this
#: process itself hangs, no more than one step passes: such a moment does not prove that Redis is
#: away.
STEPS = 5
MAX_CONNECTIONS = 32

Command = tuple[bytes | str | int, ...]


def connect(url: str) -> Redis:
    """A client of the Redis at `redis://`, `rediss://` or `unix://`. It connects when it is used.

    It never retries, and has a timeout for connecting only: `RedisCalls` and `RedisBus` have
    timeouts of their own. Raises ValueError for another URL.
    """
    return Redis.from_url(
        url,
        protocol=2,
        socket_connect_timeout=TIMEOUT,
        socket_timeout=None,
        retry=Retry(NoBackoff(), 0),
    )


def script_id(source: bytes) -> bytes:
    """The name that Redis gives to a script: the SHA-1 of its source."""
    return hashlib.sha1(source, usedforsecurity=False).hexdigest().encode()


class RedisCalls:
    """Sends several commands in one round trip, on connections that it keeps.

    It uses redis-py's connections without redis-py's pool, because the pool takes as long as the
    call itself. A connection is closed if anything failed on it, or if its caller left before the
    answer.

    `answering` is what is known of calls: `is_away` if the last one was not answered. `writing`
    begins to fail when Redis refuses a command. It works again when a caller has written something.
    """

    def __init__(self, client: Redis, scripts: Mapping[str, bytes]) -> None:
        self._make_connection: Callable[[], AbstractConnection] = (
            client.connection_pool.make_connection
        )
        self._scripts = tuple(scripts.values())
        self._names = {script_id(source): name for name, source in scripts.items()}
        self._idle: list[AbstractConnection] = []
        self._free = asyncio.Semaphore(MAX_CONNECTIONS)
        self.answering = KnownState("the hold store is away", "the hold store is back")
        self.writing = KnownState(
            "the hold store can't be written", "the hold store can be written again"
        )

    @property
    def is_away(self) -> bool:
        return self.answering.is_failing

    async def send(self, *commands: Command) -> list[Any]:
        """The answers to these commands. A command may be sent twice. Raises HoldsUnavailable."""
        if not commands:
            return []
        began = time.perf_counter()
        try:
            async with _CallTimeout(), self._free:
                answers = await self._send(commands)
        except ResponseError as refusal:
            metrics.count_redis_failure()
            self.answering.note_success()
            self.writing.note_failure(str(refusal))
            raise HoldsUnavailable from refusal
        except (RedisError, OSError) as fault:
            metrics.count_redis_failure()
            self.answering.note_failure(repr(fault))
            raise HoldsUnavailable from fault
        self.answering.note_success()
        metrics.observe_redis(
            self._name_of(commands[0]), len(commands), time.perf_counter() - began
        )
        return answers

    def _name_of(self, command: Command) -> str:
        """The name of the script, or of the command if it calls no script."""
        name, script, *_ = command
        known = self._names.get(script) if isinstance(script, bytes) else None
        return known or (name.decode() if isinstance(name, bytes) else str(name)).lower()

    async def aclose(self) -> None:
        while self._idle:
            await self._idle.pop().disconnect()

    async def _send(self, commands: Sequence[Command]) -> list[Any]:
        connection = self._idle.pop() if self._idle else self._make_connection()
        may_be_dead = connection.is_connected
        try:
            try:
                answers = await self._exchange_with_scripts(connection, commands)
            except ConnectionLost:
                if not may_be_dead:
                    raise
                answers = await self._exchange_with_scripts(connection, commands)
        except BaseException:
            # After any interruption, a cancellation too, the connection may have unread answers.
            await connection.disconnect(nowait=True)
            raise
        self._idle.append(connection)
        return answers

    async def _exchange_with_scripts(
        self, connection: AbstractConnection, commands: Sequence[Command]
    ) -> list[Any]:
        """Send commands, and load the scripts first if Redis has forgotten them (after a restart,
        or after SCRIPT FLUSH)."""
        try:
            return await _exchange(connection, commands)
        except NoScriptError:
            await _exchange(connection, [(b"SCRIPT", b"LOAD", each) for each in self._scripts])
            return await _exchange(connection, commands)


class _CallTimeout:
    """A context that raises TimeoutError when a call takes longer than TIMEOUT, counted in
    steps."""

    __slots__ = ("_left", "_timeout", "_timer")

    def __init__(self) -> None:
        self._timeout = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None
        self._left = STEPS

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()
        self._step()

    async def __aexit__(self, *failed: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await self._timeout.__aexit__(*failed)

    def _step(self) -> None:
        loop = asyncio.get_running_loop()
        if self._left == 0:
            self._timeout.reschedule(loop.time())
            return
        self._left -= 1
        self._timer = loop.call_later(TIMEOUT / STEPS, self._step)


async def _exchange(connection: AbstractConnection, commands: Sequence[Command]) -> list[Any]:
    """Send commands on a connection, and read all answers.

    Raises NoScriptError only after all answers are read, so the connection can be used for another
    try. Raises any other error at once, with answers left unread.
    """
    await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
    answers: list[Any] = []
    missing: NoScriptError | None = None
    for _ in commands:
        try:
            answers.append(await connection.read_response())
        except NoScriptError as error:
            missing = error
    if missing is not None:
        raise missing
    return answers
