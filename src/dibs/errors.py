"""The exceptions for everything that can go wrong.

    DibsError
    ├── Invalid                 422  the request is malformed; `errors` names the fields
    ├── IdempotencyMismatch     422  the key was used for something else
    ├── SignInFailed            401  what was sent doesn't sign anybody in
    │   ├── WrongCode                not the code that was sent
    │   └── CodeExpired              too late, used, or tried too often
    ├── Forbidden               403  the user or the API key may not do this
    ├── NotFound                404  it doesn't exist, or is somebody else's: the answer is the same
    ├── Conflict                409  well formed, but something else was first
    │   ├── SlotHeld                 another visitor has selected it
    │   ├── SlotPending              another visitor is checking it out
    │   ├── SlotTaken                it is booked
    │   ├── SlotClosed               it is not on offer
    │   ├── KeptTooLong              this visitor has kept the time as long as a visitor may
    │   ├── Superseded               a newer request of the same visitor came first
    │   ├── CheckoutExpired          the checkout's time ran out
    │   ├── BookingClosed            the booking can no longer be changed
    │   │   ├── TooLateToMove            its customer can't move it so shortly before its start
    │   │   └── TooLateToCancel          its customer can't cancel it so shortly before its start
    │   ├── NotApproved              the booking is a request that is not approved
    │   ├── OverrideNeeded           a rule refuses it; the office may name the rule
    │   ├── BookingChanged           somebody else has changed the booking meanwhile
    │   ├── NotBegun                 the booking has not begun yet
    │   ├── ClassKeepsTimes          other customers are booked in this class
    │   ├── HasUpcomingBookings      they must be cancelled before the customer is erased
    │   ├── ServiceRetired           it can't be moved: its service is no longer on offer
    │   └── ResourceRetired          it can't be moved: its resource no longer does this service
    ├── TooManyRequests         429  the limit of a rate; `retry_after` says when to try again
    │   ├── TooManyClaims            from this address, or by this visitor
    │   └── TooManyStreams           from this address, or of this view; poll instead
    ├── Unavailable             503  a part of Dibs can't be reached; try again
    │   ├── ShuttingDown             this process ends
    │   ├── HoldsUnavailable         the hold store can't be reached
    │   ├── LedgerUnavailable        the database can't be reached
    │   │   └── TransactionLost          other transactions were in the way, again and again
    │   │       └── CatalogChanged           the owner was changing the catalog
    │   └── MailUnavailable          no mail server is set up
    └── CannotStart                  Dibs can't run like this (command line only)
        ├── DatabaseUnusable         locked, read-only, no database, or its folder is missing
        ├── DatabaseTooNew           made by a newer Dibs
        └── CatalogInvalid           the catalog file has errors; `errors` names the lines

`web/errors.py` and `desk/office/errors.py` have more of them.

The docstring of an exception is its message. Pass another text only if it says more.
`code` is for programs: a code never changes its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of a request. `field` says where it is (`customer.email`), and `code` what it is
    (`too_long`). `limit` is the most or the least that is allowed. `said` is a sentence about the
    fault, if its code is not enough."""

    field: str
    code: str
    limit: int | None = None
    said: str | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """A free start near the one that was lost."""

    starts_at: datetime
    ends_at: datetime
    resource_id: int


class DibsError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, detail: str = "") -> None:
        self.detail = detail or (type(self).__doc__ or "").partition("\n")[0]
        super().__init__(self.detail)


class Invalid(DibsError):
    """The request is malformed."""

    code = "invalid"

    def __init__(self, *errors: FieldError, detail: str = "") -> None:
        super().__init__(detail)
        self.errors = errors


class IdempotencyMismatch(DibsError):
    """This idempotency key was used for a different request."""

    code = "idempotency_mismatch"


class SignInFailed(DibsError):
    """This doesn't sign anybody in."""

    code = "sign_in_failed"


class WrongCode(SignInFailed):
    """This is not the code that was sent."""

    code = "wrong_code"


class CodeExpired(SignInFailed):
    """This code is no longer good; ask for a new one."""

    code = "code_expired"


class Forbidden(DibsError):
    """You may not do this."""

    code = "forbidden"


class NotFound(DibsError):
    """There is no such thing, or it isn't yours."""

    code = "not_found"


class Conflict(DibsError):
    """Something else was first."""

    code = "conflict"

    def __init__(self, detail: str = "", *, alternatives: Sequence[Alternative] = ()) -> None:
        super().__init__(detail)
        self.alternatives = tuple(alternatives)


class SlotHeld(Conflict):
    """Someone is choosing this time right now."""

    code = "slot_held"


class SlotPending(Conflict):
    """Someone is booking this time right now."""

    code = "slot_pending"


class SlotTaken(Conflict):
    """This time is booked."""

    code = "slot_taken"


class SlotClosed(Conflict):
    """This time is not on offer."""

    code = "slot_closed"


class KeptTooLong(Conflict):
    """You have kept this time as long as one visitor may; others can have it now."""

    code = "kept_too_long"

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__()
        self.retry_after = retry_after


class Superseded(Conflict):
    """A newer request of yours came first."""

    code = "superseded"


class CheckoutExpired(Conflict):
    """The time to finish this booking ran out."""

    code = "checkout_expired"


class BookingClosed(Conflict):
    """This booking can no longer be changed."""

    code = "booking_closed"


class NotApproved(Conflict):
    """The business has not approved this booking yet."""

    code = "not_approved"


class TooLateToMove(BookingClosed):
    """It is too late to move this booking; please ask the business."""

    code = "too_late_to_move"

    def __init__(self, move_until: datetime | None = None) -> None:
        super().__init__()
        self.move_until = move_until


class TooLateToCancel(BookingClosed):
    """It is too late to cancel this booking; please ask the business."""

    code = "too_late_to_cancel"

    def __init__(self, cancel_until: datetime | None = None) -> None:
        super().__init__()
        self.cancel_until = cancel_until


class OverrideNeeded(Conflict):
    """A rule of the business refuses this; name the rule to do it all the same."""

    code = "override_needed"

    def __init__(self, rules: Sequence[str] = (), references: Sequence[str] = ()) -> None:
        super().__init__()
        self.rules, self.references = tuple(rules), tuple(references)


class BookingChanged(Conflict):
    """Somebody else has changed this booking meanwhile."""

    code = "booking_changed"


class NotBegun(Conflict):
    """This booking has not begun yet."""

    code = "not_begun"


class ClassKeepsTimes(Conflict):
    """Others are booked in this class, so it keeps its times."""

    code = "class_keeps_times"


class HasUpcomingBookings(Conflict):
    """This customer has upcoming bookings; cancel them first."""

    code = "upcoming_bookings"

    def __init__(self, references: Sequence[str] = ()) -> None:
        named = f" ({', '.join(references)})" if references else ""
        super().__init__(f"This customer has upcoming bookings{named}; cancel them first.")
        self.references = tuple(references)


class ServiceRetired(Conflict):
    """This service is no longer offered, so the booking stays at its time or can be cancelled."""

    code = "service_retired"


class ResourceRetired(Conflict):
    """Who was booked no longer offers this service; move to someone else, or cancel."""

    code = "resource_retired"


class TooManyRequests(DibsError):
    """Too many requests; try again later."""

    code = "rate_limited"

    def __init__(
        self, retry_after: int = 1, detail: str = "", *, limit: tuple[str, str] | None = None
    ) -> None:
        """`retry_after` is in seconds. `limit` is the name of the setting whose limit was reached,
        and its value."""
        super().__init__(detail)
        self.retry_after = retry_after
        self.limit = limit


class TooManyClaims(TooManyRequests):
    """Too many times are held or being booked from here; finish one of them first."""

    code = "too_many_claims"


class TooManyStreams(TooManyRequests):
    """Too many streams are open; poll instead."""

    code = "too_many_streams"


class Unavailable(DibsError):
    """A part of Dibs can't be reached right now; try again in a moment."""

    code = "unavailable"


class ShuttingDown(Unavailable):
    """Dibs is being stopped; try again in a moment."""

    code = "shutting_down"


class HoldsUnavailable(Unavailable):
    """Times can't be held right now; go straight to checkout."""

    code = "holds_unavailable"


class LedgerUnavailable(Unavailable):
    """The database can't be reached right now; try again in a moment."""

    code = "ledger_unavailable"


class TransactionLost(LedgerUnavailable):
    """Others are changing the same thing right now; try again in a moment."""

    code = "busy"


class CatalogChanged(TransactionLost):
    """The owner is changing what is on offer right now; try again in a moment."""

    code = "catalog_changed"


class MailUnavailable(Unavailable):
    """No e-mail can be sent from here: no mail server is set up."""

    code = "mail_unavailable"


class CannotStart(DibsError):
    """Dibs can't run like this."""

    code = "cannot_start"


class DatabaseUnusable(CannotStart):
    """The database can't be used."""

    code = "database_unusable"


class DatabaseTooNew(CannotStart):
    """The database was made by a newer Dibs; upgrade Dibs, or use a backup from before."""

    code = "database_too_new"


class CatalogInvalid(CannotStart):
    """The catalog has errors."""

    code = "catalog_invalid"

    def __init__(self, *errors: str) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors
