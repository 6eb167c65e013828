"""The boards and times of the runs: two boards with three times on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dibs.availability.boards import BoardKey
from dibs.availability.hours import WallInterval
from dibs.availability.intervals import Interval
from dibs.availability.slots import ServiceSlot
from dibs.ledger.catalog import Business, Catalog, Resource, Service

DAY = date(2026, 11, 25)
BEGINNING = datetime(2026, 11, 25, 6, tzinfo=UTC)
FIRST, SECOND = BoardKey(1, DAY), BoardKey(2, DAY)
BOARDS = (FIRST, SECOND)
SERVICE = 1
WEEK = {weekday: (WallInterval(9 * 60, 17 * 60),) for weekday in range(1, 8)}
CATALOG = Catalog(
    Business("Dibs Studio", "UTC", "EUR", 30),
    {SERVICE: Service(SERVICE, "Consultation", 30, (1, 2))},
    {each: Resource(each, f"Person {each}", weekly=WEEK) for each in (1, 2)},
    business_version=1,
    resource_versions={1: 1, 2: 1},
)


@dataclass(frozen=True, eq=False)
class Place:
    """A time on a board that visitors want."""

    name: str
    key: BoardKey
    slot: ServiceSlot


def _place(name: str, key: BoardKey, hour: int) -> Place:
    start = datetime(DAY.year, DAY.month, DAY.day, hour, tzinfo=UTC)
    end = start + timedelta(minutes=30)
    return Place(name, key, ServiceSlot(start, end, Interval(start, end), SERVICE, key.resource_id))


PLACES = (_place("1/10:00", FIRST, 10), _place("1/11:00", FIRST, 11), _place("2/10:00", SECOND, 10))
ON = {key: tuple(place for place in PLACES if place.key == key) for key in BOARDS}
