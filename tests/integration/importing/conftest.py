"""A real MariaDB with the plugin's tables, and either ledger to bring them into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.mariadb import MariaDb
from tests.support.plugin import PluginSite, Target
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.server import Server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    server = MariaDb()
    yield server
    server.stop()


@pytest.fixture
def site(mariadb: MariaDb) -> PluginSite:
    return PluginSite(mariadb)


@pytest.fixture(params=["embedded", "production"])
def target(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres, redis: RedisServer
) -> Target:
    if request.param == "embedded":
        data = tmp_path / "data"
        return Target({"data": data}, data / "dibs.db")
    url = postgres.new_database()
    return Target({"database_url": url, "redis_url": redis.url, "secret_key": "x" * 40}, url)


@pytest.fixture
def embedded(tmp_path: Path) -> Target:
    data = tmp_path / "data"
    return Target({"data": data}, data / "dibs.db")


@pytest.fixture
def serve(start_server: Callable[..., Server], tmp_path: Path) -> Callable[[Target], Server]:
    """A server over what was brought in, for clients of the plugin."""

    def start(target: Target) -> Server:
        own = {name: value for name, value in target.settings.items() if name != "data"}
        return start_server("data", command="serve", **own)

    return start
