from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from support.catalog_files import DEMO, MORE, without_horizon
from support.commands import furnished
from support.days import working_day
from support.postgres import Postgres
from support.redis_server import RedisServer
from support.seed import SeedClient
from support.server import Server
from support.stack import Stack
from support.visitor import Visitor

#: Lifetimes in seconds that can be waited for.
BRIEF = {
    "hold_fresh": 1,
    "hold_total": 3,
    "hold_poll": 1.5,
    "hold_linger": 2,
    "checkout_time": 1,
    "board_idle": 0.2,
}

_weeks = itertools.count()


@pytest.fixture
def day() -> date:
    """A Wednesday that no other test uses, nor the days around it."""
    return working_day(next(_weeks))


#: One process with a file, or a node over PostgreSQL and Redis.
MODES = ["embedded", "production"]


def _served(
    mode: str, folder: Path, postgres: Postgres, redis: RedisServer, **settings: Any
) -> Iterator[Server]:
    if mode == "production":
        stack = Stack(folder, postgres, redis)
        yield stack.node(**settings)
        stack.stop()
        return
    data = furnished(folder, without_horizon(DEMO + MORE))
    server = Server.start(data, command="serve", **settings)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture(scope="session", params=MODES)
def shared(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    postgres: Postgres,
    redis: RedisServer,
) -> Iterator[Server]:
    """One server for all tests that keep to their own `day`, in each mode."""
    folder = tmp_path_factory.mktemp("shared")
    yield from _served(request.param, folder, postgres, redis, log_level="debug")


@pytest.fixture(scope="session", params=MODES)
def brief(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    postgres: Postgres,
    redis: RedisServer,
) -> Iterator[Server]:
    """Like `shared`, with lifetimes that can be waited for."""
    redis.control.flushall()
    folder = tmp_path_factory.mktemp("brief")
    yield from _served(request.param, folder, postgres, redis, **BRIEF)


@pytest.fixture
def visitors() -> Iterator[Callable[[Server, int], list[Visitor]]]:
    """So many new visitors of a server."""
    made: list[Visitor] = []

    def make(server: Server, count: int) -> list[Visitor]:
        new = [Visitor(server.url) for _ in range(count)]
        made.extend(new)
        return new

    yield make
    for visitor in made:
        visitor.http.close()


@pytest.fixture
def ann(shared: Server, visitors: Callable[[Server, int], list[Visitor]]) -> Visitor:
    return visitors(shared, 1)[0]


@pytest.fixture
def bob(shared: Server, visitors: Callable[[Server, int], list[Visitor]]) -> Visitor:
    return visitors(shared, 1)[0]


@pytest.fixture
def seed_client(day: date) -> Iterator[Callable[..., SeedClient]]:
    """Makes AppointEase clients that look at the test's day."""
    made: list[SeedClient] = []

    def make(server: Server, name: str, **more: Any) -> SeedClient:
        made.append(SeedClient(server.url, name, **{"day": day} | more))
        return made[-1]

    yield make
    for client in made:
        client.http.close()


@pytest.fixture
def select() -> Callable[..., list[tuple[Any, ...]]]:
    """Ask a running server's database, as plain SQL does."""

    def ask(server: Server, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return server.sql(statement, *values)

    return ask
