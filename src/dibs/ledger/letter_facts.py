"""What a letter about a booking says, as the ledger knows it at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.ledger import bookings, records
from dibs.ledger.calendar_entries import revision_until

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.deliveries import Delivery
    from dibs.ledger.ledger import Ledger
    from dibs.ledger.records import Decline


@dataclass(frozen=True)
class LetterFacts:
    """What a letter about a booking says. `revision` is that of the booking when the event of the
    letter happened (see `calendar_entries`). `decline` says how a request was declined, in a letter
    about that."""

    booking: Booking
    catalog: Catalog
    revision: int
    decline: Decline | None = None


def read_facts(connection: Connection, ledger: Ledger, delivery: Delivery) -> LetterFacts | None:
    """Return what a letter says, or None if there is no such booking. Raises NotFound while no
    business is set up."""
    if delivery.booking_id is None:
        return None
    catalog = ledger.catalog_in(connection)
    for booking in bookings.find_by_ids(connection, [delivery.booking_id]):
        revision = revision_until(connection, booking.id, delivery.event_at)
        is_declined = delivery.letter == "declined"
        decline = records.decline_of(connection, booking.id) if is_declined else None
        return LetterFacts(booking, catalog, revision, decline)
    return None
