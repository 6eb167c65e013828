"""Pictures that nothing shows are removed a day after they were uploaded, and no others."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from dibs.app import Dibs
from dibs.desk import administration
from dibs.errors import Invalid, NotFound
from dibs.ledger.catalog import Catalog
from tests.support.hand_clock import HandClock
from tests.support.pictures import draw_file

pytestmark = pytest.mark.anyio

A_DAY = 86_400


def show_pictures(
    catalog: Catalog, service: str | None = None, resource: str | None = None
) -> Catalog:
    return replace(
        catalog,
        services=dict(catalog.services) | {1: replace(catalog.services[1], picture=service)},
        resources=dict(catalog.resources) | {1: replace(catalog.resources[1], picture=resource)},
    )


async def is_shown(dibs: Dibs, name: str) -> bool:
    try:
        return bool(await dibs.desk.pictures.content(name, is_small=True))
    except NotFound:
        return False


async def test_only_what_nothing_shows_is_removed(dibs: Dibs, clock: HandClock) -> None:
    colours = ("#f00", "#0f0", "#00f", "#ff0")
    service, person, unused, again = [
        (await dibs.desk.pictures.add(draw_file(colour=each))).name for each in colours
    ]
    catalog = await administration.export(dibs.database)
    await administration.apply(dibs.database, show_pictures(catalog, service, person))
    clock.advance(A_DAY)
    assert (await dibs.desk.retention.apply()).counts["pictures"] == 0
    assert (await dibs.desk.pictures.add(draw_file(colour=colours[3]))).name == again
    clock.advance(1)
    assert (await dibs.desk.retention.count()).counts["pictures"] == 1
    assert (await dibs.desk.retention.apply()).counts["pictures"] == 1
    shown = [await is_shown(dibs, each) for each in (service, person, unused, again)]
    assert shown == [True, True, False, True]
    await administration.apply(dibs.database, show_pictures(catalog))
    clock.advance(A_DAY)
    assert (await dibs.desk.retention.apply()).counts["pictures"] == 3


async def test_what_is_retired_shows_nothing(dibs: Dibs, clock: HandClock) -> None:
    name = (await dibs.desk.pictures.add(draw_file())).name
    catalog = await administration.export(dibs.database)
    await administration.apply(dibs.database, show_pictures(catalog, name, name))
    without = {key: replace(each, resource_ids=(2,)) for key, each in catalog.services.items()}
    del without[1]
    people = {2: catalog.resources[2]}
    await administration.apply(dibs.database, replace(catalog, services=without, resources=people))
    clock.advance(A_DAY + 1)
    assert (await dibs.desk.retention.apply()).counts["pictures"] == 1


async def test_a_picture_that_is_gone_is_not_named(dibs: Dibs, clock: HandClock) -> None:
    name = (await dibs.desk.pictures.add(draw_file())).name
    catalog = await administration.export(dibs.database)
    clock.advance(A_DAY + 1)
    naming = administration.apply(dibs.database, show_pictures(catalog, name))
    removing = dibs.desk.retention.apply()
    named, removed = await asyncio.gather(naming, removing, return_exceptions=True)
    # Whichever came first, the catalog never names a picture that doesn't exist.
    assert not isinstance(removed, BaseException)
    assert removed.counts["pictures"] == int(isinstance(named, Invalid))
