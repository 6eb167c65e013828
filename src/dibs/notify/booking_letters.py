"""Writes the letter of a delivery from what the ledger knows of its booking."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from dibs.errors import NotFound
from dibs.ledger.bookings import GIVEN_UP
from dibs.ledger.calendar_entries import sequence_of
from dibs.ledger.letter_facts import read_facts
from dibs.letters.languages import base_of, language_of
from dibs.letters.letter import Appointment, Letter
from dibs.notify.letterhead import letterhead
from dibs.notify.mail import Content, Headers, NoLongerTrue, Undeliverable, write_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.deliveries import Delivery
    from dibs.ledger.ledger import Ledger
    from dibs.ledger.letter_facts import LetterFacts
    from dibs.letter_words import LetterWords
    from dibs.letters.letter import LetterKind
    from dibs.letters.writer import LetterWriter
    from dibs.notify.mail import Message


#: Letters that list the answers to questions.
WITH_ANSWERS = ("requested", "confirmed")


class BookingLetters:
    """Writes the letters about bookings, as messages to their recipients."""

    def __init__(
        self,
        ledger: Ledger,
        sign: Callable[[str], str],
        writer: LetterWriter,
        sender: str,
        public_url: str,
    ) -> None:
        """`sign` makes the manage token for a reference."""
        self._ledger = ledger
        self._sign = sign
        self._writer = writer
        self._sender = sender
        self._public_url = public_url

    async def write(self, delivery: Delivery) -> Message:
        """Return the message. Raises Undeliverable, NoLongerTrue, LedgerUnavailable."""
        facts = await self._look_up(delivery)
        now = self._ledger.database.clock.now()
        _refuse_if_over(delivery, facts.booking, now)
        letter = self._letter(delivery, facts, now)
        # Writing takes some milliseconds, and the event loop must answer requests meanwhile.
        written = await asyncio.to_thread(self._writer.write, letter)
        calendar = (written.calendar, written.calendar_method) if written.calendar else None
        reference = facts.booking.reference
        return write_message(
            self._sender,
            delivery.address,
            Content(written.subject, written.text, written.html, calendar),
            now,
            Headers(
                name=f"{reference}.{delivery.id}",
                thread=reference,
                sender_name=letter.business.name,
                reply_to=_reply_to(letter),
            ),
        )

    async def _look_up(self, delivery: Delivery) -> LetterFacts:
        try:
            found = await self._ledger.database.read(read_facts, self._ledger, delivery)
        except NotFound as gone:
            raise Undeliverable("no business is set up") from gone
        if found is None:
            raise Undeliverable("there is no such booking")
        return found

    def _letter(self, delivery: Delivery, facts: LetterFacts, now: datetime) -> Letter:
        booking, catalog, decline = facts.booking, facts.catalog, facts.decline
        reader = booking.customer if delivery.recipient == "customer" else None
        language = (reader.language if reader else None) or catalog.business.language
        # Texts of the business are in the language of the letter where they are translated.
        shown = catalog.translate_into(language_of(language).tag)
        start = delivery.starts_at or booking.starts_at
        move_until = start - timedelta(minutes=booking.move_notice)
        cancel_until = start - timedelta(minutes=booking.cancel_notice)
        token = self._sign(booking.reference)
        former = delivery.payload.get("from") if delivery.letter == "moved" else None
        return Letter(
            kind=cast("LetterKind", delivery.letter),
            recipient=delivery.recipient,
            business=letterhead(shown, self._public_url),
            appointment=_appointment(delivery, facts, shown),
            former_start=datetime.fromisoformat(former) if former else None,
            language=language,
            time_zone=reader.time_zone if reader else None,
            manage_url=f"{self._public_url}/manage/{booking.reference}#{token}" if reader else None,
            calendar_url=self._public_url,
            move_until=move_until if booking.move_notice else None,
            cancel_until=cancel_until if booking.cancel_notice else None,
            is_movable=now < move_until,
            is_cancellable=now < cancel_until,
            answer_until=booking.answer_until,
            reason=decline.reason if decline else "",
            is_lapse=decline.is_lapse if decline else False,
            words=_words_of(delivery, facts, language) if reader else None,
            answers=_answers_in(delivery, booking),
        )


def _answers_in(
    delivery: Delivery, booking: Booking
) -> tuple[tuple[str, str | bool | int | float], ...]:
    """Return the answers that the letter shows. Customers see their answers after they have booked.
    Staff and business also see them when the booking was moved."""
    kinds = WITH_ANSWERS if delivery.recipient == "customer" else (*WITH_ANSWERS, "moved")
    if delivery.letter not in kinds:
        return ()
    return tuple((each.label, each.answer) for each in booking.answers.given)


def _words_of(delivery: Delivery, facts: LetterFacts, language: str) -> LetterWords | None:
    """Return the owner's words, or None for the standard words. The owner's words about a moved
    appointment are wrong for a moved request, which nobody has approved yet."""
    if delivery.letter == "moved" and facts.booking.answer_until is not None:
        return None
    return facts.catalog.letter_words.get((delivery.letter, base_of(language)))


def _appointment(delivery: Delivery, facts: LetterFacts, catalog: Catalog) -> Appointment:
    """Return the appointment as it was after the event. The booking may have changed since."""
    booking = facts.booking
    service = catalog.known_service(booking.service_id)
    customer = booking.customer
    start = delivery.starts_at or booking.starts_at
    is_cancelled = delivery.letter == "cancelled"
    return Appointment(
        reference=booking.reference,
        service=catalog.service_name(booking.service_id),
        resource=catalog.resource_name(booking.resource_id),
        place=catalog.place_of(service) if service else None,
        starts_at=start,
        ends_at=start + (booking.ends_at - booking.starts_at),
        customer_name=customer.name if customer else "",
        customer_email=customer.email if customer else "",
        customer_phone=customer.phone if customer else None,
        status="cancelled" if is_cancelled else "confirmed",
        sequence=sequence_of(facts.revision, is_given_up=is_cancelled),
        changed_at=delivery.event_at,
        place_kind=service.place_kind if service else "address",
    )


def _refuse_if_over(delivery: Delivery, booking: Booking, now: datetime) -> None:
    """Raise NoLongerTrue if what the letter says is no longer true or of no use any more."""
    if booking.customer is None and delivery.recipient == "customer":
        raise NoLongerTrue("the customer's data is erased")
    start = delivery.starts_at or booking.starts_at
    if now >= start and delivery.letter != "declined":
        raise NoLongerTrue("the appointment has begun")
    if delivery.letter == "requested" and booking.status != "requested":
        raise NoLongerTrue("the request is answered")
    was_request = delivery.letter == "moved" and "answer_until" in delivery.payload
    if was_request and booking.status in GIVEN_UP:
        raise NoLongerTrue("the request is over")
    if delivery.letter == "reminder":
        if booking.status != "confirmed":
            raise NoLongerTrue(f"the booking is {booking.status}")
        if booking.starts_at != start:
            raise NoLongerTrue("the booking was moved")


def _reply_to(letter: Letter) -> str | None:
    """Return the address for replies. Customers reply to the business; the business and its staff
    reply to the customer."""
    if letter.recipient == "customer":
        return letter.business.email
    return letter.appointment.customer_email or None
