"""Several nodes with one PostgreSQL and one Redis, as in production."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from tests.support.catalog_files import DEMO, MORE, without_horizon
from tests.support.forked_process import ForkedProcess
from tests.support.plain_sql import connect
from tests.support.postgres import Postgres
from tests.support.redis_server import RedisServer
from tests.support.server import Server, environment

#: A URL without a Redis: applying a catalog needs no holds.
NO_REDIS = "redis://127.0.0.1:1"


def make_database(postgres: Postgres, catalog: Path) -> str:
    """Return the name of a database with the catalog of this file. In each PostgreSQL it is made
    once, and then copied."""
    if (text := catalog.read_text()) not in postgres.furnished:
        url = postgres.new_database()
        key = secrets.token_urlsafe()
        # This needs a process of its own, because browser tests have a running event loop here.
        applied = ForkedProcess(
            ["catalog", "apply", str(catalog)],
            environment(database_url=url, redis_url=NO_REDIS, secret_key=key),
            log := catalog.with_suffix(".log"),
        )
        assert applied.wait(timeout=60) == 0, log.read_text()
        postgres.furnished[text] = url.rpartition("/")[2]
    return postgres.furnished[text]


class Stack:
    """The nodes of one installation. `settings` are those that all nodes share."""

    def __init__(self, folder: Path, postgres: Postgres, redis: RedisServer) -> None:
        self.folder = folder
        self.postgres = postgres
        self.redis = redis
        folder.mkdir(parents=True, exist_ok=True)
        (file := folder / "catalog.toml").write_text(without_horizon(DEMO + MORE), encoding="utf-8")
        self.database_url = postgres.new_database(template=make_database(postgres, file))
        self.settings = {
            "database_url": self.database_url,
            "redis_url": redis.url,
            "secret_key": secrets.token_urlsafe(),
        }
        self.nodes: list[Server] = []

    def node(self, *, port: int = 0, **more: Any) -> Server:
        """Start one more node."""
        node = Server.start(
            self.folder / f"node-{len(self.nodes)}",
            command="serve",
            port=port,
            **{**self.settings, **more},
        )
        self.nodes.append(node)
        return node

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with connect(self.database_url) as sql:
            return sql(statement, *values)

    def stop(self) -> None:
        for node in self.nodes:
            if node.process.poll() is None:
                node.stop()
