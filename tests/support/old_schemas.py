"""Makes databases as older versions of Dibs had them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from dibs.ledger.migrate import MIGRATIONS


def migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def migrate_to(database: Path | str, revision: str) -> None:
    """Bring a SQLite file, or the PostgreSQL database of a URL, to a revision and no further."""
    if isinstance(database, str):
        asyncio.run(_migrate_postgresql_to(database, revision))
        return
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        _upgrade(connection, revision)
    engine.dispose()


async def _migrate_postgresql_to(url: str, revision: str) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade, revision)
    await engine.dispose()


def _upgrade(connection: Connection, revision: str) -> None:
    config = migrations()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
