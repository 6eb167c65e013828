"""What a letter is about, and what is written of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dibs.letter_words import LetterWords
from dibs.palette import DEFAULT_ACCENT

#: To staff and business the same kinds tell of a booking that is to be approved, new, moved,
#: cancelled or declined.
LetterKind = Literal["requested", "confirmed", "moved", "cancelled", "declined", "reminder"]
Recipient = Literal["customer", "staff", "business"]
#: How an appointment stands, as calendars say it: it is tentative until the business approves it.
EntryStatus = Literal["tentative", "confirmed", "cancelled"]
#: Where a service takes place: at an address, by telephone, by video, or where the customer is.
PlaceKind = Literal["address", "phone", "video", "customer"]


@dataclass(frozen=True)
class Business:
    """`accent` is its colour, `logo_url` where its logo can be seen."""

    name: str
    email: str | None
    time_zone: str
    accent: str = DEFAULT_ACCENT
    logo_url: str | None = None


@dataclass(frozen=True)
class Appointment:
    """What a letter or a calendar entry says of a booking.

    `sequence` grows with each change of the calendar entry;
    `changed_at` is when it was changed last. `resource` is the name of the person or the room.
    Without a `place`, its `place_kind` says where it is.
    """

    reference: str
    service: str
    resource: str
    place: str | None
    starts_at: datetime
    ends_at: datetime
    customer_name: str
    customer_email: str
    customer_phone: str | None
    status: EntryStatus
    sequence: int
    changed_at: datetime
    place_kind: PlaceKind = "address"


@dataclass(frozen=True)
class Letter:
    """`language` is the reader's, as a BCP 47 tag. `time_zone` is the reader's, where it is known.
    `former_start` is where a booking was that has been moved. Only customers get `manage_url`.
    `move_until` and `cancel_until` are until when they can do that, if that is before the booking
    begins; `is_movable`, `is_cancellable`: whether they still can.
    `answer_until` is until when the business answers a request, `reason` why it has declined it;
    `is_lapse`: it was declined because nobody had answered. `words` are those of its owner; None:
    the standard ones. `answers` are those to questions, each after its label."""

    kind: LetterKind
    recipient: Recipient
    business: Business
    appointment: Appointment
    former_start: datetime | None
    language: str
    time_zone: str | None
    manage_url: str | None
    calendar_url: str | None
    move_until: datetime | None = None
    cancel_until: datetime | None = None
    is_movable: bool = True
    is_cancellable: bool = True
    answer_until: datetime | None = None
    reason: str = ""
    words: LetterWords | None = None
    is_lapse: bool = False
    answers: tuple[tuple[str, str | bool | int | float], ...] = ()

    @property
    def is_of_request(self) -> bool:
        """Whether what it tells of is still to be approved."""
        return self.answer_until is not None


@dataclass(frozen=True)
class WrittenLetter:
    """`calendar` is a calendar file, `calendar_method` what mail programs do with it."""

    subject: str
    text: str
    html: str
    calendar: bytes | None
    calendar_method: str
