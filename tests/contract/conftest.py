from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dibs.desk import month
from dibs.ledger import postgresql
from dibs.live import hub
from dibs.settings import Settings
from tests.support.dibs_in_process import (
    NO_REDIS,
    PATIENCE,
    demo_catalog,
    furnish,
    furnish_database,
)
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer

# Suites are in modules of their own; their failed assertions show values as in test modules.
pytest.register_assert_rewrite("tests.contract.holds", "tests.contract.ledger")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a Dibs in the test's process wait as long as a busy machine may need.

    Tests of these limits set them themselves.
    """
    monkeypatch.setattr(hub, "GET_TIMEOUT", PATIENCE)
    monkeypatch.setattr(month, "ANSWER_TIMEOUT", PATIENCE)
    monkeypatch.setattr(postgresql, "CONNECT_TIMEOUT", PATIENCE)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database with the demo's catalog once, to be copied for each test."""
    return furnish(tmp_path_factory.mktemp("furnished"), demo_catalog()).database_file


@pytest.fixture(scope="session")
def furnished_postgres(postgres: Postgres) -> str:
    """Make a PostgreSQL database with the demo's catalog, to be copied for each test. Returns its
    name."""
    url = postgres.new_database()
    furnish_database(Settings(database_url=url, redis_url=NO_REDIS), demo_catalog())
    return url.rpartition("/")[2]


@pytest.fixture
def postgres_settings(postgres: Postgres, furnished_postgres: str) -> Iterator[Settings]:
    """Yield the settings of a node whose database has the demo's catalog and nothing else."""
    url = postgres.new_database(template=furnished_postgres)
    yield Settings(database_url=url, redis_url=NO_REDIS)
    postgres.drop_database(url)


@pytest.fixture
def demo_settings(furnished: Path, tmp_path: Path) -> Settings:
    """Return the settings of a Dibs whose database has the demo's catalog and nothing else."""
    settings = Settings(data=tmp_path)
    shutil.copy(furnished, settings.database_file)
    return settings


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """Yield a Redis for all tests that don't stop or change it. They begin by emptying it."""
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """Yield a Redis that the test may kill, freeze or fill up."""
    server = RedisServer()
    yield server
    server.remove()
