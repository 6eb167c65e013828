"""Shows bookings to those who may manage them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dibs.desk.changing import explain_unmovable
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog


class BookingViews:
    def __init__(self, context: DeskContext, public_url: str) -> None:
        self._context = context
        self._public_url = public_url

    def show(self, booking: Booking) -> dict[str, Any]:
        """Return the booking for JSON, with its manage token."""
        token = self._context.tokens.token_of(booking.reference)
        now = self._context.clock.now()
        return {
            "reference": booking.reference,
            "manage_token": token,
            "manage_url": f"{self._public_url}/manage/{booking.reference}#{token}",
            "status": booking.status,
            "answer_until": rfc3339(booking.answer_until) if booking.answer_until else None,
            "claim": booking.claim,
            "service_id": booking.service_id,
            "resource_id": booking.resource_id,
            "place": self._place_of(booking),
            "starts_at": rfc3339(booking.starts_at),
            "ends_at": rfc3339(booking.ends_at),
            "move_until": rfc3339(booking.move_until),
            "can_move": booking.is_movable(now),
            "cancel_until": rfc3339(booking.cancel_until),
            "can_cancel": booking.is_cancellable(now),
            "answers": booking.answers.as_list(),
            "accepted_terms": booking.answers.accepted_terms,
        }

    def _place_of(self, booking: Booking) -> str | None:
        """Return where the booking takes place, or None while the catalog isn't known. For a video
        call this is its link, which is only told to customers who have booked."""
        catalog = self._context.ledger.catalog_in_memory
        if catalog is None:
            return None
        translated = _translate_for(booking, catalog)
        service = translated.known_service(booking.service_id)
        return translated.place_of(service) if service else None

    def show_with_names(self, catalog: Catalog, booking: Booking) -> dict[str, Any]:
        """Return the booking with its customer, and with the names of the service and the resource
        in the customer's language."""
        customer = booking.customer
        unmovable = explain_unmovable(catalog, booking)
        translated = _translate_for(booking, catalog)
        return self.show(booking) | {
            "service_name": translated.service_name(booking.service_id),
            "resource_name": translated.resource_name(booking.resource_id),
            "unmovable": unmovable.code if unmovable else None,
            "customer": customer
            and {
                "name": customer.name,
                "email": customer.email,
                "phone": customer.phone,
                "phone_e164": customer.phone_e164,
            },
        }


def _translate_for(booking: Booking, catalog: Catalog) -> Catalog:
    """Return the catalog in the language of the customer, which letters to them have, too."""
    language = booking.customer.language if booking.customer else None
    return catalog.translate_into(language) if language else catalog
