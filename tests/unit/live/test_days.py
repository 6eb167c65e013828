"""A service's day: made of its boards, and made again only when one of them is new."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from dibs.errors import NotFound
from dibs.ledger.catalog import Catalog, Service
from dibs.live.day import Days
from tests.unit.live.scenes import CATALOG, DAY, HALF_HOUR, KEY, busy
from tests.unit.live.stage import SECOND, Stage

pytestmark = pytest.mark.anyio


@pytest.fixture
def days(stage: Stage) -> Days:
    return Days(stage.hub, stage.ledger)


def change_service(service: Service) -> Catalog:
    """Return the catalog with another version of this service."""
    return dataclasses.replace(
        CATALOG, services={**CATALOG.services, service.id: service}, business_version=2
    )


async def test_all_who_look_get_the_same_view(stage: Stage, days: Days) -> None:
    view = await days.get(1, DAY, None)
    stage.calls.clear()
    for _ in range(50):
        assert await days.get(1, DAY, None) is view
    assert stage.calls == []


async def test_a_view_is_made_anew_when_one_of_its_boards_is(stage: Stage, days: Days) -> None:
    view = await days.get(1, DAY, None)
    stage.ledger.write(busy("10:00"), key=SECOND)
    await stage.hub.refresh_all([SECOND])
    changed = await days.get(1, DAY, None)
    assert changed is not view
    assert changed.boards[0] is view.boards[0]
    assert changed.revision_text != view.revision_text


async def test_all_boards_that_must_be_read_are_read_together(stage: Stage, days: Days) -> None:
    stops = [stage.ledger.before_board.stop_next() for _ in (KEY, SECOND)]
    reading = asyncio.create_task(days.get(1, DAY, None))
    for stop in stops:
        await stop.wait_until_reached()
    for stop in stops:
        stop.go_on()
    assert [board.key for board in (await reading).boards] == [KEY, SECOND]


async def test_a_view_is_of_all_who_can_serve_or_of_the_one_asked_for(days: Days) -> None:
    assert [board.key for board in (await days.get(1, DAY, None)).boards] == [KEY, SECOND]
    assert [board.key for board in (await days.get(1, DAY, 2)).boards] == [SECOND]
    assert [board.key for board in (await days.get(2, DAY, None)).boards] == [KEY]


@pytest.mark.parametrize(("service", "resource"), [(99, None), (99, 1), (1, 99), (2, 2)])
async def test_an_unknown_service_and_one_who_can_not_serve_are_not_found(
    days: Days, service: int, resource: int | None
) -> None:
    with pytest.raises(NotFound):
        await days.get(service, DAY, resource)


async def test_a_board_that_is_behind_what_was_seen_is_read_first(stage: Stage, days: Days) -> None:
    await days.get(1, DAY, None)
    stage.calls.clear()
    await days.get(1, DAY, None, seen="0.1-0.2")
    assert stage.calls.count("ledger.board") == 1


@pytest.mark.scenario(32)
async def test_a_changed_service_is_shown_as_soon_as_a_board_knows_it(
    stage: Stage, days: Days
) -> None:
    await days.get(1, DAY, None)
    longer = dataclasses.replace(HALF_HOUR, duration=60)
    stage.ledger.known = change_service(longer)
    for key in (KEY, SECOND):
        stage.ledger.write(key=key)
    await stage.hub.refresh_all([KEY])
    assert (await days.get(1, DAY, None)).service == longer
    await stage.hub.refresh_all([SECOND])
    assert len((await days.get(1, DAY, None)).slots) == 15


@pytest.mark.scenario(32)
async def test_a_view_is_never_of_an_older_service_than_is_known(stage: Stage, days: Days) -> None:
    await days.get(1, DAY, None)
    stage.ledger.known = change_service(dataclasses.replace(HALF_HOUR, duration=60))
    await stage.ledger.catalog()
    assert (await days.get(1, DAY, None)).service.duration == 60


@pytest.mark.scenario(32)
async def test_a_service_added_since_is_found(stage: Stage, days: Days) -> None:
    await days.get(1, DAY, 1)
    stage.ledger.known = change_service(Service(7, "New", 30, (1,)))
    stage.ledger.write(key=KEY)
    added = await days.get(7, DAY, None)
    assert added.service.name == "New"
    assert added.slots == []  # the board was read before there was such a service
    await stage.hub.refresh_all([KEY])
    assert len((await days.get(7, DAY, None)).slots) == 16


@pytest.mark.scenario(32)
async def test_one_who_can_serve_since_is_found(stage: Stage, days: Days) -> None:
    stage.ledger.known = change_service(
        dataclasses.replace(CATALOG.services[2], resource_ids=(1, 2))
    )
    assert [board.key for board in (await days.get(2, DAY, 2)).boards] == [SECOND]
