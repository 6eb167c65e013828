"""Sample letters about an invented appointment, to try templates with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, get_args

from dibs.letters.calendar_notice import CalendarNotice
from dibs.letters.letter import Appointment, Business, Letter, LetterKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dibs.letters.letter import Recipient

CODE = "482913"
URL = "https://book.example.com"
#: By language: a reason for which a business declines a request.
REASONS = {
    "ar": "سارة مريضة هذا الأسبوع. هل يناسبك الأسبوع القادم؟",
    "de": "Sarah ist diese Woche krank. Passt es Ihnen nächste Woche?",
    "en": "Sarah is ill this week. Would next week suit you?",
    "es": "Sarah está enferma esta semana. ¿Le vendría bien la próxima?",
    "fr": "Sarah est malade cette semaine. La semaine prochaine vous conviendrait-elle ?",
}


def sample_business() -> Business:
    return Business("Studio Linden", "hello@example.com", "Europe/Berlin")


def sample_appointment(*, is_cancelled: bool = False) -> Appointment:
    start = datetime(2026, 12, 2, 13, 0, tzinfo=UTC)
    return Appointment(
        reference="K7QF-3XWD",
        service="Deep tissue massage",
        resource="Sarah Weber",
        place="Lindenstraße 4, 10969 Berlin",
        starts_at=start,
        ends_at=start + timedelta(minutes=60),
        customer_name="Ann Miller",
        customer_email="ann@example.org",
        customer_phone="+49 30 901820",
        status="cancelled" if is_cancelled else "confirmed",
        sequence=0,
        changed_at=start - timedelta(days=9),
    )


def sample_letter(
    kind: LetterKind, recipient: Recipient, language: str = "en", time_zone: str | None = None
) -> Letter:
    appointment = sample_appointment(is_cancelled=kind == "cancelled")
    is_customer = recipient == "customer"
    return Letter(
        kind=kind,
        recipient=recipient,
        business=sample_business(),
        appointment=appointment,
        former_start=appointment.starts_at - timedelta(days=1) if kind == "moved" else None,
        language=language,
        time_zone=time_zone,
        manage_url=f"{URL}/manage/{appointment.reference}#token" if is_customer else None,
        calendar_url=URL if is_customer else None,
        move_until=appointment.starts_at - timedelta(days=1) if is_customer else None,
        cancel_until=appointment.starts_at - timedelta(days=1) if is_customer else None,
        answer_until=appointment.starts_at - timedelta(days=7) if kind == "requested" else None,
        reason=_reason_in(language) if kind == "declined" else "",
    )


def sample_notice(language: str) -> CalendarNotice:
    """Return a sample notice about a calendar that can't be read."""
    since = sample_appointment().starts_at - timedelta(days=1)
    url = f"{URL}/office/calendars"
    who = sample_appointment().resource
    return CalendarNotice(sample_business(), "Google", who, "refused", "404", since, url, language)


def _reason_in(language: str) -> str:
    return REASONS.get(language.partition("-")[0].lower(), REASONS["en"])


def sample_letters(language: str) -> Iterator[Letter]:
    """Yield a letter of each kind to the customer, and of each kind but the reminder to staff."""
    for kind in get_args(LetterKind):
        yield sample_letter(kind, "customer", language, "America/New_York")
        if kind != "reminder":
            yield sample_letter(kind, "staff", language)
