"""Sends calls to Redis. Each call ends within a quarter of a second, even without an answer.

A call gets a connection of its own while one is free. When all connections are in use, calls wait,
and the next connection that becomes free sends the waiting calls in one exchange. So a call among
many costs a fraction of what it costs alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.driver_info import DriverInfo
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import NoScriptError, RedisError, ResponseError

from dibs import metrics
from dibs.errors import HoldsUnavailable
from dibs.known_state import KnownState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from redis.asyncio.connection import AbstractConnection

#: Seconds that a call may take in all: to wait for a connection, to connect, to send, and to read
#: the answer.
TIMEOUT = 0.25
#: The timeout is counted in this many steps, and each step begins when the one before has ended. If
#: this process itself hangs, only one step passes in that time. So a short hang of this process is
#: not mistaken for a Redis that does not answer.
STEPS = 5
MAX_CONNECTIONS = 8
#: At most this many waiting calls are sent in one exchange, because all of them wait for the last
#: answer.
MAX_TOGETHER = 64

Command = tuple[bytes | str | int, ...]
#: The answers to a call's commands, or the error with which Redis refused one of them.
Answers = list[Any] | ResponseError

#: The name and version of the client, which each connection sends to Redis. This object is made
#: once, because redis-py would look up its own version for every connection, and that takes longer
#: than to connect.
DRIVER = DriverInfo()


def connect(url: str) -> Redis:
    """Return a client for a URL with `redis://`, `rediss://` or `unix://`. It connects when used.

    The client never retries, and has a timeout for connecting only, because `RedisCalls` and
    `RedisBus` have timeouts of their own. Raises ValueError for another URL.
    """
    return Redis.from_url(
        url,
        protocol=2,
        socket_connect_timeout=TIMEOUT,
        socket_timeout=None,
        retry=Retry(NoBackoff(), 0),
        driver_info=DRIVER,
    )


def script_id(source: bytes) -> bytes:
    """Return the name that Redis gives to a script: the SHA-1 of its source."""
    return hashlib.sha1(source, usedforsecurity=False).hexdigest().encode()


class RedisCalls:
    """Sends several commands in one round trip, on connections that it keeps.

    It uses redis-py's connections without redis-py's pool, because the pool takes as long as the
    call itself. A connection is closed if anything failed on it, or if its caller left before the
    answer. A caller who leaves while others are on the same connection only loses the answer.

    `answering` is failing if the last call was not answered (then `is_away` is true). `writing` is
    failing from the moment when Redis refuses a command until a caller has written something.
    """

    def __init__(self, client: Redis, scripts: Mapping[str, bytes]) -> None:
        self._make_connection: Callable[[], AbstractConnection] = (
            client.connection_pool.make_connection
        )
        self._scripts = tuple(scripts.values())
        self._names = {script_id(source): name for name, source in scripts.items()}
        self._idle: list[AbstractConnection] = []
        self._in_use = 0
        self._waiting: deque[_WaitingCall] = deque()
        self._exchanges: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self.answering = KnownState("the hold store is away", "the hold store is back")
        self.writing = KnownState(
            "the hold store can't be written", "the hold store can be written again"
        )

    @property
    def is_away(self) -> bool:
        return self.answering.is_failing

    async def send(self, *commands: Command) -> list[Any]:
        """Send these commands, and return their answers. Raises HoldsUnavailable.

        A command may be sent twice, because a connection may have been dead for a while.
        """
        if not commands:
            return []
        began = time.perf_counter()
        try:
            async with _CallTimeout():
                if self._in_use < MAX_CONNECTIONS:
                    answers = await self._send_alone(commands)
                else:
                    answers = await self._send_with_others(commands)
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
        """Return the name of the script, or of the command if it calls no script."""
        name, script, *_ = command
        known = self._names.get(script) if isinstance(script, bytes) else None
        return known or (name.decode() if isinstance(name, bytes) else str(name)).lower()

    async def aclose(self) -> None:
        """Wait until the running exchanges have ended, and close all connections."""
        self._is_closed = True
        await asyncio.gather(*self._exchanges)
        while self._idle:
            await self._idle.pop().disconnect()

    async def _send_alone(self, commands: Sequence[Command]) -> list[Any]:
        self._in_use += 1
        try:
            (answers,) = await self._exchange([commands])
        finally:
            self._give_back()
        if isinstance(answers, ResponseError):
            raise answers
        return answers

    async def _send_with_others(self, commands: Sequence[Command]) -> list[Any]:
        call = _WaitingCall(commands, asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        return await call.answers

    def _give_back(self) -> None:
        """Pass the right to a connection on to the calls that have waited longest, if any wait."""
        calls: list[_WaitingCall] = []
        while self._waiting and len(calls) < MAX_TOGETHER:
            call = self._waiting.popleft()
            if not call.answers.done():
                calls.append(call)
        if not calls:
            self._in_use -= 1
            return
        exchange = asyncio.create_task(self._answer_together(calls))
        self._exchanges.add(exchange)
        exchange.add_done_callback(self._exchanges.discard)

    async def _answer_together(self, calls: Sequence[_WaitingCall]) -> None:
        try:
            async with _CallTimeout():
                answered = await self._exchange([call.commands for call in calls])
        except Exception as fault:
            for call in calls:
                call.fail(fault)
            return
        finally:
            self._give_back()
        for call, answers in zip(calls, answered, strict=True):
            if isinstance(answers, ResponseError):
                call.fail(answers)
            elif not call.answers.done():
                call.answers.set_result(answers)

    async def _exchange(self, calls: Sequence[Sequence[Command]]) -> list[Answers]:
        """Send these calls on one connection, and return the answers to each of them."""
        connection = self._idle.pop() if self._idle else self._make_connection()
        may_be_dead = connection.is_connected
        try:
            try:
                answered = await self._exchange_with_scripts(connection, calls)
            except ConnectionLost:
                if not may_be_dead:
                    raise
                answered = await self._exchange_with_scripts(connection, calls)
        except BaseException:
            # After any interruption, a cancellation too, the connection may have unread answers.
            await connection.disconnect(nowait=True)
            raise
        if self._is_closed or any(isinstance(answers, ResponseError) for answers in answered):
            # After a refusal, a new connection may lead to another server, for example to one that
            # can be written.
            await connection.disconnect(nowait=True)
        else:
            self._idle.append(connection)
        return answered

    async def _exchange_with_scripts(
        self, connection: AbstractConnection, calls: Sequence[Sequence[Command]]
    ) -> list[Answers]:
        """Send calls. If Redis has forgotten scripts (after a restart, or after SCRIPT FLUSH), load
        them, and send only those calls again that missed a script."""
        answered = await _exchange(connection, calls)
        missing = [
            place for place, answer in enumerate(answered) if isinstance(answer, NoScriptError)
        ]
        if missing:
            load: list[Command] = [(b"SCRIPT", b"LOAD", each) for each in self._scripts]
            await _exchange(connection, [load])
            again = await _exchange(connection, [calls[place] for place in missing])
            for place, answers in zip(missing, again, strict=True):
                answered[place] = answers
        return answered


class _WaitingCall(NamedTuple):
    """A call that waits for a connection."""

    commands: Sequence[Command]
    answers: asyncio.Future[list[Any]]

    def fail(self, fault: Exception) -> None:
        if not self.answers.done():
            self.answers.set_exception(fault)


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


async def _exchange(
    connection: AbstractConnection, calls: Sequence[Sequence[Command]]
) -> list[Answers]:
    """Send the commands of all calls on a connection, and read all answers.

    If Redis refuses a command, the refusal is the answer to its call. If it refuses several, the
    last refusal is the answer, but a missing script counts before all others. Raises any other
    error at once, and then leaves answers unread.
    """
    commands = [command for call in calls for command in call]
    await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
    return [await _read_answers(connection, len(call)) for call in calls]


async def _read_answers(connection: AbstractConnection, count: int) -> Answers:
    answers: list[Any] = []
    refusal: ResponseError | None = None
    for _ in range(count):
        try:
            answers.append(await connection.read_response())
        except ResponseError as error:
            if not isinstance(refusal, NoScriptError):
                refusal = error
    return answers if refusal is None else refusal
