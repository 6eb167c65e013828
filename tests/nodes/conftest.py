from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from tests.support.days import working_day
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.visitor import Visitor

# Their failed assertions show values as in test modules.
pytest.register_assert_rewrite("tests.nodes.busy_people")

_weeks = itertools.count()


@pytest.fixture
def day() -> date:
    """Return a Wednesday. No other test uses it or the days around it."""
    return working_day(next(_weeks))


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Stack]:
    """Yield two nodes for all tests that only use their own `day` and damage nothing."""
    redis = RedisServer()
    made = Stack(tmp_path_factory.mktemp("pair"), postgres, redis)
    made.node()
    made.node()
    yield made
    made.stop()
    redis.remove()


@pytest.fixture
def durable_stack(tmp_path: Path) -> Iterator[Stack]:
    """Yield a stack whose own PostgreSQL loses nothing when it dies."""
    with ExitStack() as later:
        postgres = Postgres(durable=True)
        later.callback(postgres.stop)
        redis = RedisServer()
        later.callback(redis.remove)
        made = Stack(tmp_path, postgres, redis)
        later.callback(made.stop)
        yield made


@pytest.fixture
def ann(pair: Stack, crowd: Callable[..., list[Visitor]]) -> Visitor:
    """Return a visitor at the first node."""
    return crowd(1, pair.nodes[0])[0]


@pytest.fixture
def bob(pair: Stack, crowd: Callable[..., list[Visitor]]) -> Visitor:
    """Return a visitor at the second node."""
    return crowd(1, pair.nodes[1])[0]


@pytest.fixture
def crowd() -> Iterator[Callable[..., list[Visitor]]]:
    """Yield a function that makes this many new visitors, spread over the nodes."""
    made: list[Visitor] = []

    def make(count: int, *nodes: Server) -> list[Visitor]:
        new = [Visitor(nodes[number % len(nodes)].url) for number in range(count)]
        made.extend(new)
        return new

    yield make
    for visitor in made:
        visitor.http.close()
