"""Requests of visitors, as the business answers them: it approves or declines each.

If several users answer at once, the first answer counts, and the others are told what became of the
request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dibs.desk.booking_steps import WriteResult, change_booking
from dibs.desk.office.changes import lock_booking, refuse_changed
from dibs.desk.replay import CHANGED, refuse_replay, save_response
from dibs.errors import BookingChanged, BookingClosed, NotFound
from dibs.ledger import bookings

if TYPE_CHECKING:
    from dibs.desk.context import DeskContext
    from dibs.desk.office.changes import SeenTime
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.idempotency import Request
    from dibs.ledger.journal import Author

#: What becomes of a request.
Answer = Literal["confirmed", "declined"]


class Approvals:
    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def answer(
        self,
        author: Author,
        reference: str,
        answer: Answer,
        reason: str = "",
        request: Request | None = None,
        own: int | None = None,
        seen: SeenTime | None = None,
    ) -> Booking:
        """Approve or decline a request. Giving the same answer again changes nothing. The customer
        gets to read the `reason`. `own` is the only resource whose bookings the caller may change;
        None means all resources.

        Raises NotFound, BookingClosed (it is over, or can no longer be approved), BookingChanged
        (it is approved already, or isn't where the caller has `seen` it), IdempotencyMismatch,
        Unavailable.
        """

        def write(tx: Transaction, catalog: Catalog) -> WriteResult:
            refuse_replay(tx, request)
            present = lock_booking(self._context.ledger, tx, catalog, reference, own)
            if present.status == answer:
                return WriteResult(present, is_new=False)
            _refuse_answered(present)
            refuse_changed(present, seen)
            if answer == "declined":
                details = {"reason": reason} if reason else {}
                answered = bookings.end(tx, present, "declined", author, details)
            elif present.is_unanswered(tx.now):
                raise BookingClosed
            else:
                answered = bookings.approve(tx, present, author)
            save_response(tx, request, CHANGED, answered)
            return WriteResult(answered)

        return (await change_booking(self._context, write)).booking


def _refuse_answered(booking: Booking) -> None:
    if booking.status in ("pending", "expired"):
        raise NotFound(f"There is no booking {booking.reference}.")
    if booking.status == "confirmed":
        raise BookingChanged
    if booking.status != "requested":
        raise BookingClosed
