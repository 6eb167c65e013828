from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest

from dibs.app import Dibs
from dibs.desk import administration
from dibs.ledger.catalog import Catalog
from dibs.ledger.migrate import migrate
from dibs.settings import Settings
from tests.contract.booking.shop import Open, Shop
from tests.support.dibs_in_process import build
from tests.support.hand_clock import HandClock
from tests.support.redis_server import RedisServer


@pytest.fixture(params=["embedded", "production"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Return the settings of a Dibs with the demo's catalog, in either mode."""
    if request.param == "embedded":
        return cast(Settings, request.getfixturevalue("demo_settings"))
    redis: RedisServer = request.getfixturevalue("redis_server")
    redis.control.flushall()
    made: Settings = request.getfixturevalue("postgres_settings")
    return made.model_copy(update={"redis_url": redis.url})


@pytest.fixture
async def dibs(settings: Settings) -> AsyncIterator[Dibs]:
    built = build(settings)
    yield built
    await built.holds.aclose()
    await built.bus.aclose()
    await built.database.close()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    settings = Settings(data=tmp_path_factory.mktemp("empty"))
    migrate(settings.database)
    return settings.database_file.read_bytes()


@pytest.fixture
async def open_shop(empty: bytes, tmp_path: Path) -> AsyncIterator[Open]:
    opened: list[Dibs] = []

    async def make(wanted: Catalog, now: datetime) -> Shop:
        settings = Settings(data=tmp_path / str(len(opened)))
        settings.data.mkdir()
        settings.database_file.write_bytes(empty)
        clock = HandClock(now)
        opened.append(build(settings, clock))
        shop = Shop(opened[-1], clock)
        await administration.apply(shop.dibs.database, wanted)
        return shop

    yield make
    for dibs in opened:
        await dibs.database.close()
