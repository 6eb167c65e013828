"""The plan of a service's day: its resources, its span of time, and the boards of its slots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.availability.boards import BoardKey, boards_of_slots
from dibs.availability.intervals import Interval
from dibs.availability.wall import days_of, local_day

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from dibs.ledger.catalog import Catalog, Service


@dataclass(frozen=True)
class DayPlan:
    """The plan of a service's day. It is computed from one state of the catalog.

    The day is a local day of `zone`. `span` is None if the clock skipped the whole day. `begins`
    are the boards on which slots of the day begin, and `boards` are all boards that the slots
    touch. Both are in the service's order of resources, then by day.
    """

    catalog: Catalog
    service: Service
    day: date
    zone: ZoneInfo
    span: Interval | None
    begins: tuple[BoardKey, ...]
    boards: tuple[BoardKey, ...]


def plan_day(
    catalog: Catalog, service: Service, day: date, resource_id: int | None = None
) -> DayPlan:
    """Return the plan for all resources of the service, or only for `resource_id`."""
    ids = service.resource_ids if resource_id is None else (resource_id,)
    zone = catalog.common_zone(ids)
    start, end = local_day(day, zone)
    span = Interval(start, end) if start < end else None
    begins: list[BoardKey] = []
    boards: list[BoardKey] = []
    for each in ids:
        first, touched = _boards(catalog, service, BoardKey(each, day), zone, span)
        begins += first
        boards += touched
    return DayPlan(catalog, service, day, zone, span, tuple(begins), tuple(boards))


def _boards(
    catalog: Catalog, service: Service, key: BoardKey, zone: ZoneInfo, span: Interval | None
) -> tuple[list[BoardKey], list[BoardKey]]:
    """Return the boards of a resource on which the day's slots begin, and all boards that the slots
    touch.

    A day without slots touches its own board, so that viewers learn when slots appear.
    """
    own = catalog.hours[key.resource_id].zone
    if zone == own:
        days: tuple[date, ...] = (key.day,)
        slots = catalog.slots(key.resource_id, service.id, key.day)
    else:
        days = days_of(span, own) if span is not None else ()
        slots = catalog.slots_within(key.resource_id, service.id, span) if span is not None else ()
    touched = boards_of_slots(key.resource_id, slots, own) or (key,)
    return [each for each in touched if each.day in days], list(touched)
