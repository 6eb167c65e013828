"""A business in Berlin. The tests write its bookings into the ledger, past ones included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from dibs.app import Dibs
from dibs.availability.hours import WallInterval
from dibs.desk.office.reports import DayRange, Report
from dibs.ledger.catalog import Business, Catalog, Resource, Service, TimeOff
from dibs.ledger.database import Transaction
from dibs.ledger.tables import bookings

BERLIN = ZoneInfo("Europe/Berlin")
CUT, YOGA, RETIRED = 1, 2, 3
MIA, ROOM, LEFT = 1, 2, 3
ALL_DAY = dict.fromkeys(range(1, 8), (WallInterval(0, 24 * 60),))
WEEKDAYS = dict.fromkeys(range(1, 6), (WallInterval(9 * 60, 17 * 60),))


def catalog(
    *,
    with_retired: bool = False,
    closures: tuple[TimeOff, ...] = (),
    time_zone: str = "Europe/Berlin",
) -> Catalog:
    services = [
        Service(CUT, "Haircut", 60, (MIA,)),
        Service(YOGA, "Yoga", 60, (ROOM,), capacity=10),
    ]
    resources = [
        Resource(MIA, "Mia", weekly=ALL_DAY, closures=closures),
        Resource(ROOM, "Room", "room", weekly=WEEKDAYS),
    ]
    if with_retired:
        services.append(Service(RETIRED, "Perm", 60, (LEFT,)))
        resources.append(Resource(LEFT, "Leo", weekly=WEEKDAYS))
    return Catalog(
        Business("North", time_zone, "EUR", 30),
        {each.id: each for each in services},
        {each.id: each for each in resources},
    )


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


@dataclass
class Books:
    dibs: Dibs
    _numbers: Any = field(default_factory=lambda: count(1))

    async def add(
        self,
        start: str | datetime,
        status: str = "confirmed",
        *,
        minutes: int = 60,
        lead: timedelta = timedelta(days=1),
        **values: Any,
    ) -> int:
        """Insert a booking of Ann's. Returns its id."""
        starts = berlin(start) if isinstance(start, str) else start
        row = {
            "status": status,
            "service_id": CUT,
            "resource_id": MIA,
            "starts_at": starts,
            "ends_at": starts + timedelta(minutes=minutes),
            "customer_email": "ann@example.com",
            "created_at": starts - lead,
            "changed_at": starts - lead,
            "notes": "",
        }
        return await self.dibs.database.write(self._insert, row | values)

    def _insert(self, tx: Transaction, row: Mapping[str, Any]) -> int:
        name = f"B{next(self._numbers)}"
        named = {"reference": name, "token": name, "claim": name, **row}
        made = tx.connection.execute(insert(bookings).values(named).returning(bookings.c.id))
        number: int = made.scalar_one()
        return number

    async def report(self, name: str, first: str, last: str) -> Report:
        days = DayRange(date.fromisoformat(first), date.fromisoformat(last))
        return await self.dibs.desk.office.reports.make(name, days)

    async def rows(self, name: str, first: str, last: str) -> list[dict[str, Any]]:
        return list((await self.report(name, first, last)).table.rows)
