"""Requests: bookings that a visitor has asked for, and that the business approves or declines.

A request keeps its time from others exactly as a booking does. If nobody answers until
`answer_until`, it is declined (see `expiry`). If it is moved, the business has the full time for
its answer again. If a customer moves a booking, it becomes a request again as well: otherwise a
customer with one approved time could move to any other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from dibs.errors import BookingClosed, NotApproved

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.availability.slots import ServiceSlot
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog, Service


def as_request(draft: Booking, service: Service, now: datetime) -> Booking:
    """Return the booking that is made of a draft: a request if its service has to be approved."""
    until = _answer_until(service, draft.starts_at, now)
    return draft if until is None else replace(draft, status="requested", answer_until=until)


def answer_until(catalog: Catalog, checkout: Booking, now: datetime) -> datetime | None:
    """Return until when the business has to answer the request that a checkout becomes, or None if
    the checkout becomes a booking at once."""
    service = catalog.known_service(checkout.service_id)
    return _answer_until(service, checkout.starts_at, now) if service is not None else None


def answer_moved_until(
    catalog: Catalog, booking: Booking, slot: ServiceSlot, now: datetime, *, is_customer: bool
) -> datetime | None:
    """Return until when the business has to answer what is moved to this slot, or None if it needs
    no answer. `is_customer`: the customer moves it, and not the business.

    Raises BookingClosed (nobody has answered the request in time), NotApproved (the new start of a
    request is past).
    """
    service = catalog.services.get(booking.service_id)
    until = _answer_until(service, slot.starts_at, now) if service is not None else None
    if booking.answer_until is None:
        is_elsewhere = (slot.resource_id, slot.starts_at) != (
            booking.resource_id,
            booking.starts_at,
        )
        return until if is_customer and is_elsewhere else None
    if booking.is_unanswered(now):
        raise BookingClosed
    if slot.starts_at <= now:
        raise NotApproved
    # Even if the service needs no approval any more, an earlier request still does.
    return until or min(booking.answer_until, slot.starts_at)


def _answer_until(service: Service, starts_at: datetime, now: datetime) -> datetime | None:
    if service.approve_within is None:
        return None
    return min(now + timedelta(minutes=service.approve_within), starts_at)
