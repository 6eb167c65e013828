from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from dibs.desk import Desk, administration
from dibs.settings import Settings
from tests.contract.notify.booking_scene import with_addresses
from tests.contract.notify.scene import MailServer, Scene, codes_of
from tests.support.dibs_in_process import build, demo_catalog
from tests.support.hand_clock import HandClock


@pytest.fixture(params=["demo_settings", "postgres_settings"])
def each_database(request: pytest.FixtureRequest) -> Settings:
    found: Settings = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def scene(each_database: Settings) -> AsyncIterator[Scene]:
    settings = each_database
    clock, mail_server = HandClock(), MailServer()
    dibs = build(settings, clock)
    codes = codes_of(dibs.desk, mail_server)
    yield Scene(clock, mail_server, codes, dibs.database, Desk(dibs.desk.context, codes))
    await dibs.database.close()


@pytest.fixture
async def told(scene: Scene) -> Scene:
    """Return a scene in which staff and business have addresses, and customers are reminded a day
    before."""
    await administration.apply(scene.database, with_addresses(demo_catalog()))
    return scene
