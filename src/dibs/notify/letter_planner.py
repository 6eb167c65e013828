"""Finds which letters the events of bookings need, and writes them down as deliveries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, get_args

from dibs.errors import NotFound
from dibs.ledger import bookings, deliveries, outbox
from dibs.ledger.deliveries import Draft
from dibs.ledger.records import decline_of
from dibs.letters.letter import LetterKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog, StaffLetter
    from dibs.ledger.database import Transaction
    from dibs.ledger.ledger import Ledger
    from dibs.ledger.outbox import Event
    from dibs.ledger.records import Decline

#: How many events are looked at in one transaction at most.
MAX_EVENTS = 50
#: The letter that an event needs, and the catalog's name for the letter to staff and business. With
#: None, staff and business get no letter.
LETTERS: dict[str, tuple[LetterKind, StaffLetter | None]] = {
    "booking.requested": ("requested", "new"),
    "booking.confirmed": ("confirmed", "new"),
    "booking.approved": ("confirmed", "new"),
    "booking.rescheduled": ("moved", "moved"),
    "booking.cancelled": ("cancelled", "cancelled"),
    "booking.withdrawn": ("cancelled", "cancelled"),
    "booking.declined": ("declined", "declined"),
}
#: With these letters, a customer has a new time of which they are to be reminded.
WITH_REMINDERS = ("confirmed", "moved")
#: After these events, the reminders that were planned before are no longer true.
WITHOUT_REMINDERS = ("booking.rescheduled", "booking.cancelled", "booking.withdrawn")
#: All letters about bookings.
KINDS = get_args(LetterKind)


class LetterPlanner:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def plan(self) -> None:
        """Write down the letters of all events. Raises Unavailable."""
        database = self._ledger.database
        while await database.read(outbox.has_events, database.clock.now()):
            try:
                catalog = await self._ledger.catalog()
            except NotFound:
                return
            if await database.write(_plan_some, catalog) < MAX_EVENTS:
                return


def _plan_some(tx: Transaction, catalog: Catalog) -> int:
    events = outbox.claim_events(tx, MAX_EVENTS)
    known = {each.id: each for each in bookings.find_by_ids(tx.connection, _booking_ids(events))}
    for event in events:
        booking = known.get(event.booking_id or 0)
        if booking is not None and event.topic in LETTERS:
            if event.topic in WITHOUT_REMINDERS:
                deliveries.drop_reminders(tx, booking.id, "the booking was moved or cancelled")
            drafts = list(_drafts(catalog, event, booking, tx.now))
            if event.topic == "booking.declined":
                decline = decline_of(tx.connection, booking.id)
                drafts = [each for each in drafts if _is_news(each, booking, decline)]
            deliveries.insert_deliveries(tx, event.id, booking.id, drafts)
    outbox.finish_events(tx, events)
    return len(events)


def _is_news(draft: Draft, booking: Booking, decline: Decline | None) -> bool:
    """Tell whether the recipient doesn't know yet that a request is declined. The user who declined
    it gets no letter about it."""
    if decline is None or draft.recipient == "customer":
        return True
    is_own = draft.recipient == "staff" and decline.resource_id == booking.resource_id
    return not is_own and draft.address.lower() != decline.email


def _booking_ids(events: list[Event]) -> set[int]:
    return {event.booking_id for event in events if event.booking_id is not None}


def _drafts(catalog: Catalog, event: Event, booking: Booking, now: datetime) -> Iterator[Draft]:
    """Yield the letters about an event. They name the start that the booking had after the event;
    it may have changed again by now."""
    letter, name = LETTERS[event.topic]
    start = start_of(event, booking)
    # A customer who came in or called may have given no address.
    if booking.customer is not None and booking.customer.email:
        yield Draft(letter, "customer", booking.customer.email, now, start)
        # A moved request has no reminders, because it is still to be approved.
        if letter in WITH_REMINDERS and "answer_until" not in event.payload:
            yield from _reminders(catalog, booking, start, now)
    business = catalog.business
    if business.email and name in business.letters:
        yield Draft(letter, "business", business.email, now, start)
    resource = catalog.resources.get(_resource_id(event, "to_resource", booking))
    if resource is not None and resource.email and name in resource.letters:
        yield Draft(letter, "staff", resource.email, now, start)
    former = catalog.resources.get(_resource_id(event, "from_resource", booking))
    has_left = former is not None and former is not resource
    if former is not None and has_left and former.email and "cancelled" in former.letters:
        left = datetime.fromisoformat(event.payload["from"])
        yield Draft("cancelled", "staff", former.email, now, left)


def start_of(event: Event, booking: Booking) -> datetime:
    """Return the start of the booking after the event."""
    moved_to = event.payload.get("to")
    return datetime.fromisoformat(moved_to) if moved_to else booking.starts_at


def _resource_id(event: Event, name: str, booking: Booking) -> int:
    return int(event.payload.get(name, booking.resource_id))


def _reminders(
    catalog: Catalog, booking: Booking, start: datetime, now: datetime
) -> Iterator[Draft]:
    """Yield the reminders that are still to come. If the time of a reminder is over already, the
    letter about the booking itself is enough."""
    service = catalog.known_service(booking.service_id)
    own = service.reminders if service is not None else None
    customer = booking.customer
    for lead in catalog.business.reminders if own is None else own:
        due_at = start - timedelta(minutes=lead)
        if customer is not None and due_at > now:
            yield Draft("reminder", "customer", customer.email, due_at, start, lead)
