"""What every database under the ledger promises about the catalog."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Coroutine, Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings

from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.ledger.catalog import Catalog, TimeOff
from tests.contract.ledger.ground import DAY, Ground, book, place
from tests.support import catalogs
from tests.support.dibs_in_process import demo_catalog


class CatalogContract:
    async def test_a_catalog_is_read_as_it_was_written(self, ground: Ground) -> None:
        found = await ground.catalog()
        assert content(found) == content(demo_catalog())

    async def test_any_catalog_is_read_as_it_was_written(self, ground: Ground) -> None:
        loop = asyncio.get_running_loop()

        def wait_for(step: Coroutine[Any, Any, Catalog]) -> Catalog:
            return asyncio.run_coroutine_threadsafe(step, loop).result(timeout=10)

        async def write_and_read(wanted: Catalog) -> Catalog:
            await ground.change_catalog(wanted)
            return await ground.catalog()

        @settings(derandomize=True, deadline=None, max_examples=25)
        @given(wanted=catalogs.catalogs())
        def round_trip(wanted: Catalog) -> None:
            found = wait_for(write_and_read(wanted))
            assert content(found) == content(wanted)
            assert wait_for(write_and_read(found)) == found

        await asyncio.to_thread(round_trip)

    async def test_the_same_catalog_again_counts_nothing(self, ground: Ground) -> None:
        before = await ground.catalog()
        await ground.change_catalog(demo_catalog())
        assert await ground.catalog() == before

    @pytest.mark.parametrize(
        "change",
        ["name", "weekly", "overrides", "closures", "time_zone", "kind", "email", "letters"],
    )
    async def test_a_changed_resource_is_counted_alone(self, ground: Ground, change: str) -> None:
        before = await ground.catalog()
        changed: dict[str, Any] = {
            "name": "Sarah Jones",
            "weekly": {1: (WallInterval(600, 720),)},
            "overrides": {DAY: ()},
            "closures": (TimeOff(datetime(2026, 12, 24), datetime(2026, 12, 27)),),
            "time_zone": "Europe/Berlin",
            "kind": "equipment",
            "email": "sarah@example.com",
            "letters": ("moved",),
        }
        sarah = dataclasses.replace(before.resources[1], **{change: changed[change]})
        await ground.change_catalog(
            dataclasses.replace(before, resources={**before.resources, 1: sarah})
        )
        after = await ground.catalog()
        assert after.resources[1] == sarah
        assert after.business_version == before.business_version
        assert after.resource_versions == {
            **before.resource_versions,
            1: before.resource_versions[1] + 1,
        }

    @pytest.mark.parametrize("change", ["business", "services", "closures"])
    async def test_a_change_for_everybody_is_counted_once(
        self, ground: Ground, change: str
    ) -> None:
        before = await ground.catalog()
        dearer = dataclasses.replace(before.services[1], description="now with tea")
        changed: dict[str, Any] = {
            "business": dataclasses.replace(before.business, name="Dibs & Co"),
            "services": {**before.services, 1: dearer},
            "closures": (TimeOff(datetime(2026, 12, 24), datetime(2026, 12, 27), "holidays"),),
        }
        wanted = dataclasses.replace(before, **{change: changed[change]})
        await ground.change_catalog(wanted)
        after = await ground.catalog()
        assert content(after) == content(wanted)
        assert after.business_version == before.business_version + 1
        assert after.resource_versions == before.resource_versions

    async def test_what_is_no_longer_offered_is_retired_and_keeps_its_bookings(
        self, ground: Ground
    ) -> None:
        known = await ground.catalog()
        key = BoardKey(3, DAY)
        versions = await ground.versions(key)
        await book(ground, place("10:00", resource=3, service=3))
        services = {each: service for each, service in known.services.items() if each != 3}
        resources = {each: resource for each, resource in known.resources.items() if each != 3}
        without_service = dataclasses.replace(known, services=services)
        without_both = dataclasses.replace(without_service, resources=resources)
        for wanted in (without_service, without_both, without_service, known):
            await ground.change_catalog(wanted)
            assert content(await ground.catalog()) == content(wanted)
            versions += await ground.versions(key)
        assert versions == sorted(set(versions))
        assert ground.count("bookings") == ground.count("allocations") == 1


def content(known: Catalog) -> Sequence[object]:
    """Return the content of a catalog, without its version counters."""
    return (
        known.business,
        known.services,
        known.resources,
        known.closures,
        known.letter_words,
    )
