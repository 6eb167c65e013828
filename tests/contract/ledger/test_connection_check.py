"""A node starts only if its database connections have the time limits that it asks for."""

from __future__ import annotations

import asyncpg
import pytest

from dibs.errors import DatabaseUnusable
from dibs.ledger.postgresql import check_connection, settings_not_in_force
from tests.support.postgres import Postgres, free_port

pytestmark = [pytest.mark.anyio, pytest.mark.scenario(51)]


async def test_a_server_that_keeps_the_limits_is_taken(postgres: Postgres) -> None:
    await check_connection(postgres.url())


async def test_limits_that_a_pooler_has_dropped_are_named(postgres: Postgres) -> None:
    connection = await asyncpg.connect(postgres.url())
    missing = await settings_not_in_force(connection)
    await connection.close()
    assert missing == ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]


async def test_a_connection_that_is_refused_is_said_in_words(postgres: Postgres) -> None:
    with pytest.raises(
        DatabaseUnusable, match=r"refuses the connections of Dibs: .*does not exist"
    ):
        await check_connection(postgres.url("none"))
    with pytest.raises(DatabaseUnusable, match="refuses the connections of Dibs"):
        await check_connection(f"postgresql://dibs@127.0.0.1:{free_port()}/dibs")
