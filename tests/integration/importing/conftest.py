"""A real MariaDB with the plugin's tables, and either database to import into."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dibs.ledger.migrate import migrate
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


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database with empty tables once, to be copied: making it takes as long as an
    import."""
    file = tmp_path_factory.mktemp("empty") / "dibs.db"
    migrate(file)
    return file


@pytest.fixture(scope="session")
def empty_postgres(postgres: Postgres) -> str:
    """Make a PostgreSQL database with empty tables, to be copied. Returns its name."""
    url = postgres.new_database()
    migrate(url)
    return url.rpartition("/")[2]


@pytest.fixture(params=["embedded", "production"])
def target(request: pytest.FixtureRequest, postgres: Postgres, redis: RedisServer) -> Target:
    if request.param == "embedded":
        embedded: Target = request.getfixturevalue("embedded")
        return embedded
    url = postgres.new_database(template=request.getfixturevalue("empty_postgres"))
    return Target({"database_url": url, "redis_url": redis.url, "secret_key": "x" * 40}, url)


@pytest.fixture
def embedded(tmp_path: Path, empty_file: Path) -> Target:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copy(empty_file, data / "dibs.db")
    return Target({"data": data}, data / "dibs.db")


@pytest.fixture
def serve(start_server: Callable[..., Server], tmp_path: Path) -> Callable[[Target], Server]:
    """Return a function that starts a server over the imported data, for clients of the plugin."""

    def start(target: Target) -> Server:
        own = {name: value for name, value in target.settings.items() if name != "data"}
        return start_server("data", command="serve", **own)

    return start
