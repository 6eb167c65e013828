"""The reasons why a time is not on offer, for the answer to the client.

`desk.offers` decides whether a time is on offer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dibs.availability.hours import open_time, open_walls
from dibs.availability.intervals import Interval, covers
from dibs.availability.slots import slot_at
from dibs.availability.wall import day_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from dibs.ledger.catalog import Catalog, Service

Reason = Literal["past", "too_far", "not_worked", "closure", "outside_hours", "other"]


def explain_closed_day(
    catalog: Catalog, resource_id: int, day: date, now: datetime
) -> Reason | None:
    """Return why no time of a resource's local day can be booked, or None if some time might be."""
    hours = catalog.hours[resource_id]
    ahead = (day - day_of(now, hours.zone)).days
    if ahead < 0:
        return "past"
    horizon = booking_window_days(catalog, resource_id)
    if horizon is not None and ahead > horizon:
        return "too_far"
    if not hours.overrides.get(day, hours.weekly.get(day.isoweekday(), ())):
        return "not_worked"
    if not open_walls(hours, day):
        return "closure"
    return None


def explain_closed_start(
    catalog: Catalog, service: Service, resource_id: int, starts_at: datetime, now: datetime
) -> Reason:
    """Return why a service can't start at a time that is not on offer."""
    hours = catalog.hours[resource_id]
    day = day_of(starts_at, hours.zone)
    ahead = (day - day_of(now, hours.zone)).days
    if starts_at < now:
        return "past"
    if service.booking_window_days is not None and ahead > service.booking_window_days:
        return "too_far"
    reason = explain_closed_day(catalog, resource_id, day, now)
    if reason is not None:
        return reason
    slot = slot_at(starts_at, catalog.rules[service.id])
    if not covers(open_time(hours, day), Interval(slot.starts_at, slot.ends_at)):
        return "outside_hours"
    return "other"


def explain_closed_slot(
    catalog: Catalog, resource_id: int, day: date, starts_at: datetime | None, now: datetime
) -> Reason:
    """Return why no service can start at a time of a resource's local day. `starts_at` is None if
    the clock skips the time on that day."""
    if starts_at is not None and starts_at < now:
        return "past"
    reason = explain_closed_day(catalog, resource_id, day, now)
    if reason is not None:
        return reason
    slot = slot_at(starts_at, catalog.grid_rules) if starts_at is not None else None
    opened = open_time(catalog.hours[resource_id], day)
    if slot is None or not covers(opened, Interval(slot.starts_at, slot.ends_at)):
        return "outside_hours"
    return "other"


def booking_window_days(catalog: Catalog, resource_id: int) -> int | None:
    """Return how many days ahead any service of the resource can be booked, or None if there is no
    limit."""
    horizons = [
        service.booking_window_days
        for service in catalog.services.values()
        if resource_id in service.resource_ids
    ]
    known = [horizon for horizon in horizons if horizon is not None]
    return max(known) if known and len(known) == len(horizons) else None
