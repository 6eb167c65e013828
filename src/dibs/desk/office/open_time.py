"""Counts how long resources are open within a time, by the hours of today's catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.availability.hours import open_time, open_walls
from dibs.availability.wall import ONE_MINUTE, days_of, plain_midnight
from dibs.time_slices import TimeSlices

if TYPE_CHECKING:
    from datetime import date

    from dibs.availability.hours import Hours
    from dibs.availability.intervals import Interval
    from dibs.ledger.catalog import Catalog


async def count_open_minutes(catalog: Catalog, time: Interval) -> dict[int, int]:
    """Return the open minutes of each resource on offer."""
    slices = TimeSlices()
    found: dict[int, int] = {}
    for resource_id, hours in catalog.hours.items():
        days = days_of(time, hours.zone)
        minutes = _minutes_within(hours, days[0], time)
        if len(days) > 1:
            minutes += _minutes_within(hours, days[-1], time)
        for day in days[1:-1]:
            minutes += _minutes_on(hours, day)
            await slices.pause_if_due()
        found[resource_id] = minutes
    return found


def _minutes_on(hours: Hours, day: date) -> int:
    """Return the open minutes of a local day. On most days the clock isn't changed, so what it
    shows can be counted, which is quick."""
    if plain_midnight(day, hours.zone) is None:
        return sum((each.end - each.start) // ONE_MINUTE for each in open_time(hours, day))
    return sum(wall.closes - wall.opens for wall in open_walls(hours, day))


def _minutes_within(hours: Hours, day: date, time: Interval) -> int:
    """Return the open minutes of a local day within the time. The first and the last day may reach
    beyond the time, if the resource has another time zone."""
    spans = (
        (max(each.start, time.start), min(each.end, time.end)) for each in open_time(hours, day)
    )
    return sum((end - start) // ONE_MINUTE for start, end in spans if start < end)
