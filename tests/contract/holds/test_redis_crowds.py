"""Calls that wait for a connection are sent together, but remain separate calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from redis.asyncio.connection import AbstractConnection

from dibs.errors import HoldsUnavailable
from dibs.holds import redis_calls
from dibs.holds.redis_calls import MAX_CONNECTIONS, RedisCalls, connect
from tests.support.redis_server import RedisServer

pytestmark = pytest.mark.anyio

SCRIPT = b"return redis.call('INCR', 'test:called')"
RUN = (b"EVALSHA", redis_calls.script_id(SCRIPT), 0)
#: More calls than there are connections, but fewer than can be sent together.
CROWD = MAX_CONNECTIONS + redis_calls.MAX_TOGETHER // 2
#: Seconds. A test that waits longer fails instead of never ending.
WAITS_WITHIN = 30.0


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let calls wait longer, because a busy machine may be slow."""
    monkeypatch.setattr(redis_calls, "TIMEOUT", 30)


@pytest.fixture
async def calls(own_redis: RedisServer) -> AsyncIterator[RedisCalls]:
    own_redis.control.flushall()
    client = connect(own_redis.url)
    calls = RedisCalls(client, {"call": SCRIPT})
    yield calls
    await calls.aclose()
    await client.aclose()


@pytest.fixture
def exchanges(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that gets the number of commands in each exchange with Redis."""
    seen: list[int] = []
    pack = AbstractConnection.pack_commands

    def note(connection: AbstractConnection, commands: Sequence[Any]) -> Any:
        seen.append(len(commands))
        return pack(connection, commands)

    monkeypatch.setattr(AbstractConnection, "pack_commands", note)
    return seen


async def test_who_waits_for_a_connection_is_sent_with_the_others(
    calls: RedisCalls, exchanges: list[int]
) -> None:
    await calls.send(RUN)  # From now on Redis knows the script.
    exchanges.clear()
    answers = await asyncio.gather(*(calls.send(RUN) for _ in range(CROWD)))
    assert sorted(answer for (answer,) in answers) == list(range(2, CROWD + 2))
    assert sorted(exchanges) == [1] * MAX_CONNECTIONS + [CROWD - MAX_CONNECTIONS]


async def test_everybody_gets_their_own_answers_in_their_order(calls: RedisCalls) -> None:
    async def ask(number: int) -> list[Any]:
        key = f"test:{number}"
        return await calls.send((b"SET", key, number), (b"GET", key), (b"DEL", key))

    answers = await asyncio.gather(*(ask(number) for number in range(CROWD)))
    assert answers == [[b"OK", str(number).encode(), 1] for number in range(CROWD)]


async def test_a_refused_call_among_others_is_refused_alone(calls: RedisCalls) -> None:
    wrong = (b"INCR", "too", "much")
    asked = [calls.send(wrong if number % 3 == 0 else RUN) for number in range(CROWD)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for number, answer in enumerate(answers):
        if number % 3 == 0:
            assert isinstance(answer, HoldsUnavailable)
        else:
            assert isinstance(answer, list)
    assert await calls.send((b"GET", "test:nothing")) == [None]


async def test_scripts_that_redis_forgot_are_brought_back_for_a_crowd(
    own_redis: RedisServer, calls: RedisCalls
) -> None:
    await calls.send(RUN)
    own_redis.control.script_flush()
    answers = await asyncio.gather(*(calls.send(RUN) for _ in range(CROWD)))
    assert sorted(answer for (answer,) in answers) == list(range(2, CROWD + 2))


async def test_who_leaves_takes_nothing_from_the_others(
    own_redis: RedisServer, calls: RedisCalls, exchanges: list[int]
) -> None:
    await calls.send(RUN)
    exchanges.clear()
    own_redis.freeze()
    asked = [asyncio.create_task(calls.send(RUN)) for _ in range(CROWD)]
    async with asyncio.timeout(WAITS_WITHIN):
        while sum(exchanges) < MAX_CONNECTIONS:
            await asyncio.sleep(0)
    # The first calls have a connection, the last wait for one.
    for leaving in (*asked[:2], *asked[-2:]):
        leaving.cancel()
    own_redis.thaw()
    answers = await asyncio.gather(*asked[2:-2])
    assert len({answer for (answer,) in answers}) == CROWD - 4
    assert all(leaving.cancelled() for leaving in (*asked[:2], *asked[-2:]))


async def test_a_crowd_is_told_that_redis_went_away(
    own_redis: RedisServer, calls: RedisCalls
) -> None:
    await calls.send(RUN)
    own_redis.freeze()
    asked = [asyncio.create_task(calls.send(RUN)) for _ in range(CROWD)]
    await asyncio.sleep(0)
    own_redis.kill()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(answer) for answer in answers} == {HoldsUnavailable}
    own_redis.start()
    assert len(await asyncio.gather(*(calls.send(RUN) for _ in range(CROWD)))) == CROWD
