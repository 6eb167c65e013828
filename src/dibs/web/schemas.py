"""What comes into the native API and what goes out, as the reference has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import model_validator

from dibs import email_address, phone_number
from dibs.desk.holding import id_of
from dibs.desk.offers import SlotRequest
from dibs.errors import FieldError, Invalid
from dibs.ledger.bookings import Booking, Customer
from dibs.phone_number import read_phone
from dibs.web import field_types
from dibs.web.field_types import Email, Id, Instant, Model, Phone, Seconds, Seq, ShortText, fault

if TYPE_CHECKING:
    from dibs.holds.store import Hold, Told


class CustomerIn(Model):
    name: ShortText
    email: Email
    phone: Phone | None = None

    def customer(self, country: str | None) -> Customer:
        """`country` is where phone numbers without a + are from. Raises Invalid."""
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


#: What a form may ask of a customer, and how much fits in.
CUSTOMER_FIELDS = {
    "name": {"required": True, "max_length": field_types.MAX_NAME_LENGTH},
    "email": {"required": True, "max_length": email_address.MAX_LENGTH},
    "phone": {"required": False, "max_length": phone_number.MAX_LENGTH},
}


class OwnBooking(Model):
    """A booking with the proof that it is one's own."""

    reference: ShortText
    manage_token: ShortText


class HoldIn(Model):
    """With `booking`: the time to which this booking is to be moved."""

    service_id: Id
    starts_at: Instant
    resource_id: Id | None = None
    seq: Seq | None = None
    booking: OwnBooking | None = None


class HoldChange(Model):
    """Either prolong (`ttl`) or move (`starts_at`)."""

    ttl: Seconds | None = None
    starts_at: Instant | None = None
    resource_id: Id | None = None
    seq: Seq | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> HoldChange:
        if (self.ttl is None) == (self.starts_at is None):
            raise fault("ttl_or_starts_at")
        return self


class SlotRequestIn(Model):
    service_id: Id | None = None
    starts_at: Instant | None = None
    resource_id: Id | None = None

    def slot_request(self) -> SlotRequest:
        """Raises Invalid if it doesn't say what is wished for."""
        if self.service_id is None:
            raise Invalid(FieldError("service_id", "required"))
        if self.starts_at is None:
            raise Invalid(FieldError("starts_at", "required"))
        return SlotRequest(self.service_id, self.starts_at, self.resource_id)


class CheckoutIn(SlotRequestIn):
    """Either a hold (`hold_id`) or a time."""

    hold_id: ShortText | None = None


class BookingIn(SlotRequestIn):
    """Either a checkout (`checkout_id`) or a time."""

    customer: CustomerIn
    checkout_id: ShortText | None = None


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
    } | (_times(hold.expires_at, hold.told) if hold.told else {})


def _times(expires_at: datetime, told: Told) -> dict[str, Any]:
    return {
        "expires_in": seconds_until(expires_at, told.now),
        "ends_at_latest": rfc3339(told.ends_at_latest),
        "keep_until": rfc3339(told.keep_until),
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
    """Never below 0, to the millisecond."""
    return max(0.0, round((instant - now).total_seconds(), 3))


def rfc3339(instant: datetime) -> str:
    """UTC with a Z, whole seconds without a fraction, else to the millisecond."""
    timespec = "milliseconds" if instant.microsecond else "seconds"
    return instant.astimezone(UTC).isoformat(timespec=timespec).removesuffix("+00:00") + "Z"
