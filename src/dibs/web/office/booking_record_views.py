"""Shows listed bookings and the history of one booking, as JSON and as cells of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dibs.web.office.booking_answers import (
    HistoryEventOut,
    HistoryOut,
    ListedBookingOut,
    NamesOut,
    OutcomeOut,
    RivalOut,
    SentLetterOut,
)
from dibs.web.office.calendar_views import show_booking
from dibs.web.schemas import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from dibs.desk.office.booking_records import Outcome
    from dibs.ledger.answers import Answer
    from dibs.ledger.audit_log import AuditEntry
    from dibs.ledger.booking_history import History, Rival, SentLetter
    from dibs.ledger.booking_list import ListedBooking
    from dibs.ledger.catalog import Catalog

#: The columns of a file of bookings.
COLUMNS = (
    "reference",
    "status",
    "day",
    "starts",
    "ends",
    "time_zone",
    "service",
    "resource",
    "name",
    "email",
    "phone",
    "price",
    "currency",
    "notes",
    "source",
    "made_at",
    "answers",
    "terms_accepted_at",
)


def show_listed(listed: ListedBooking, catalog: Catalog) -> ListedBookingOut:
    booking = listed.booking
    return {
        **show_booking(booking),
        "service_name": catalog.service_name(booking.service_id),
        "resource_name": catalog.resource_name(booking.resource_id),
        "price": str(booking.price) if booking.price is not None else None,
        "currency": catalog.business.currency,
        "source": listed.source,
        "customer_id": listed.customer_key,
        "created_at": rfc3339(listed.created_at),
        "changed_at": rfc3339(listed.changed_at),
        "language": booking.customer.language if booking.customer else None,
        "visitor_time_zone": booking.customer.time_zone if booking.customer else None,
        "answers": [
            {"id": each.id, "label": each.label, "answer": each.answer}
            for each in booking.answers.given
        ],
        "accepted_terms": booking.answers.accepted_terms,
    }


def show_names(catalog: Catalog, own: int | None) -> NamesOut:
    """Return the services and resources by which bookings can be filtered. Retired services are
    included. With `own`, this resource is the only one."""
    services = (*catalog.services.values(), *catalog.retired_services.values())
    return {
        "services": [{"id": each.id, "name": each.name} for each in services],
        "resources": [
            {"id": each.id, "name": each.name}
            for each in catalog.resources.values()
            if own in (None, each.id)
        ],
    }


def cells_of(listed: ListedBooking, catalog: Catalog) -> tuple[object, ...]:
    """Return a booking as a line of a file, with its times in the time zone of its resource."""
    booking, customer = listed.booking, listed.booking.customer
    zone = catalog.zone_of(booking.resource_id)
    starts, ends, made = (
        each.astimezone(zone) for each in (booking.starts_at, booking.ends_at, listed.created_at)
    )
    accepted = booking.answers.accepted_at
    return (
        booking.reference,
        booking.status,
        starts.date().isoformat(),
        starts.strftime("%H:%M"),
        ends.strftime("%H:%M"),
        zone.key,
        catalog.service_name(booking.service_id),
        catalog.resource_name(booking.resource_id),
        customer.name if customer else "",
        customer.email if customer else "",
        (customer.phone if customer else "") or "",
        booking.price,
        catalog.business.currency if booking.price is not None else "",
        booking.notes,
        listed.source,
        made.isoformat(timespec="seconds"),
        "\n".join(map(_describe_answer, booking.answers.given)),
        accepted.astimezone(zone).isoformat(timespec="seconds") if accepted else "",
    )


def _describe_answer(answer: Answer) -> str:
    said = answer.answer
    if isinstance(said, bool):
        said = "yes" if said else "no"
    return f"{answer.label} {said}"


def show_history(history: History, *, with_addresses: bool) -> HistoryOut:
    return {
        "events": [_event(each, with_addresses=with_addresses) for each in history.events],
        "letters": [_letter(each) for each in history.letters],
        "rivals": [_rival(each) for each in history.rivals],
    }


def show_outcome(outcome: Outcome) -> OutcomeOut:
    refusal = outcome.refusal
    return {
        "reference": outcome.reference,
        "is_done": refusal is None,
        "code": refusal.code if refusal else None,
        "detail": refusal.detail if refusal else None,
    }


def _event(entry: AuditEntry, *, with_addresses: bool) -> HistoryEventOut:
    return {
        "at": rfc3339(entry.at),
        "actor": entry.actor,
        "by": entry.by,
        "address": entry.address if with_addresses else None,
        "action": entry.action,
        "details": entry.details,
    }


def _letter(letter: SentLetter) -> SentLetterOut:
    return {
        "id": letter.id,
        "letter": letter.letter,
        "recipient": letter.recipient,
        "address": letter.address,
        "state": letter.state,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "created_at": rfc3339(letter.created_at),
        "due_at": _rfc3339_or_none(letter.due_at),
        "finished_at": _rfc3339_or_none(letter.finished_at),
    }


def _rival(rival: Rival) -> RivalOut:
    return {
        "reference": rival.reference,
        "status": rival.status,
        "name": rival.name,
        "created_at": rfc3339(rival.created_at),
        "ended_at": _rfc3339_or_none(rival.ended_at),
    }


def _rfc3339_or_none(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant else None
