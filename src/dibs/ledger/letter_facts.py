"""What a letter about a booking says, as the ledger knows it at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.ledger import bookings, records

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.deliveries import Delivery
    from dibs.ledger.ledger import Ledger


@dataclass(frozen=True)
class LetterFacts:
    """`moves`: how often the booking had been moved when the event of the letter happened.
    `reason`: why a request was declined, as the business says it."""

    booking: Booking
    catalog: Catalog
    moves: int
    reason: str = ""


def read_facts(connection: Connection, ledger: Ledger, delivery: Delivery) -> LetterFacts | None:
    """None: there is no such booking. Raises NotFound while no business is set up."""
    if delivery.booking_id is None:
        return None
    catalog = ledger.catalog_in(connection)
    for booking in bookings.by_ids(connection, [delivery.booking_id]):
        moves = records.count_moves(connection, booking.id, delivery.event_at)
        declined = delivery.letter == "declined"
        reason = records.reason_of_decline(connection, booking.id) if declined else ""
        return LetterFacts(booking, catalog, moves, reason)
    return None
