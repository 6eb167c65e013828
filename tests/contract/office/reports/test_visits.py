"""How far visits get: counted as they happen and written later. Days before the first count are
unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dibs.desk.offers import SlotRequest
from dibs.errors import LedgerUnavailable
from dibs.ledger.bookings import Customer
from dibs.settings import Settings
from tests.contract.office.conftest import Scene
from tests.contract.office.reports.books import CUT, MIA, Books
from tests.support.redis_server import RedisServer

pytestmark = pytest.mark.anyio

ANN = Customer("Ann Lee", "ann@example.com")


@pytest.fixture(params=["demo_settings", "postgres_settings"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """Return the settings in either mode, with its hold store."""
    made: Settings = request.getfixturevalue(request.param)
    if made.is_embedded:
        return made
    redis: RedisServer = request.getfixturevalue("redis_server")
    redis.control.flushall()
    return made.model_copy(update={"redis_url": redis.url})


async def conversion(scene: Scene, books: Books) -> dict[str, Any]:
    await scene.dibs.desk.context.visits.write()
    today = str(scene.clock.now().date())
    report = await books.report("conversion", today, today)
    return dict(report.table.totals)


@pytest.fixture
async def slot(scene: Scene, books: Books) -> SlotRequest:
    start = scene.clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
    # Go to the middle of the day in Berlin, whatever the time is now.
    scene.clock.advance((start - scene.clock.now()).total_seconds())
    await scene.dibs.ledger.catalog()
    return SlotRequest(CUT, start + timedelta(days=2), MIA)


async def test_a_visit_is_counted_once_at_each_stage(
    scene: Scene, books: Books, slot: SlotRequest
) -> None:
    desk = scene.dibs.desk
    for hour in (0, 2, 0, 4):
        await desk.holding.hold("ann", CUT, slot.starts_at + timedelta(hours=hour), MIA)
    await desk.holding.hold("bob", CUT, slot.starts_at, MIA)
    checkout = await desk.booking.check_out("bob", slot)
    await desk.booking.abandon("bob", checkout.token)
    checkout = await desk.booking.check_out("bob", slot)
    await desk.booking.confirm("bob", checkout.token, ANN)
    found = await conversion(scene, books)
    assert (found["held"], found["checked_out"], found["booked"]) == (2, 1, 1)
    assert (found["share"], found["counted_days"]) == (0.5, 1)


async def test_who_books_at_once_has_come_all_the_way(
    scene: Scene, books: Books, slot: SlotRequest
) -> None:
    await scene.dibs.desk.booking.book("ann", slot, ANN)
    found = await conversion(scene, books)
    assert (found["held"], found["checked_out"], found["booked"]) == (1, 1, 1)
    await scene.dibs.desk.holding.hold("ann", CUT, slot.starts_at + timedelta(hours=3), MIA)
    assert (await conversion(scene, books))["held"] == 1


async def test_what_was_not_counted_is_unknown(
    scene: Scene, books: Books, slot: SlotRequest
) -> None:
    scene.dibs.desk.context.visits.count("ann", "held")
    found = await conversion(scene, books)
    assert (found["held"], found["booked"], found["share"]) == (1, 0, 0.0)
    today = scene.clock.now().date()
    yesterday = today - timedelta(days=1)
    report = await books.report("conversion", str(yesterday), str(today))
    assert report.table.rows[0] == {
        "day": str(yesterday),
        "held": None,
        "checked_out": None,
        "booked": None,
    }
    assert report.totals_before["held"] is None
    assert report.totals_before["share"] is None


async def test_what_could_not_be_written_down_is_written_later(
    scene: Scene, books: Books, slot: SlotRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = scene.dibs.desk.context.visits
    visits.count("ann", "held")

    async def fail(*_: object) -> None:
        raise LedgerUnavailable

    with monkeypatch.context() as away:
        away.setattr(scene.database, "write", fail)
        await visits.write()
    visits.count("bob", "held")
    assert (await conversion(scene, books))["held"] == 2
