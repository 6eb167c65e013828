"""A Dibs within the process of the test, with the demo's catalog and a database of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import dibs
from dibs import app, catalog_file
from dibs.clock import Clock
from dibs.desk import administration
from dibs.holds.store import HoldStore
from dibs.ledger.catalog import Catalog
from dibs.ledger.migrate import migrate
from dibs.live.bus import Bus
from dibs.settings import Settings

SECRET = "a key for tests"
#: A URL without a Redis, for tests of the ledger alone.
NO_REDIS = "redis://127.0.0.1:1"
#: Seconds that a write may take. It is long, so that no test fails because the machine is busy.
PATIENCE = 60.0


def demo_catalog() -> Catalog:
    return catalog_file.parse(Path(dibs.__file__).with_name("demo.toml").read_text())


def furnish(folder: Path, catalog: Catalog) -> Settings:
    """Make a migrated database with this catalog in the folder."""
    settings = Settings(data=folder)
    furnish_database(settings, catalog)
    return settings


def furnish_database(settings: Settings, catalog: Catalog) -> None:
    migrate(settings.database)

    async def fill() -> None:
        database = app.open_database(settings)
        await administration.apply(database, catalog)
        await database.close()

    asyncio.run(fill())


def build(settings: Settings, clock: Clock | None = None) -> app.Dibs:
    return app.build(settings, SECRET, clock, PATIENCE)


def build_over(
    settings: Settings, holds: HoldStore, bus: Bus, clock: Clock | None = None
) -> app.Dibs:
    """Build a Dibs as `dibs.app.build` does, but with this hold store and this bus."""
    return app.assemble(settings, app.open_database(settings, clock, PATIENCE), holds, bus, SECRET)
