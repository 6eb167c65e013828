from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from dibs.app import Dibs
from dibs.desk import administration
from dibs.settings import Settings
from tests.contract.booking.retention.scene import NOW
from tests.support.dibs_in_process import build, demo_catalog
from tests.support.hand_clock import HandClock
from tests.support.old_rows import CONSULTATION
from tests.support.plain_sql import PlainSql, connect


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
async def dibs(settings: Settings, clock: HandClock) -> AsyncIterator[Dibs]:
    """Yield a Dibs whose consultation can be booked for any time."""
    built = build(settings, clock)
    catalog = demo_catalog()
    service = replace(catalog.services[CONSULTATION], booking_window_days=None)
    anytime = replace(catalog, services={**catalog.services, CONSULTATION: service})
    await administration.apply(built.database, anytime)
    yield built
    await built.close()


@pytest.fixture
async def sql(settings: Settings, dibs: Dibs) -> AsyncIterator[PlainSql]:
    with connect(settings.database) as sql:
        yield sql
