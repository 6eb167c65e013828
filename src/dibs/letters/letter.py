"""The data of letters before they are written, and the written letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dibs.letter_words import LetterWords
from dibs.palette import DEFAULT_ACCENT

#: Letters to staff and to the business have the same kinds. To them, "requested" means a booking
#: that they have to approve, and "confirmed" a new booking.
LetterKind = Literal["requested", "confirmed", "moved", "cancelled", "declined", "reminder"]
Recipient = Literal["customer", "staff", "business"]
#: The status of an appointment, in the words of calendars. It is tentative until the business
#: approves it.
EntryStatus = Literal["tentative", "confirmed", "cancelled"]
#: Where a service takes place: at an address, by telephone, by video, or where the customer is.
PlaceKind = Literal["address", "phone", "video", "customer"]


@dataclass(frozen=True)
class Business:
    """The business as a letter shows it. `logo_url` is the address of its logo."""

    name: str
    email: str | None
    time_zone: str
    accent: str = DEFAULT_ACCENT
    logo_url: str | None = None


@dataclass(frozen=True)
class Appointment:
    """What a letter or a calendar entry says of a booking.

    `sequence` grows with each change of the calendar entry, and `changed_at` is the time of its
    last change. `resource` is the name of the person, the room or the equipment. If there is no
    `place`, `place_kind` says what kind of place it is.
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
    """The data of one letter.

    * `former_start`: the old start of a booking that was moved.
    * `language`, `time_zone`: those of the reader. `language` is a BCP 47 tag; `time_zone` is None
      if it is not known.
    * `manage_url`: only customers get it.
    * `move_until`, `cancel_until`: until when the customer can move or cancel the booking, or None
      if they can until it begins.
    * `is_movable`, `is_cancellable`: the customer can still do so.
    * `answer_until`: until when the business answers a request; None if it is no request.
    * `reason`: why the business has declined a request.
    * `words`: the owner's words, or None for the standard words.
    * `is_lapse`: the request was declined because nobody had answered it in time.
    * `answers`: each question's label, with the customer's answer.
    """

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
        """Whether the letter is about a request that the business still has to approve."""
        return self.answer_until is not None


@dataclass(frozen=True)
class WrittenLetter:
    """A letter that is ready to be sent. `calendar` is a calendar file, or None. `calendar_method`
    says what mail programs shall do with the file."""

    subject: str
    text: str
    html: str
    calendar: bytes | None
    calendar_method: str
