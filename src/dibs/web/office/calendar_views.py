"""The calendar of the office as JSON: whole, and one column by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.web.office.booking_answers import (
    BookingOut,
    CalendarOut,
    CalendarServiceOut,
    ColumnOut,
    DayBusyTimeOut,
    DayClosureOut,
    EntryOut,
)
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from dibs.desk.office.calendar import Column, DayBusyTime, DayClosure
    from dibs.holds.store import Hold
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog, Service


def show_calendar(
    catalog: Catalog,
    columns: Sequence[Column],
    first: date,
    days: int,
    now: datetime,
    *,
    names_customers: bool,
) -> CalendarOut:
    return {
        "from": first.isoformat(),
        "days": days,
        "time_zone": catalog.business.time_zone,
        "now": rfc3339(now),
        "slot_interval": catalog.business.slot_interval,
        "resources": [
            {"id": each.id, "name": each.name, "kind": each.kind}
            for each in catalog.resources.values()
        ],
        "services": [
            *(show_service(each) for each in catalog.services.values()),
            *map(_show_retired, catalog.retired_services.values()),
        ],
        "columns": [show_column(each, names_customers=names_customers) for each in columns],
    }


def show_service(service: Service) -> CalendarServiceOut:
    return {
        "id": service.id,
        "name": service.name,
        "duration": service.duration,
        "capacity": service.capacity,
        "resource_ids": list(service.resource_ids),
        "retired": False,
    }


def _show_retired(service: Service) -> CalendarServiceOut:
    return {"id": service.id, "name": service.name, "retired": True}


def show_column(column: Column, *, names_customers: bool) -> ColumnOut:
    """Return a column for JSON. Its entries are sorted by their start. The column of an unknown
    board has no entries, closures and busy times."""
    board = column.board
    entries = [
        *(show_entry(each, names_customers=names_customers) for each in column.entries),
        *(show_hold(each) for each in column.holds),
    ]
    return {
        "resource_id": column.key.resource_id,
        "name": board.ledger.catalog.resource_name(column.key.resource_id),
        "day": column.key.day.isoformat(),
        "time_zone": board.zone.key,
        "starts_at": rfc3339(column.span.start),
        "ends_at": rfc3339(column.span.end),
        "version": column.version,
        "degraded": list(board.degraded),
        "open": [(rfc3339(span.start), rfc3339(span.end)) for span in board.open],
        "closures": [show_closure(each) for each in column.closures],
        "busy_times": [
            _show_busy_time(each, with_title=names_customers) for each in column.busy_times
        ],
        "entries": sorted(entries, key=lambda each: (each["starts_at"], each["id"])),
    }


def show_closure(closure: DayClosure) -> DayClosureOut:
    return {
        "id": closure.id,
        "starts_at": rfc3339(closure.starts_at),
        "ends_at": rfc3339(closure.ends_at),
        "reason": closure.reason,
        "is_of_business": closure.is_of_business,
    }


def _show_busy_time(busy: DayBusyTime, *, with_title: bool) -> DayBusyTimeOut:
    return {
        "id": busy.id,
        "starts_at": rfc3339(busy.starts_at),
        "ends_at": rfc3339(busy.ends_at),
        "title": busy.title if with_title else "",
        "calendar": busy.calendar if with_title else "",
    }


def show_entry(booking: Booking, *, names_customers: bool) -> EntryOut:
    return {**show_booking(booking, names_customers=names_customers)}


def show_booking(booking: Booking, *, names_customers: bool = True) -> BookingOut:
    """Return a booking or a checkout for JSON. `busy_from` and `busy_until` include the buffers."""
    guarded, customer = booking.guarded, booking.customer
    return {
        "kind": "checkout" if booking.status == "pending" else "booking",
        "id": booking.reference,
        "reference": booking.reference,
        "resource_id": booking.resource_id,
        "service_id": booking.service_id,
        "starts_at": rfc3339(booking.starts_at),
        "ends_at": rfc3339(booking.ends_at),
        "busy_from": rfc3339(guarded.start if guarded else booking.starts_at),
        "busy_until": rfc3339(guarded.end if guarded else booking.ends_at),
        "status": booking.status,
        "deadline": rfc3339(booking.deadline) if booking.deadline else None,
        "answer_until": rfc3339(booking.answer_until) if booking.answer_until else None,
        "customer": {"name": customer.name, "email": customer.email, "phone": customer.phone or ""}
        if customer and names_customers
        else None,
        "notes": booking.notes if names_customers else "",
    }


def show_hold(hold: Hold) -> EntryOut:
    """Return a hold for JSON. It says nothing about the visitor, who has not typed a name yet."""
    return {
        "kind": "hold",
        "id": hold.claim,
        "reference": None,
        "resource_id": hold.boards[0].resource_id,
        "service_id": hold.slot.service_id,
        "starts_at": rfc3339(hold.slot.starts_at),
        "ends_at": rfc3339(hold.slot.ends_at),
        "busy_from": rfc3339(hold.slot.guarded.start),
        "busy_until": rfc3339(hold.slot.guarded.end),
        "status": "held",
        "deadline": None,
        "answer_until": None,
        "customer": None,
        "notes": "",
    }
