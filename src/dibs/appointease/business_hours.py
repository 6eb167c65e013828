"""The hours of the whole business, for clients that know no hours of single resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.appointease.unavailability import booking_window_days
from dibs.availability.wall import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from dibs.availability.hours import WallInterval
    from dibs.ledger.catalog import Catalog


@dataclass(frozen=True)
class BusinessHours:
    """Opening hours in local times "HH:MM". `weekdays` are ISO numbers. `times` are all start times
    that at least one resource offers."""

    opens: str
    closes: str
    weekdays: tuple[int, ...]
    times: tuple[str, ...]


def business_hours(catalog: Catalog, now: datetime) -> BusinessHours:
    """Return the hours of all resources together: their weekly schedules, and their overrides on
    days that can be booked."""
    hours = [
        each
        for resource_id, resource in catalog.resources.items()
        for each in (*resource.weekly.items(), *_single_days(catalog, resource_id, now))
    ]
    weekdays = {weekday for weekday, walls in hours if walls}
    walls = [wall for _, day in hours for wall in day]
    every = catalog.grid_rules.every
    times = {start for wall in walls for start in range(wall.opens, wall.closes, every)}
    return BusinessHours(
        clock_text(min((wall.opens for wall in walls), default=0)),
        clock_text(max((wall.closes for wall in walls), default=0)),
        tuple(sorted(weekdays)),
        tuple(clock_text(start) for start in sorted(times)),
    )


def _single_days(
    catalog: Catalog, resource_id: int, now: datetime
) -> Iterator[tuple[int, tuple[WallInterval, ...]]]:
    """Yield weekday and hours of each override of a resource, from today to the last day that can
    be booked."""
    today = day_of(now, catalog.zone_of(resource_id))
    horizon = booking_window_days(catalog, resource_id)
    for day, walls in catalog.resources[resource_id].overrides.items():
        ahead = (day - today).days
        if ahead >= 0 and (horizon is None or ahead <= horizon):
            yield day.isoweekday(), walls


def clock_text(minute: int) -> str:
    """Return minutes since midnight as "HH:MM"."""
    return f"{minute // 60:02}:{minute % 60:02}"
