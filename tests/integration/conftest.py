from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest

from tests.support.appointease import PluginClient
from tests.support.catalog_files import DEMO, MORE, without_horizon
from tests.support.commands import make_data_folder
from tests.support.days import working_day
from tests.support.follower import Follower
from tests.support.plain_sql import PlainSql, connect
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.server import Server
from tests.support.stack import Stack
from tests.support.stream_paths import Follow
from tests.support.visitor import Visitor
from tests.support.waiting import until

# Its failed assertions show values as in test modules.
pytest.register_assert_rewrite("tests.support.api_operations")

#: Lifetimes in seconds that are short enough to wait for.
BRIEF = {
    "hold_lifetime": 1,
    "max_hold_lifetime": 5,
    "polled_hold_lifetime": 3,
    "deselected_hold_lifetime": 4,
    "checkout_lifetime": 1,
    "board_idle_timeout": 0.2,
}

_weeks = itertools.count()


@pytest.fixture
def day() -> date:
    """Return a Wednesday. No other test uses it or the days around it."""
    return working_day(next(_weeks))


#: One process with a file, or a node over PostgreSQL and Redis.
MODES = ["embedded", "production"]


class _Servers:
    """The servers that tests share.

    Each starts when it is first needed and runs to the end of the session, because the tests of
    several modules need both modes in turn.
    """

    def __init__(self, folders: pytest.TempPathFactory, postgres: Postgres) -> None:
        self._folders = folders
        self._postgres = postgres
        self._servers: dict[tuple[str, str], Server] = {}
        self._on_stop = ExitStack()

    def get(self, name: str, mode: str, **settings: Any) -> Server:
        """Return the server with this name in this mode, started if necessary.

        It has a Redis of its own, because the boards of all servers have the same names.
        """
        if (name, mode) not in self._servers:
            self._servers[name, mode] = self._start(name, mode, **settings)
        return self._servers[name, mode]

    def _start(self, name: str, mode: str, **settings: Any) -> Server:
        folder = self._folders.mktemp(name)
        if mode == "production":
            redis = RedisServer()
            self._on_stop.callback(redis.remove)
            stack = Stack(folder, self._postgres, redis)
            self._on_stop.callback(stack.stop)
            return stack.node(**settings)
        data = make_data_folder(folder, without_horizon(DEMO + MORE))
        server = Server.start(data, command="serve", **settings)
        self._on_stop.callback(server.stop)
        return server

    def stop(self) -> None:
        self._on_stop.close()


@pytest.fixture(scope="session")
def _servers(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[_Servers]:
    servers = _Servers(tmp_path_factory, postgres)
    yield servers
    servers.stop()


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture(scope="session", params=MODES)
def shared(request: pytest.FixtureRequest, _servers: _Servers) -> Server:
    """Return one server for all tests that only use their own `day`, in each mode."""
    return _servers.get("shared", request.param, log_level="debug")


@pytest.fixture(scope="session")
def shared_sql(shared: Server) -> Iterator[PlainSql]:
    """Yield a connection to the database of `shared`. Hundreds of tests share it in turn."""
    with connect(shared.database) as sql:
        yield sql


@pytest.fixture(scope="session", params=MODES)
def brief(request: pytest.FixtureRequest, _servers: _Servers) -> Server:
    """Return a server like `shared`, with lifetimes that are short enough to wait for."""
    return _servers.get("brief", request.param, **BRIEF)


@pytest.fixture
def visitors() -> Iterator[Callable[[Server, int], list[Visitor]]]:
    """Yield a function that makes so many new visitors of a server."""
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
def plugin_client(day: date) -> Iterator[Callable[..., PluginClient]]:
    """Yield a function that makes AppointEase clients that look at the test's day."""
    made: list[PluginClient] = []

    def make(server: Server, name: str, **more: Any) -> PluginClient:
        made.append(PluginClient(server.url, name, **{"day": day} | more))
        return made[-1]

    yield make
    for client in made:
        client.http.close()


@pytest.fixture
def select() -> Callable[..., list[tuple[Any, ...]]]:
    """Return a function that queries the database of a running server by plain SQL."""

    def ask(server: Server, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return server.sql(statement, *values)

    return ask


@pytest.fixture
def follow() -> Iterator[Follow]:
    """Yield a function that opens a stream, waits for its first event, and follows it until the
    test ends."""
    opened: list[Follower] = []

    def open_stream(server: Server, path: str, **headers: str) -> Follower:
        follower = Follower(server.url, path, **headers)
        opened.append(follower)
        if follower.status == 200:
            until(lambda: follower.events, "the first event comes", every=0.005)
        return follower

    yield open_stream
    for follower in opened:
        follower.close()
