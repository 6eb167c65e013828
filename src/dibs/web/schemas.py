"""The schemas of requests and answers of the native API."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from dibs import email_address, phone_number
from dibs.desk.answering import FilledForm
from dibs.desk.holding import id_of
from dibs.desk.offers import SlotRequest
from dibs.errors import FieldError, Invalid
from dibs.ledger.bookings import Booking, Customer
from dibs.phone_number import read_phone
from dibs.web import field_types
from dibs.web.field_types import (
    Email,
    FormAnswers,
    Id,
    Instant,
    LanguageTag,
    Model,
    Phone,
    Seconds,
    Seq,
    ShortText,
    Zone,
    fault,
)

if TYPE_CHECKING:
    from dibs.holds.store import Hold, HoldTimes


class CustomerIn(Model):
    name: ShortText
    email: Email
    phone: Phone | None = None

    def customer(self, country: str | None) -> Customer:
        """Return the customer. A phone number without a + is one of `country`. Raises Invalid."""
        if not self.phone:
            return Customer(self.name, self.email)
        phone = read_phone(self.phone, country)
        if phone is None:
            raise Invalid(
                FieldError("customer.phone", "invalid_phone"),
                detail="This is no phone number. Write it as you would dial it, from abroad with"
                " + and the number of your country.",
            )
        return Customer(self.name, self.email, phone.typed, phone.e164)


#: The fields of a customer, for the booking form.
CUSTOMER_FIELDS = {
    "name": {"required": True, "max_length": field_types.MAX_NAME_LENGTH},
    "email": {"required": True, "max_length": email_address.MAX_LENGTH},
    "phone": {"required": False, "max_length": phone_number.MAX_LENGTH},
}


class OwnBooking(Model):
    """A booking, with its manage token as the proof that the caller may manage it."""

    reference: ShortText
    manage_token: ShortText


class HoldIn(Model):
    """A request for a hold. With `booking`, the hold is for moving this booking."""

    service_id: Id
    starts_at: Instant
    resource_id: Id | None = None
    seq: Seq | None = None
    booking: OwnBooking | None = None


class HoldChange(Model):
    """A change of a hold: either prolong it (`ttl`, in seconds) or move it (`starts_at`)."""

    ttl: Seconds | None = None
    starts_at: Instant | None = None
    resource_id: Id | None = None
    seq: Seq | None = None

    @model_validator(mode="after")
    def _check_one_of_both(self) -> HoldChange:
        if (self.ttl is None) == (self.starts_at is None):
            raise fault("ttl_or_starts_at")
        return self


class SlotRequestIn(Model):
    service_id: Id | None = None
    starts_at: Instant | None = None
    resource_id: Id | None = None

    def slot_request(self) -> SlotRequest:
        """Return the slot request. Raises Invalid if the service or the start is missing."""
        if self.service_id is None:
            raise Invalid(FieldError("service_id", "required"))
        if self.starts_at is None:
            raise Invalid(FieldError("starts_at", "required"))
        return SlotRequest(self.service_id, self.starts_at, self.resource_id)


class CheckoutIn(SlotRequestIn):
    """A request for a checkout: of a hold (`hold_id`) or of a time."""

    hold_id: ShortText | None = None


class BookingIn(SlotRequestIn):
    """A request to book: a checkout (`checkout_id`) or a time.

    `answers` are the answers to the questions of the service, by the ids of the questions: true or
    false for a checkbox, a number for a number, a text for all others. `accepted_terms` says that
    the customer accepts the terms, and `terms_version` which version of them they have read.
    Letters about the booking are written in the `language` of the page (a tag of BCP 47), and name
    its `time_zone` (an IANA name).
    """

    customer: CustomerIn
    answers: FormAnswers = Field(default_factory=dict)
    accepted_terms: bool = False
    terms_version: ShortText | None = None
    checkout_id: ShortText | None = None
    language: LanguageTag | None = None
    time_zone: Zone | None = None

    def build_customer(self, country: str | None) -> Customer:
        """Return the customer who books. A phone number without a + is one of `country`. Raises
        Invalid."""
        customer = self.customer.customer(country)
        return replace(customer, language=self.language, time_zone=self.time_zone)

    def filled_form(self) -> FilledForm:
        return FilledForm(self.answers, self.accepted_terms, self.terms_version)


#: Fields of a BookingIn that only say how its letters are written. A repeated request may have
#: other values in them, and is still the same request.
FIELDS_OF_THE_READER = ("language", "time_zone")


class CodeRequestIn(Model):
    """A request for a sign-in code. The letter with the code is written in the `language` of the
    page (a tag of BCP 47)."""

    email: Email
    language: LanguageTag | None = None


class SignInIn(Model):
    """A sign-in by the code that was sent. Spaces in the code don't count."""

    email: Email
    code: ShortText


class BookingChange(Model):
    starts_at: Instant
    resource_id: Id | None = None


def show_hold(hold: Hold) -> dict[str, Any]:
    return {
        "id": str(id_of(hold)),
        "claim": hold.claim,
        "resource_id": hold.boards[0].resource_id,
        "service_id": hold.slot.service_id,
        "starts_at": rfc3339(hold.slot.starts_at),
        "ends_at": rfc3339(hold.slot.ends_at),
        "expires_at": rfc3339(hold.expires_at),
    } | (_times(hold.expires_at, hold.times) if hold.times else {})


def _times(expires_at: datetime, times: HoldTimes) -> dict[str, Any]:
    return {
        "expires_in": seconds_until(expires_at, times.now),
        "ends_at_latest": rfc3339(times.ends_at_latest),
        "keep_until": rfc3339(times.keep_until),
    }


def show_checkout(checkout: Booking, now: datetime) -> dict[str, Any]:
    deadline = checkout.deadline
    return {
        "id": checkout.token,
        "claim": checkout.claim,
        "resource_id": checkout.resource_id,
        "service_id": checkout.service_id,
        "starts_at": rfc3339(checkout.starts_at),
        "ends_at": rfc3339(checkout.ends_at),
        "expires_at": rfc3339(deadline) if deadline else None,
        "expires_in": seconds_until(deadline, now) if deadline else None,
        "ends_at_latest": rfc3339(deadline) if deadline else None,
    }


def seconds_until(instant: datetime, now: datetime) -> float:
    """Return the seconds until an instant, to the millisecond. They are never below 0."""
    return max(0.0, round((instant - now).total_seconds(), 3))


def rfc3339(instant: datetime) -> str:
    """Return an instant as a text in UTC with a Z. Whole seconds have no fraction, others have
    milliseconds."""
    timespec = "milliseconds" if instant.microsecond else "seconds"
    return instant.astimezone(UTC).isoformat(timespec=timespec).removesuffix("+00:00") + "Z"
