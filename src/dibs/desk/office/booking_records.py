"""Bookings as the office looks them up: lists, one booking with its history, and many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dibs.desk.booking_steps import WriteResult, change_booking
from dibs.desk.office.errors import NoAddress
from dibs.errors import BookingClosed, DibsError, MailUnavailable, NotFound, Unavailable
from dibs.ledger import booking_history, booking_list, bookings
from dibs.ledger.booking_list import place_of
from dibs.ledger.journal import record_about

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy import Connection

    from dibs.desk.context import DeskContext
    from dibs.desk.office.appointments import Appointments, Ending
    from dibs.desk.office.approvals import Answer, Approvals
    from dibs.ledger.booking_history import History
    from dibs.ledger.booking_list import BookingFilter, ListedBooking, Place
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Transaction
    from dibs.ledger.journal import Author

#: How many bookings one page of an export has, and the whole export at most.
EXPORTED_AT_ONCE = 500
MAX_EXPORTED = 100_000
#: The statuses of which there is a letter. The letter has the name of the status.
LETTERS = ("requested", "confirmed", "cancelled", "declined")


@dataclass(frozen=True)
class Page:
    """A page of a list. `next` is the place at which the next page begins, or None if there is
    none."""

    bookings: list[ListedBooking]
    next: Place | None


@dataclass(frozen=True)
class Outcome:
    """What became of one booking of many. `refusal` is None if it went well."""

    reference: str
    refusal: DibsError | None = None


class BookingRecords:
    """In the methods, `own` is the only resource whose bookings the caller may see and change. None
    means all resources."""

    def __init__(
        self, context: DeskContext, appointments: Appointments, approvals: Approvals
    ) -> None:
        self._context = context
        self._appointments = appointments
        self._approvals = approvals

    async def list_bookings(
        self, wanted: BookingFilter, own: int | None, after: Place | None, most: int
    ) -> Page:
        """Return a page of the bookings. Raises NotFound (a resource that isn't the caller's),
        Unavailable."""
        if own is not None and not set(wanted.resource_ids) <= {own}:
            raise NotFound
        found = await self._context.ledger.database.read_one(
            booking_list.find_page, booking_list.restrict_to_resource(wanted, own), after, most + 1
        )
        shown = found[:most]
        return Page(shown, place_of(shown[-1], wanted.sort) if len(found) > most else None)

    async def count_requests(self, own: int | None) -> int:
        """Return how many bookings wait to be approved. Raises Unavailable."""
        return await self._context.ledger.database.read_one(booking_list.count_requests, own)

    async def export_bookings(
        self, wanted: BookingFilter, own: int | None
    ) -> AsyncIterator[ListedBooking]:
        """Give all bookings of a list, page by page, up to `MAX_EXPORTED`."""
        after: Place | None = None
        for _ in range(MAX_EXPORTED // EXPORTED_AT_ONCE):
            page = await self.list_bookings(wanted, own, after, EXPORTED_AT_ONCE)
            for each in page.bookings:
                yield each
            after = page.next
            if after is None:
                return

    async def read_booking(
        self, reference: str, own: int | None
    ) -> tuple[ListedBooking, History, Catalog]:
        """Return a booking, all that happened to it, and the catalog. Raises NotFound,
        Unavailable."""
        catalog = await self._context.ledger.known_catalog()
        listed, history = await self._context.ledger.database.read(_read, reference, own)
        return listed, history, catalog

    async def send_letter_again(self, author: Author, reference: str, own: int | None) -> None:
        """Send the customer the letter about the present status of a booking once more.

        Raises NotFound, BookingClosed (it took place, or should have), NoAddress, MailUnavailable,
        Unavailable.
        """

        def write(tx: Transaction, _: Catalog) -> WriteResult:
            booking = bookings.find_by_reference(tx.connection, reference)
            if booking is None or own not in (None, booking.resource_id):
                raise NotFound(f"There is no booking {reference}.")
            letter = booking.status
            if letter not in LETTERS or booking.starts_at <= tx.now:
                raise BookingClosed
            if booking.customer is None or not booking.customer.email:
                raise NoAddress
            if not self._context.settings.smtp_url:
                raise MailUnavailable
            booking_history.send_again(tx, booking, letter, booking.customer.email)
            record_about(tx, booking.id, author, booking_history.RESENT, {"letter": letter})
            return WriteResult(booking)

        await change_booking(self._context, write)

    async def end_many(
        self, author: Author, references: Sequence[str], act: Ending | Answer, own: int | None
    ) -> list[Outcome]:
        """End bookings, or answer requests, one by one. If one is refused, the others go on.

        Raises Unavailable while the database is away; what was done before that stays done.
        """
        outcomes = []
        for reference in dict.fromkeys(references):
            try:
                match act:
                    case "confirmed" | "declined":
                        await self._approvals.answer(author, reference, act, own=own)
                    case _:
                        await self._appointments.end(author, reference, act, None, own)
            except Unavailable:
                raise
            except DibsError as refusal:
                outcomes.append(Outcome(reference, refusal))
            else:
                outcomes.append(Outcome(reference))
        return outcomes


def _read(connection: Connection, reference: str, own: int | None) -> tuple[ListedBooking, History]:
    listed = booking_list.find_booking(connection, reference)
    if listed is None or own not in (None, listed.booking.resource_id):
        raise NotFound(f"There is no booking {reference}.")
    return listed, booking_history.read_history(connection, listed.booking)
