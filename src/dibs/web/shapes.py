"""What comes into the native API and what goes out, as the reference has it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import model_validator

from dibs.desk.holding import id_of
from dibs.desk.taking import Wish
from dibs.errors import FieldError, Invalid
from dibs.ledger.bookings import Booking, Customer
from dibs.web.fields import Email, Id, Instant, Model, Phone, Seconds, Seq, ShortText, fault

if TYPE_CHECKING:
    from dibs.holds.store import Hold


class CustomerIn(Model):
    name: ShortText
    email: Email
    phone: Phone | None = None

    def customer(self) -> Customer:
        return Customer(self.name, self.email, self.phone)


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


class WishIn(Model):
    service_id: Id | None = None
    starts_at: Instant | None = None
    resource_id: Id | None = None

    def wish(self) -> Wish:
        """Raises Invalid if it doesn't say what is wished for."""
        if self.service_id is None:
            raise Invalid(FieldError("service_id", "required"))
        if self.starts_at is None:
            raise Invalid(FieldError("starts_at", "required"))
        return Wish(self.service_id, self.starts_at, self.resource_id)


class CheckoutIn(WishIn):
    """Either a hold (`hold_id`) or a time."""

    hold_id: ShortText | None = None


class BookingIn(WishIn):
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
    }


def show_checkout(checkout: Booking) -> dict[str, Any]:
    return {
        "id": checkout.token,
        "claim": checkout.claim,
        "resource_id": checkout.resource_id,
        "service_id": checkout.service_id,
        "starts_at": rfc3339(checkout.starts_at),
        "ends_at": rfc3339(checkout.ends_at),
        "expires_at": rfc3339(checkout.deadline) if checkout.deadline else None,
    }


def rfc3339(instant: datetime) -> str:
    """UTC with a Z, whole seconds without a fraction, else to the millisecond."""
    timespec = "milliseconds" if instant.microsecond else "seconds"
    return instant.astimezone(UTC).isoformat(timespec=timespec).removesuffix("+00:00") + "Z"
