"""How long resources are open: closures, overrides, clock changes and other zones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dibs.availability.hours import WallInterval
from dibs.availability.intervals import Interval
from dibs.availability.wall import local_day
from dibs.desk.office.open_time import count_open_minutes
from dibs.ledger.catalog import Business, Catalog, Resource, TimeOff

pytestmark = pytest.mark.anyio

NIGHT = dict.fromkeys(range(1, 8), (WallInterval(60, 240),))
OFFICE = dict.fromkeys(range(1, 6), (WallInterval(9 * 60, 17 * 60),))
MIA = Resource(1, "Mia", weekly=OFFICE)


def catalog(*resources: Resource, closures: tuple[TimeOff, ...] = ()) -> Catalog:
    known = {each.id: each for each in resources}
    return Catalog(Business("North", "Europe/Berlin", "EUR", 30), {}, known, closures)


def days(first: str, last: str, zone: str = "Europe/Berlin") -> Interval:
    start, _ = local_day(date.fromisoformat(first), ZoneInfo(zone))
    _, end = local_day(date.fromisoformat(last), ZoneInfo(zone))
    return Interval(start, end)


async def test_weeks_are_counted_day_by_day() -> None:
    assert await count_open_minutes(catalog(MIA), days("2026-05-04", "2026-05-10")) == {1: 2400}
    assert await count_open_minutes(catalog(MIA), days("2026-05-09", "2026-05-10")) == {1: 0}
    assert await count_open_minutes(catalog(MIA), days("2026-05-04", "2026-05-04")) == {1: 480}


async def test_closures_and_single_days_count() -> None:
    holiday = TimeOff(datetime(2026, 5, 5), datetime(2026, 5, 6), "Holiday")
    dentist = TimeOff(datetime(2026, 5, 6, 16), datetime(2026, 5, 6, 20), "Dentist")
    saturday = {date(2026, 5, 9): (WallInterval(600, 660),), date(2026, 5, 8): ()}
    mia = replace(MIA, closures=(dentist,), overrides=saturday)
    found = await count_open_minutes(
        catalog(mia, closures=(holiday,)), days("2026-05-04", "2026-05-10")
    )
    assert found == {1: 480 + 0 + 420 + 480 + 0 + 60}


@pytest.mark.parametrize(("day", "minutes"), [("2026-03-29", 120), ("2026-10-25", 240)])
async def test_an_hour_that_the_clock_skips_or_repeats(day: str, minutes: int) -> None:
    """From one to four: an hour less in spring, an hour more in autumn."""
    night = catalog(replace(MIA, weekly=NIGHT))
    assert await count_open_minutes(night, days(day, day)) == {1: minutes}
    around = date.fromisoformat(day)
    week = days(str(around - timedelta(days=3)), str(around + timedelta(days=3)))
    assert await count_open_minutes(night, week) == {1: 6 * 180 + minutes}


async def test_another_zone_is_open_when_its_own_clock_says() -> None:
    """Tokyo is seven hours ahead of Berlin in summer: nine to five there is two to ten here."""
    ken = replace(MIA, id=2, time_zone="Asia/Tokyo", weekly=dict.fromkeys(range(1, 8), OFFICE[1]))
    found = await count_open_minutes(catalog(ken), days("2026-06-01", "2026-06-01"))
    assert found == {2: 480}
    morning = Interval(
        datetime(2026, 6, 1, 1, tzinfo=UTC),
        datetime(2026, 6, 1, 3, tzinfo=UTC),
    )
    assert await count_open_minutes(catalog(ken), morning) == {2: 120}
