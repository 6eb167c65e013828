"""Bookings in the form of the plugin's database rows, and the numbers of bookings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dibs.appointease.api.parsing import Refused, known_id
from dibs.appointease.api.php_forms import NO_ROUTE

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from dibs.ledger.catalog import Catalog
    from dibs.ledger.records import Record

NAME = re.compile(r"[a-zA-Z0-9-]+", re.ASCII)
#: "7", or "APT-2026-000007" with any year.
NUMBER = re.compile(r"(?:APT-\d+-)?(\d{1,10})", re.ASCII)
#: The plugin's statuses for a booking that waits to be approved, and for one that was declined.
STATUSES = {"requested": "pending", "declined": "cancelled"}
DATABASE_TIME = "%Y-%m-%d %H:%M:%S"


def show(record: Record, catalog: Catalog) -> dict[str, str | None]:
    """Return a booking in the form of the plugin's database row."""
    booking = record.booking
    customer = booking.customer
    zone = catalog.zone_of(booking.resource_id)

    def local(instant: datetime | None) -> str | None:
        return instant.astimezone(zone).strftime(DATABASE_TIME) if instant else None

    return {
        "id": str(booking.id),
        "name": customer.name if customer else "",
        "email": customer.email if customer else "",
        "phone": (customer.phone if customer else None) or "",
        "appointment_date": local(booking.starts_at),
        "status": STATUSES.get(booking.status, booking.status),
        "service_id": str(booking.service_id),
        "employee_id": str(booking.resource_id),
        "service_name": catalog.service_name(booking.service_id),
        "staff_name": catalog.resource_name(booking.resource_id),
        "customer_id": None,
        "notes": None,
        "payment_status": "pending",
        "total_amount": None,
        "strong_id": strong_id(record, catalog),
        "idempotency_key": "",
        "created_at": local(record.created_at),
        "rescheduled_at": local(record.moved_at),
        "original_date": local(record.first_start),
    }


def strong_id(record: Record, catalog: Catalog) -> str:
    year = record.created_at.astimezone(ZoneInfo(catalog.business.time_zone)).year
    return f"APT-{year}-{record.booking.id:06}"


def number_of(name: str) -> int:
    """Return the number in an appointment's name, or 0 if there is none. No appointment has the
    number 0."""
    match = NUMBER.fullmatch(name)
    return known_id(match[1]) if match else 0


def number_asked(request: Request) -> int:
    """Return the number in a request's path. Raises Refused if the path can't name an
    appointment."""
    name = request.path_params["id"]
    if NAME.fullmatch(name) is None:
        raise Refused(*NO_ROUTE)
    return number_of(name)
