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

# Suites live in modules of their own; their assertions explain themselves as in test modules.
pytest.register_assert_rewrite("tests.contract.holds", "tests.contract.ledger")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a Dibs in the test's own process wait as long as a busy machine may need. Tests of these
    bounds set them to what they need."""
    monkeypatch.setattr(hub, "GET_TIMEOUT", PATIENCE)
    monkeypatch.setattr(month, "ANSWER_TIMEOUT", PATIENCE)
    monkeypatch.setattr(postgresql, "CONNECT_TIMEOUT", PATIENCE)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo's catalog, made once and copied for each test."""
    return furnish(tmp_path_factory.mktemp("furnished"), demo_catalog()).database_file


@pytest.fixture(scope="session")
def furnished_postgres(postgres: Postgres) -> str:
    """The name of a PostgreSQL database with the demo's catalog, to be copied for each test."""
    url = postgres.new_database()
    furnish_database(Settings(database_url=url, redis_url=NO_REDIS), demo_catalog())
    return url.rpartition("/")[2]


@pytest.fixture
def postgres_settings(postgres: Postgres, furnished_postgres: str) -> Iterator[Settings]:
    """The settings of a node whose database has the demo's catalog and nothing else."""
    url = postgres.new_database(template=furnished_postgres)
    yield Settings(database_url=url, redis_url=NO_REDIS)
    postgres.drop_database(url)


@pytest.fixture
def demo_settings(furnished: Path, tmp_path: Path) -> Settings:
    """The settings of a Dibs whose database has the demo's catalog and nothing else."""
    settings = Settings(data=tmp_path)
    shutil.copy(furnished, settings.database_file)
    return settings


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """One for all who leave it running as it is; they begin by emptying it."""
    server = RedisServer()
    yield server
    server.remove()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """One to be killed, frozen or filled up."""
    server = RedisServer()
    yield server
    server.remove()
