"""The catalog and the clock for AppointEase clients. Values are strings, as in the plugin's
database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dibs.appointease.api.credentials import FORBIDDEN
from dibs.appointease.api.parsing import Refused
from dibs.appointease.api.php_forms import PhpResponse
from dibs.appointease.api.routing import APPOINTEASE, BOOKING, Endpoint
from dibs.appointease.business_hours import business_hours, clock_text

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from dibs.appointease.business_hours import BusinessHours
    from dibs.appointease.desk import AppointEaseDesk
    from dibs.ledger.catalog import Catalog, Resource, Service

WEEKDAYS = {1: "mon", 2: "tue", 3: "wed", 4: "thu", 5: "fri", 6: "sat", 7: "sun"}
#: Values for keys that clients need: these answers have no categories, and Dibs doesn't know when a
#: row was made.
ONLY_CATEGORY = "1"
LONG_AGO = "1970-01-01 00:00:00"
WITHOUT_LIMIT = 3650
#: A lunch break of no length: breaks are different for each resource.
NO_LUNCH = {"lunch_start": "12:00", "lunch_end": "12:00"}


class ReferenceData:
    """Answers what can be booked, when the business is open, and what time it is."""

    def __init__(self, desk: AppointEaseDesk) -> None:
        self._desk = desk

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(BOOKING, "services", "GET", self.services),
            Endpoint(BOOKING, "staff", "GET", self.staff),
            Endpoint(APPOINTEASE, "settings", "GET", self.settings),
            Endpoint(APPOINTEASE, "time-slots", "GET", self.time_slots),
            Endpoint(APPOINTEASE, "business-hours", "GET", self.business_hours),
            Endpoint(APPOINTEASE, "server-date", "GET", self.server_date),
            Endpoint(APPOINTEASE, "redis/stats", "GET", self.redis_stats),
        ]

    async def services(self, _: Request) -> Response:
        catalog = await self._desk.month.catalog()
        found = sorted(catalog.services.values(), key=lambda service: service.name)
        return PhpResponse([_service(each) for each in found])

    async def staff(self, _: Request) -> Response:
        """Answer with all resources. These clients show each resource as an employee."""
        catalog = await self._desk.month.catalog()
        found = sorted(catalog.resources.values(), key=lambda resource: resource.name)
        return PhpResponse([_employee(each) for each in found])

    async def settings(self, _: Request) -> Response:
        catalog = await self._desk.month.catalog()
        hours = self._hours(catalog)
        return PhpResponse(
            {
                "business_hours": {"start": hours.opens, "end": hours.closes},
                "working_days": _working_days(hours.weekdays),
                "time_slots": hours.times,
                "slot_duration": catalog.business.slot_interval,
            }
        )

    async def time_slots(self, _: Request) -> Response:
        catalog = await self._desk.month.catalog()
        return PhpResponse(
            {
                "time_slots": self._hours(catalog).times,
                "slot_duration": catalog.business.slot_interval,
            }
        )

    async def business_hours(self, _: Request) -> Response:
        hours = self._hours(await self._desk.month.catalog())
        return PhpResponse(
            {
                "working_days": _working_days(hours.weekdays),
                "start_time": hours.opens,
                "end_time": hours.closes,
                **NO_LUNCH,
            }
        )

    async def server_date(self, _: Request) -> Response:
        catalog = await self._desk.month.catalog()
        now = self._desk.context.clock.now()
        local = now.astimezone(ZoneInfo(catalog.business.time_zone))
        offset = local.strftime("%z")
        return PhpResponse(
            {
                "server_date": local.strftime("%Y-%m-%d"),
                "server_time": local.strftime("%Y-%m-%d %H:%M:%S"),
                "server_timestamp": int(now.timestamp()),
                "timezone": catalog.business.time_zone,
                "utc_offset": f"{offset[:3]}:{offset[3:5]}",
            }
        )

    async def redis_stats(self, _: Request) -> Response:
        raise Refused(*FORBIDDEN)

    def _hours(self, catalog: Catalog) -> BusinessHours:
        return business_hours(catalog, self._desk.context.clock.now())


def _service(service: Service) -> dict[str, str]:
    horizon = WITHOUT_LIMIT if service.booking_window_days is None else service.booking_window_days
    return {
        "id": str(service.id),
        "name": service.name,
        "description": service.description,
        "duration": str(service.duration),
        "price": f"{service.price or 0:.2f}",
        "category_id": ONLY_CATEGORY,
        "capacity": str(service.capacity),
        "advance_booking_days": str(horizon),
        "created_at": LONG_AGO,
    }


def _employee(resource: Resource) -> dict[str, str]:
    hours: dict[str, Any] = {
        WEEKDAYS[weekday]: [
            clock_text(min(each.opens for each in intervals)),
            clock_text(max(each.closes for each in intervals)),
        ]
        for weekday, intervals in sorted(resource.weekly.items())
        if intervals
    }
    return {
        "id": str(resource.id),
        "name": resource.name,
        "email": "",
        "phone": "",
        "working_hours": json.dumps(hours, separators=(",", ":")),
        "created_at": LONG_AGO,
    }


def _working_days(weekdays: tuple[int, ...]) -> list[str]:
    """Return the weekdays as the plugin numbers them: "0" is Sunday."""
    return sorted(str(weekday % 7) for weekday in weekdays)
