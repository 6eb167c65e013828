"""The API of the office, below /api/v1/admin, one module per topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.web.office import (
    account,
    appearance,
    approvals,
    audit,
    booking_records,
    bookings,
    calendar,
    calendar_subscriptions,
    catalog,
    customer_import,
    customers,
    feeds,
    keys,
    letter_words,
    letters,
    pictures,
    reports,
    server_state,
    session,
    setup,
    users,
)
from dibs.web.office.guard import Guard

if TYPE_CHECKING:
    from fastapi import APIRouter

    from dibs.desk import Desk
    from dibs.web.middleware.rate_limit import Throttle
    from dibs.web.stream import Streams


def routes(desk: Desk, streams: Streams, throttle: Throttle, public_url: str) -> list[APIRouter]:
    """Return the routers of all topics. All of them ask the same guard."""
    guard = Guard(desk, throttle, public_url)
    return [
        session.routes(desk, guard),
        setup.routes(desk, guard, public_url),
        account.routes(desk, guard),
        users.routes(desk, guard, public_url),
        keys.routes(desk, guard),
        audit.routes(desk, guard),
        catalog.routes(desk, guard),
        appearance.routes(guard, public_url),
        calendar.routes(desk, guard, streams),
        booking_records.routes(desk, guard),
        bookings.routes(desk, guard),
        approvals.routes(desk, guard),
        reports.routes(desk, guard),
        customers.routes(desk, guard),
        customer_import.routes(desk, guard),
        feeds.routes(desk, guard, public_url),
        calendar_subscriptions.routes(desk, guard),
        letters.routes(desk, guard),
        letter_words.routes(desk, guard),
        pictures.routes(desk, guard, public_url),
        server_state.routes(desk, guard, public_url),
    ]
