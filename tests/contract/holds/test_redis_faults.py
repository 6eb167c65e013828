"""What happens to the holds, and to callers, when Redis fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from redis.asyncio.connection import AbstractConnection

from dibs.errors import HoldsUnavailable
from dibs.holds import redis_calls
from dibs.holds.redis import RedisHoldStore
from dibs.holds.redis_calls import MAX_CONNECTIONS, connect
from dibs.holds.redis_text import board_key
from dibs.holds.store import Hold
from tests.contract.holds.redis_under_test import redis_store
from tests.contract.holds.store_under_test import (
    BOARD,
    ELEVEN,
    LIFETIMES,
    NEXT,
    TEN,
    StoreUnderTest,
    seconds,
)
from tests.support.redis_server import RedisServer

pytestmark = pytest.mark.anyio

#: Seconds within which a caller gets an answer or a refusal: far longer than a call may take.
SOON = 5.0
IN_EARNEST = redis_calls.TIMEOUT
ONE_SECOND = 1.0

OPERATIONS: dict[str, Callable[[StoreUnderTest], Awaitable[object]]] = {
    "hold": lambda it: it.hold(TEN, "ann", 1),
    "acquire": lambda it: it.acquire(TEN, "ann"),
    "extend": lambda it: it.extend(TEN, "ann", 60),
    "release": lambda it: it.release(TEN, "ann", 1),
    "record_commit": lambda it: it.store.record_commit(BOARD, 1),
    "note_ledger_version": lambda it: it.store.note_ledger_version(BOARD, 1),
    "read": lambda it: it.store.read(BOARD),
    "read_versions": lambda it: it.store.read_versions([BOARD, NEXT]),
    "find_holds": lambda it: it.store.find_holds("ann"),
}
operations = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let calls wait longer, because a busy machine may be slow."""
    monkeypatch.setattr(redis_calls, "TIMEOUT", 30)


@pytest.fixture
async def it(own_redis: RedisServer) -> AsyncIterator[StoreUnderTest]:
    it = redis_store(own_redis)
    yield it
    await it.close()


async def is_refused_soon(it: StoreUnderTest) -> None:
    """Check that every operation soon raises HoldsUnavailable."""
    for operation in OPERATIONS.values():
        started = time.monotonic()
        with pytest.raises(HoldsUnavailable):
            await operation(it)
        assert time.monotonic() - started < SOON


def show_time(it: StoreUnderTest) -> None:
    """Write the clock of the test to Redis again: a Redis that lost its keys has lost the clock,
    too."""
    it.clock.advance(0)


@operations
async def test_forgotten_scripts_are_brought_back(
    own_redis: RedisServer,
    it: StoreUnderTest,
    operation: Callable[[StoreUnderTest], Awaitable[object]],
) -> None:
    await it.acquire_surely(TEN, "ann", 1)
    own_redis.control.script_flush()
    await operation(it)


@pytest.mark.scenario(36)
@operations
async def test_the_first_call_after_a_restart_works(
    own_redis: RedisServer,
    it: StoreUnderTest,
    operation: Callable[[StoreUnderTest], Awaitable[object]],
) -> None:
    await asyncio.gather(*(it.part() for _ in range(10)))  # so there are connections to lose
    own_redis.restart()
    show_time(it)
    for _ in range(10):
        await operation(it)


@pytest.mark.scenario(36)
async def test_a_redis_that_is_gone_is_told_at_once_and_found_again(
    own_redis: RedisServer, it: StoreUnderTest
) -> None:
    await it.acquire_surely(TEN, "ann", 1)
    own_redis.kill()
    await is_refused_soon(it)
    own_redis.start()
    show_time(it)
    await it.acquire_surely(TEN, "ann", 1)


async def test_a_redis_that_does_not_answer_is_waited_for_only_shortly(
    own_redis: RedisServer, it: StoreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await it.acquire_surely(TEN, "ann", 1)
    own_redis.freeze()
    with monkeypatch.context() as patch:
        patch.setattr(redis_calls, "TIMEOUT", IN_EARNEST)
        await is_refused_soon(it)
        started = time.monotonic()
        answers = await asyncio.gather(*(it.part() for _ in range(200)), return_exceptions=True)
        assert {type(answer) for answer in answers} == {HoldsUnavailable}
        assert time.monotonic() - started < SOON
    own_redis.thaw()
    assert (await it.part()).holds == (hold,)


async def test_a_crowd_shares_its_connections(own_redis: RedisServer, it: StoreUnderTest) -> None:
    others = own_redis.control.info("clients")["connected_clients"]
    await asyncio.gather(*(it.part() for _ in range(10 * MAX_CONNECTIONS)))
    opened = own_redis.control.info("clients")["connected_clients"] - others
    assert 1 <= opened <= MAX_CONNECTIONS


async def test_an_answer_that_nobody_waits_for_is_not_taken_for_anothers(
    own_redis: RedisServer, it: StoreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await it.acquire_surely(TEN, "ann", 1)
    sent = asyncio.Event()
    send = AbstractConnection.send_packed_command

    async def send_and_say_so(*arguments: Any, **more: Any) -> None:
        await send(*arguments, **more)
        sent.set()

    monkeypatch.setattr(AbstractConnection, "send_packed_command", send_and_say_so)
    own_redis.freeze()
    left = asyncio.create_task(it.store.read_versions([BOARD]))
    await asyncio.wait_for(sent.wait(), SOON)
    left.cancel()
    await asyncio.gather(left, return_exceptions=True)
    own_redis.thaw()
    assert await it.store.find_holds("ann") == [hold]


async def test_a_moment_in_which_we_got_to_nothing_is_no_fault_of_redis(
    it: StoreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await it.acquire_surely(TEN, "ann", 1)
    monkeypatch.setattr(redis_calls, "TIMEOUT", ONE_SECOND)
    asked = asyncio.create_task(it.store.read(BOARD))
    await asyncio.sleep(0)  # The request has been sent, but not answered yet.
    busy_until = time.monotonic() + 2 * ONE_SECOND
    while time.monotonic() < busy_until:
        pass
    assert (await asked).holds == (hold,)


@pytest.mark.parametrize(
    ("fault", "repair"),
    [
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
        ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        ("CONFIG SET requirepass secret", "CONFIG SET requirepass ''"),
    ],
    ids=["read-only", "out of memory", "password"],
)
async def test_whatever_redis_complains_of_there_are_no_holds(
    own_redis: RedisServer, fault: str, repair: str
) -> None:
    own_redis.command(*fault.split())
    stranger = RedisHoldStore(connect(own_redis.url), LIFETIMES)
    with pytest.raises(HoldsUnavailable):
        await stranger.acquire([BOARD], TEN, "ann", ttl=seconds(15))
    own_redis.command(*repair.replace("''", "").split(" "))
    assert isinstance(await stranger.acquire([BOARD], TEN, "ann", ttl=seconds(15)), Hold)
    await stranger.aclose()


# --- lost writes


async def test_a_reader_finds_out_that_everything_is_lost(
    own_redis: RedisServer, it: StoreUnderTest
) -> None:
    await it.acquire_surely(TEN, "ann", 1)
    seen = await it.version()
    own_redis.control.flushall()
    show_time(it)
    await it.announced()
    part = await it.store.read(BOARD, seen)
    assert part.lost
    assert part.version > seen
    assert (part.holds, part.ledger_version) == ((), None)
    assert await it.announced() == [BOARD]
    assert await it.store.find_holds("ann") == []


async def test_a_reader_finds_out_that_an_older_state_is_back(
    own_redis: RedisServer, it: StoreUnderTest
) -> None:
    hold = await it.acquire_surely(TEN, "ann", 1)
    own_redis.snapshot()
    await it.acquire_surely(ELEVEN, "bob", 1)
    await it.store.record_commit(BOARD, 7)
    seen = await it.version()
    own_redis.restart()
    show_time(it)
    part = await it.store.read(BOARD, seen)
    assert part.lost
    assert part.version > seen
    assert (part.holds, part.ledger_version) == ((hold,), None)
    assert not (await it.store.read(BOARD, part.version)).lost


# --- what is in Redis


async def test_a_hold_is_one_script_and_three_plain_commands_in_one_round_trip(
    own_redis: RedisServer, it: StoreUnderTest
) -> None:
    await it.acquire_surely(TEN, "ann", 1)
    own_redis.control.config_resetstat()
    await it.acquire_surely(ELEVEN, "ann", 2)
    calls = own_redis.calls()
    assert calls["evalsha"] == 1
    of_the_script = {"get", "hmget", "hgetall", "hset", "expire", "publish"}
    assert calls.keys() - of_the_script == {"evalsha", "hlen", "config|resetstat"}
    assert (calls["hset"], calls["expire"], calls["hlen"]) == (2, 2, 1)


async def test_the_clock_is_that_of_redis(own_redis: RedisServer) -> None:
    store = RedisHoldStore(connect(own_redis.url), LIFETIMES)
    before = own_redis.control.time()
    hold = await store.acquire([BOARD], TEN, "ann", ttl=seconds(15))
    part = await store.read(BOARD)
    after = own_redis.control.time()
    assert isinstance(hold, Hold)
    times = [hold.created, hold.expires_at - seconds(15), part.now]
    stamps = [(int(time.timestamp()), time.microsecond) for time in times]
    assert before <= stamps[0] == stamps[1] < stamps[2] <= after
    assert part.version == stamps[0][0] * 1_000_000 + stamps[0][1]
    await store.aclose()


async def test_what_nobody_touches_is_forgotten_but_not_before_it_may_be(
    own_redis: RedisServer, it: StoreUnderTest
) -> None:
    await it.acquire_surely(TEN, "ann", 1)
    await it.store.record_commit(NEXT, 1)
    known = (LIFETIMES.max_hold + LIFETIMES.record).total_seconds()
    keys = own_redis.control.keys("dibs:*")
    assert len(keys) == 3
    for key in keys:
        assert own_redis.control.ttl(key) > known
    board = board_key(BOARD)
    own_redis.control.expire(board, 1)
    await it.part()
    assert own_redis.control.ttl(board) > known


async def test_the_index_of_a_visitor_is_pruned(own_redis: RedisServer, it: StoreUnderTest) -> None:
    await it.acquire_surely(TEN, "ann", 1)
    await it.release(TEN, "ann", 2)
    hold = await it.acquire_surely(TEN, "ann", 3, boards=[NEXT])
    assert hold.may_have_others
    assert await it.store.find_holds("ann") == [hold]
    assert not (await it.acquire_surely(TEN, "ann", 4, boards=[NEXT])).may_have_others


async def test_pruning_leaves_a_hold_that_was_granted_meanwhile(
    own_redis: RedisServer, it: StoreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = it.store
    assert isinstance(store, RedisHoldStore)
    await it.acquire_surely(TEN, "ann", 1)
    await it.release(TEN, "ann", 2)
    send = store._calls.send

    async def send_after_a_grant(*commands: tuple[bytes, ...]) -> list[object]:
        if commands[0][1] == store._scripts.prune_index:
            monkeypatch.undo()
            await it.acquire_surely(ELEVEN, "ann", 3)
        return await send(*commands)

    monkeypatch.setattr(store._calls, "send", send_after_a_grant)
    assert await store.find_holds("ann") == []
    assert [hold.slot for hold in await store.find_holds("ann")] == [ELEVEN]
