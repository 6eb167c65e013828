from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import pytest

from dibs.app import Dibs
from dibs.settings import Settings
from tests.support.redis_server import RedisServer
from tests.support.studio import build


@pytest.fixture(params=["embedded", "production"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Of a Dibs with the demo's catalog, in either mode."""
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
