"""The cost of two nodes over one PostgreSQL and one Redis, counted and not timed."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from sqlalchemy import event

from dibs import health
from dibs.app import Dibs, create_app
from dibs.availability.boards import BoardKey
from dibs.desk import calendar_reading
from dibs.desk.offers import SlotRequest
from dibs.holds.redis import RedisHoldStore
from dibs.holds.redis_calls import Command, RedisCalls
from dibs.holds.redis_claims import RedisClaimBook
from dibs.ledger.bookings import Customer
from dibs.ledger.postgresql import PostgreSQL
from dibs.live import hub, redis_bus
from dibs.settings import Settings
from tests.support.days import at, working_day
from tests.support.dibs_in_process import build
from tests.support.redis_server import RedisServer

#: These tests count what a node asks for, and a busy machine makes it ask more, so they run alone.
pytestmark = [pytest.mark.anyio, pytest.mark.alone]

ANN = Customer("Ann Lee", "ann@example.com")
KEY = BoardKey(1, working_day())
WISH = SlotRequest(1, at("10:00"), 1)
QUIET_FOR = 5.0
#: Seconds: longer than any test takes.
SELDOM = 3_600.0


@dataclass
class Node:
    """A node, with counts of its requests since `counts` was last cleared: scripts by name, round
    trips to Redis, queries, and calls of `poll_changes`.

    The comparison once a second is counted separately.
    """

    dibs: Dibs
    counts: Counter[str] = field(default_factory=Counter)

    def count_redis(self) -> None:
        holds = self.dibs.holds
        assert isinstance(holds, RedisHoldStore)
        assert isinstance(holds.claims, RedisClaimBook)
        names = {
            sha: prefix + name
            for prefix, scripts in (("", holds._scripts), ("claims ", holds.claims._scripts))
            for name, sha in vars(scripts).items()
            if isinstance(sha, bytes)
        }
        calls: RedisCalls = holds._calls
        send = calls.send

        async def count_commands(*commands: Command) -> list[Any]:
            scripts = [names[_bytes(each[1])] for each in commands if each[0] == b"EVALSHA"]
            self.counts["round trips"] += bool(commands)
            self.counts.update(scripts)
            return await send(*commands)

        calls.send = count_commands  # type: ignore[method-assign]

    def count_sql(self) -> None:
        database = self.dibs.database
        assert isinstance(database, PostgreSQL)

        @event.listens_for(database._engine.sync_engine, "before_cursor_execute")
        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            self.counts["comparison" if "totals" in statement else "query"] += 1


@pytest.fixture
async def nodes(
    postgres_settings: Settings, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Node, Node]]:
    # Some work is done every few seconds in any case: trial writes for the health check, and
    # looking for calendars that are due. It is switched off, so that it isn't counted.
    monkeypatch.setattr(health, "DATABASE_TRIAL_INTERVAL", math.inf)
    monkeypatch.setattr(health, "HOLDS_TRIAL_INTERVAL", math.inf)
    monkeypatch.setattr(calendar_reading, "LOOK_INTERVAL", SELDOM)
    # If the machine pauses, the last comparison is too old and Redis has not answered in time. Then
    # boards are rightly read again, which must not be counted either.
    monkeypatch.setattr(hub, "MAX_UNCOMPARED", SELDOM)
    monkeypatch.setattr(redis_bus, "ANSWER_TIMEOUT", SELDOM)
    redis_server.control.flushall()
    settings = postgres_settings.model_copy(update={"redis_url": redis_server.url})
    async with AsyncExitStack() as stack:
        made = [Node(build(settings)), Node(build(settings))]
        for node in made:
            node.count_redis()
            node.count_sql()
            await stack.enter_async_context(node.dibs.running())
            await node.dibs.hub.get(KEY)
        await quiet(*made)
        yield made[0], made[1]


async def count_anew(node: Node) -> None:
    """Clear the counts between two comparisons: otherwise one comparison would never seem
    complete."""
    async with asyncio.timeout(QUIET_FOR):
        while node.counts["read_versions"] != node.counts["comparison"]:
            await asyncio.sleep(0.01)
    node.counts.clear()


async def quiet(*nodes: Node) -> None:
    """Wait until a comparison of each node has found nothing more to read."""
    async with asyncio.timeout(QUIET_FOR):
        for node in nodes:
            while True:
                await count_anew(node)
                while node.counts["comparison"] < 2:
                    await asyncio.sleep(0.01)
                if not node.counts["read"] and not node.counts["query"]:
                    break


@asynccontextmanager
async def costing(*nodes: Node) -> AsyncIterator[None]:
    """Count what the nodes ask for in the block and until all is quiet again, without
    comparisons."""
    for node in nodes:
        await count_anew(node)
    yield
    for node in nodes:
        target = node.counts["comparison"] + 2
        async with asyncio.timeout(QUIET_FOR):
            # A comparison is complete when it has also asked the hold store.
            while not node.counts["read_versions"] == node.counts["comparison"] >= target:
                await asyncio.sleep(0.01)


def select_counts(node: Node, *names: str) -> dict[str, int]:
    return {name: node.counts[name] for name in names}


@pytest.mark.scenario(28)
@pytest.mark.parametrize("viewers", [1, 300])
async def test_a_second_costs_one_round_trip_and_one_query_however_many_look(
    nodes: tuple[Node, Node], viewers: int
) -> None:
    node = nodes[0]
    transport = httpx2.ASGITransport(app=create_app(node.dibs))
    async with (
        httpx2.AsyncClient(transport=transport, base_url="http://node") as http,
        costing(node),
    ):
        for _ in range(viewers):
            answer = await http.get(f"/api/v1/boards/1/{KEY.day}")
            assert answer.status_code == 200
    comparisons = node.counts["comparison"]
    assert comparisons >= 2
    assert select_counts(node, "query", "read", "read_versions", "round trips") == {
        "query": 0,
        "read": 0,
        "read_versions": comparisons,
        "round trips": comparisons,
    }


async def test_a_hold_costs_one_script_and_the_other_node_one_reading_of_the_store(
    nodes: tuple[Node, Node],
) -> None:
    here, there = nodes
    async with costing(here, there):
        await here.dibs.desk.holding.hold("ann", WISH.service_id, WISH.starts_at, 1)
    assert here.counts["round trips"] == 1 + here.counts["read_versions"]
    names = ("claims enter", "hold", "read", "held", "query")
    assert select_counts(here, *names) == {
        "claims enter": 0,
        "hold": 1,
        "read": 0,
        "held": 0,
        "query": 0,
    }
    assert select_counts(there, *names) == {
        "claims enter": 0,
        "hold": 0,
        "read": 1,
        "held": 0,
        "query": 0,
    }


async def test_prolonging_costs_one_script_and_nobody_a_reading(
    nodes: tuple[Node, Node],
) -> None:
    here, there = nodes
    hold = await here.dibs.desk.holding.hold("ann", WISH.service_id, WISH.starts_at, 1)
    await quiet(here, there)
    async with costing(here, there):
        for _ in range(5):
            await here.dibs.holds.extend(
                hold.boards, hold.slot, "ann", ttl=hold.expires_at - hold.created
            )
    assert select_counts(here, "extend", "read", "query") == {"extend": 5, "read": 0, "query": 0}
    assert select_counts(there, "extend", "read", "query") == {"extend": 0, "read": 0, "query": 0}


async def test_a_booking_costs_the_other_node_one_reading_of_each(
    nodes: tuple[Node, Node],
) -> None:
    here, there = nodes
    async with costing(here, there):
        await here.dibs.desk.booking.book("ann", WISH, ANN)
    assert here.counts["record_commit"] == 1
    assert select_counts(here, "read") == {"read": 0}
    # Taking the hold is one change, settling it another.
    assert select_counts(there, "read", "query") == {"read": 2, "query": 1}


async def test_a_cancellation_costs_each_node_one_reading_of_each(
    nodes: tuple[Node, Node],
) -> None:
    here, there = nodes
    booking = await here.dibs.desk.booking.book("ann", WISH, ANN)
    await quiet(here, there)
    async with costing(here, there):
        await here.dibs.desk.changing.cancel_as_owner(booking.reference)
    assert select_counts(there, "read", "query") == {"read": 1, "query": 1}


def _bytes(word: bytes | str | int) -> bytes:
    return word if isinstance(word, bytes) else str(word).encode()
