"""Hints through Redis: listeners get them with their version, and are told when they may have
missed some."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from dibs.availability.boards import BoardKey
from dibs.availability.intervals import Interval
from dibs.availability.slots import ServiceSlot
from dibs.holds.redis import RedisHoldStore
from dibs.holds.redis_calls import connect
from dibs.holds.redis_text import CHANNEL
from dibs.holds.store import Lifetimes
from dibs.live import redis_bus
from dibs.live.bus import MemoryBus
from tests.support.redis_server import RedisServer

pytestmark = pytest.mark.anyio

DAY = date(2026, 11, 25)
BOARD = BoardKey(1, DAY)
START = datetime(2026, 11, 25, 10, tzinfo=UTC)
END = START + timedelta(minutes=30)
TEN = ServiceSlot(START, END, Interval(START, END), 1, 1)
RESUBSCRIBED = "resubscribed"
WITHIN = 10.0

Heard = asyncio.Queue[tuple[BoardKey, int] | str]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_bus, "PING_INTERVAL", 0.2)
    monkeypatch.setattr(redis_bus, "ANSWER_TIMEOUT", 1.5)
    monkeypatch.setattr(redis_bus, "MAX_PAUSE", 0.1)


@pytest.fixture
async def heard(own_redis: RedisServer, impatient: None) -> AsyncIterator[Heard]:
    """Yield all that a listener is told, from the first subscription on."""
    told: Heard = asyncio.Queue()
    client = connect(own_redis.url)
    listening = redis_bus.RedisBus(client)
    listening.listen(
        lambda board, version: told.put_nowait((board, version)),
        lambda: told.put_nowait(RESUBSCRIBED),
    )
    running = asyncio.create_task(listening.run())
    assert await next_of(told) == RESUBSCRIBED
    yield told
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await client.aclose()


@pytest.fixture
async def store(own_redis: RedisServer) -> AsyncIterator[RedisHoldStore]:
    store = RedisHoldStore(connect(own_redis.url), Lifetimes())
    yield store
    await store.aclose()


async def next_of(told: Heard) -> tuple[BoardKey, int] | str:
    return await asyncio.wait_for(told.get(), WITHIN)


async def hold(store: RedisHoldStore) -> tuple[BoardKey, int]:
    """Hold a time. Returns the hint that a listener should get."""
    await store.acquire([BOARD], TEN, "ann", ttl=timedelta(seconds=15))
    return BOARD, (await store.read_versions([BOARD]))[0]


async def test_a_hint_names_the_board_and_its_version(heard: Heard, store: RedisHoldStore) -> None:
    assert await hold(store) == await next_of(heard)
    await store.record_commit(BOARD, 3)
    assert await next_of(heard) == (BOARD, (await store.read_versions([BOARD]))[0])
    assert heard.empty()


@pytest.mark.scenario(20)
async def test_a_subscription_that_was_cut_is_made_again_and_listeners_are_told(
    own_redis: RedisServer, heard: Heard, store: RedisHoldStore
) -> None:
    for _ in range(3):
        own_redis.command("CLIENT", "KILL", "TYPE", "pubsub")
        assert await next_of(heard) == RESUBSCRIBED
    assert await hold(store) == await next_of(heard)


@pytest.mark.scenario(36)
async def test_listeners_are_told_when_redis_is_back(
    own_redis: RedisServer, heard: Heard, store: RedisHoldStore
) -> None:
    own_redis.restart()
    assert await next_of(heard) == RESUBSCRIBED
    assert await hold(store) == await next_of(heard)


async def test_a_connection_that_has_fallen_silent_is_given_up(
    own_redis: RedisServer, heard: Heard, store: RedisHoldStore
) -> None:
    """The other end of the connection may have gone without closing it."""
    own_redis.freeze()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(
            heard.get(), 2 * (redis_bus.PING_INTERVAL + redis_bus.ANSWER_TIMEOUT)
        )
    own_redis.thaw()
    assert await next_of(heard) == RESUBSCRIBED
    assert await hold(store) == await next_of(heard)


async def test_where_nobody_answers_it_is_tried_again_and_again(impatient: None) -> None:
    tries: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    silent = await asyncio.start_server(lambda _, writer: tries.put_nowait(writer), "127.0.0.1")
    client = connect(f"redis://127.0.0.1:{silent.sockets[0].getsockname()[1]}")
    running = asyncio.create_task(redis_bus.RedisBus(client).run())
    taken = [await asyncio.wait_for(tries.get(), WITHIN) for _ in range(3)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await client.aclose()
    for connection in taken:
        connection.close()
    silent.close()


async def test_a_quiet_connection_is_kept(own_redis: RedisServer, heard: Heard) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(
            heard.get(), 2 * (redis_bus.PING_INTERVAL + redis_bus.ANSWER_TIMEOUT)
        )
    assert own_redis.calls()["subscribe"] == 1


async def test_what_is_no_hint_does_no_harm(
    own_redis: RedisServer, heard: Heard, store: RedisHoldStore
) -> None:
    for nonsense in ("", "hello", "1:2026-02-30:1", "x:2026-11-25:1", b"\xff:2026-11-25:1"):
        own_redis.control.publish(CHANNEL, nonsense)
    assert await hold(store) == await next_of(heard)


async def test_in_one_process_all_who_listen_are_told() -> None:
    told: list[tuple[BoardKey, int]] = []
    of_one = MemoryBus()
    of_one.listen(lambda board, version: told.append((board, version)))
    of_one.announce(BOARD, 7)
    assert told == [(BOARD, 7)]
