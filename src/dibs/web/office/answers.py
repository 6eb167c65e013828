"""The shapes of the other answers of the office: accounts, keys, catalog, letters, reports.

See `booking_answers` for how they are used.
"""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from dibs.busy_times.busy_time import UnreadReason
from dibs.desk.office.permissions import Scope
from dibs.ledger.users import Role


class SignedInOut(TypedDict):
    """Who is signed in, and what they may do."""

    id: int
    name: str
    email: str
    role: Role
    resource_id: int | None
    scopes: list[Scope]


class SessionOut(TypedDict):
    """Who is signed in; `user` is null if nobody is. Then `has_business` is null, too, because only
    users are told."""

    user: SignedInOut | None
    is_set_up: bool
    has_business: bool | None


class InvitedUserOut(TypedDict):
    name: str
    email: str


class LinkOut(TypedDict):
    """The user that a link is for; null for the owner link, which makes the first owner."""

    user: InvitedUserOut | None


class PasskeyOptionsOut(TypedDict):
    """The options for `navigator.credentials` of the browser, as JSON."""

    options: dict[str, Any]


class PasskeyOut(TypedDict):
    id: int
    name: str
    created_at: str
    used_at: str | None


class OwnSessionOut(TypedDict):
    id: int
    browser: str
    address: str
    created_at: str
    used_at: str
    expires_at: str
    is_this: bool


class AccountOut(TypedDict):
    user: SignedInOut
    has_second_factor: bool
    recovery_codes_left: int
    passkeys: list[PasskeyOut]
    sessions: list[OwnSessionOut]


class SignedInUserOut(TypedDict):
    user: SignedInOut


class SecondFactorOut(TypedDict):
    """What an authenticator app needs. `picture` is the QR code of `address`, as SVG."""

    setup: str
    secret: str
    address: str
    picture: str


class RecoveryCodesOut(TypedDict):
    recovery_codes: list[str]


class UserOut(TypedDict):
    id: int
    name: str
    email: str
    role: Role
    resource_id: int | None
    has_password: bool
    has_second_factor: bool
    created_at: str
    disabled_at: str | None


class InvitationOut(TypedDict):
    user: UserOut
    link: str
    is_mailed: bool


class KeyOut(TypedDict):
    id: int
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    used_at: str | None
    revoked_at: str | None


class NewKeyOut(TypedDict):
    key: KeyOut
    token: str


class FeedOut(TypedDict):
    """A calendar feed. If `resource_id` is null, it is of the whole business."""

    id: int
    resource_id: int | None
    resource: str | None
    created_at: str


class UnreadEntryOut(TypedDict):
    """An entry of another calendar that could not be read completely. `reason` says what isn't
    known. `starts_at` is null if the start isn't known either."""

    title: str
    reason: UnreadReason
    starts_at: str | None


class CalendarSubscriptionOut(TypedDict):
    """A calendar subscription. `address` is shortened. `read_at` is when Dibs last tried to read
    the calendar, `succeeded_at` when it last succeeded. `fault` says why the last try failed, and
    `fault_detail` has the HTTP status of the answer. `unread` are the entries that could not be
    read completely, 50 at most."""

    id: int
    resource_id: int
    resource: str
    name: str
    address: str
    created_at: str
    read_at: str | None
    succeeded_at: str | None
    fault: str | None
    fault_detail: str
    unread: list[UnreadEntryOut]


class SubscriptionConflictOut(TypedDict):
    """A booking that is in the way of an imported busy time. Both stay."""

    subscription_id: int
    resource_id: int
    resource: str
    title: str
    busy_from: str
    busy_until: str
    reference: str
    starts_at: str
    ends_at: str


class CalendarSubscriptionsOut(TypedDict):
    subscriptions: list[CalendarSubscriptionOut]
    conflicts: list[SubscriptionConflictOut]


class NewFeedOut(TypedDict):
    feed: FeedOut
    address: str


class SetupOut(TypedDict):
    address: str
    languages: list[str]


class WarningsOut(TypedDict):
    warnings: list[str]


class AddressOut(TypedDict):
    address: str


class FactOut(TypedDict):
    """A fact about the server, with the setting that changes it."""

    name: str
    value: str
    setting: str | None


class AuditEntryOut(TypedDict):
    id: int
    at: str
    actor: str
    by: str | None
    address: str | None
    action: str
    reference: str | None
    details: dict[str, Any]


class AuditPageOut(TypedDict):
    entries: list[AuditEntryOut]
    next: int | None


class AuditNameOut(TypedDict):
    """The name of a user or an API key. `who` is `user:` or `key:` with its number."""

    who: str
    name: str


#: A cell of a report. It is null if the value is not known.
Cell = str | int | float | None
#: These are no classes, because `from` can't be the name of an attribute.
ReportBeforeOut = TypedDict("ReportBeforeOut", {"from": str, "to": str, "totals": dict[str, Cell]})
ReportOut = TypedDict(
    "ReportOut",
    {
        "name": str,
        "from": str,
        "to": str,
        "time_zone": str,
        "currency": str,
        "columns": list[str],
        "rows": list[dict[str, Cell]],
        "totals": dict[str, Cell],
        "before": ReportBeforeOut,
    },
)


class ConcernOut(TypedDict):
    """A booking that a change of the catalog concerns. `reasons` say why, in words."""

    reference: str
    starts_at: str
    time_zone: str
    service: str
    resource: str
    customer: str | None
    reasons: list[str]


class CatalogChangeOut(TypedDict):
    """What a change of the catalog does. `kept` are closures made in the office that the file
    doesn't have, and that stay."""

    is_applied: bool
    changes: list[str]
    warnings: list[str]
    concerned: list[ConcernOut]
    kept: list[str]


class NewTableOut(CatalogChangeOut):
    id: int
