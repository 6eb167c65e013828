"""The shapes of answers about bookings, the calendar and customers.

FastAPI checks each answer against its shape and describes it in the OpenAPI document, from which
the office's own types are generated (`scripts/api-types`). Instants are RFC 3339 texts in UTC.
"""

from __future__ import annotations

from typing import Literal, NotRequired

# Before Python 3.12 pydantic can't read the TypedDict of `typing`.
from typing_extensions import TypedDict

from dibs.desk.office.customer_import import Verdict
from dibs.ledger.booking_rows import Source
from dibs.ledger.bookings import Status
from dibs.ledger.catalog import Kind
from dibs.ledger.deliveries import Recipient, State
from dibs.live.board import Degraded


class GuestOut(TypedDict):
    name: str
    email: str
    phone: str


class ClaimOut(TypedDict):
    """What bookings and holds have in common. `busy_from` and `busy_until` include the buffers."""

    kind: Literal["booking", "checkout", "hold"]
    id: str
    resource_id: int
    service_id: int | None
    starts_at: str
    ends_at: str
    busy_from: str
    busy_until: str
    status: Status | Literal["held"]
    deadline: str | None
    answer_until: str | None
    customer: GuestOut | None
    notes: str


class EntryOut(ClaimOut):
    """A booking, a checkout or a hold. A hold has no reference."""

    reference: str | None


class BookingOut(ClaimOut):
    """A booking or a checkout."""

    reference: str


class DayClosureOut(TypedDict):
    id: int
    starts_at: str
    ends_at: str
    reason: str
    is_of_business: bool


class DayBusyTimeOut(TypedDict):
    """An imported busy time. `calendar` is the name of its calendar subscription."""

    id: int
    starts_at: str
    ends_at: str
    title: str
    calendar: str


class ColumnOut(TypedDict):
    """One resource's local day, from `starts_at` to `ends_at`. `open` are its open times, as pairs
    of instants."""

    resource_id: int
    name: str
    day: str
    time_zone: str
    starts_at: str
    ends_at: str
    version: str
    degraded: list[Degraded]
    open: list[tuple[str, str]]
    closures: list[DayClosureOut]
    busy_times: list[DayBusyTimeOut]
    entries: list[EntryOut]


class CalendarServiceOut(TypedDict):
    """A service, as the calendar names it. A retired service has no `duration`, `capacity` and
    `resource_ids`."""

    id: int
    name: str
    duration: NotRequired[int]
    capacity: NotRequired[int]
    resource_ids: NotRequired[list[int]]
    retired: bool


class CalendarResourceOut(TypedDict):
    id: int
    name: str
    kind: Kind


#: This is no class, because `from` can't be the name of an attribute.
CalendarOut = TypedDict(
    "CalendarOut",
    {
        "from": str,
        "days": int,
        "time_zone": str,
        "now": str,
        "slot_interval": int,
        "resources": list[CalendarResourceOut],
        "services": list[CalendarServiceOut],
        "columns": list[ColumnOut],
    },
)


class ClosureOut(TypedDict):
    """A closure, in the local time of its resource or of the business."""

    id: int
    resource_id: int | None
    starts: str
    ends: str
    reason: str


class AnswerOut(TypedDict):
    """The answer to a question, with the label that the customer read."""

    id: str
    label: str
    answer: str | bool | int | float


class ListedBookingOut(BookingOut):
    """A booking in a list. All bookings of one customer have the same `customer_id`."""

    service_name: str
    resource_name: str
    price: str | None
    currency: str
    source: Source
    customer_id: str | None
    created_at: str
    changed_at: str
    language: str | None
    visitor_time_zone: str | None
    answers: list[AnswerOut]
    accepted_terms: str | None


class NamedOut(TypedDict):
    id: int
    name: str


class NamesOut(TypedDict):
    """The services and resources by which bookings can be filtered."""

    services: list[NamedOut]
    resources: list[NamedOut]


class BookingPageOut(NamesOut):
    time_zone: str
    bookings: list[ListedBookingOut]
    next: str | None
    to_approve: int


class HistoryEventOut(TypedDict):
    at: str
    actor: str
    by: str | None
    address: str | None
    action: str
    details: dict[str, str]


class SentLetterOut(TypedDict):
    id: int
    letter: str
    recipient: Recipient
    address: str
    state: State
    reason: str | None
    attempts: int
    created_at: str
    due_at: str | None
    finished_at: str | None


class RivalOut(TypedDict):
    """A rival of a booking: another booking or checkout of the same time."""

    reference: str
    status: Status
    name: str | None
    created_at: str
    ended_at: str | None


class HistoryOut(TypedDict):
    events: list[HistoryEventOut]
    letters: list[SentLetterOut]
    rivals: list[RivalOut]


class BookingFileOut(HistoryOut):
    time_zone: str
    booking: ListedBookingOut


class SentAgainOut(TypedDict):
    reference: str


class OutcomeOut(TypedDict):
    """What became of one of many bookings. If it was refused, `code` and `detail` say why."""

    reference: str
    is_done: bool
    code: str | None
    detail: str | None


class OutcomesOut(TypedDict):
    outcomes: list[OutcomeOut]


class CustomerOut(TypedDict):
    """A customer. `is_contact` says that they were brought in from a list, and have not booked
    yet."""

    id: str
    name: str
    email: str
    phone: str
    booked: int
    cancelled: int
    no_shows: int
    last_visit: str | None
    next_visit: str | None
    is_contact: bool


class CustomerPageOut(TypedDict):
    time_zone: str
    customers: list[CustomerOut]
    next: str | None


class CustomerNoteOut(TypedDict):
    id: int
    text: str
    created_at: str
    by: str | None


class CustomerFileOut(TypedDict):
    """A customer with the notes about them. `names` are the names under which they have booked."""

    time_zone: str
    customer: CustomerOut
    names: list[str]
    notes: list[CustomerNoteOut]


class ErasedOut(TypedDict):
    """How many bookings no longer say who had them, and the references of those that were
    cancelled."""

    bookings: int
    cancelled: list[str]


class MergedOut(TypedDict):
    bookings: int


class ImportLineOut(TypedDict):
    number: int
    name: str
    email: str
    phone: str
    verdict: Verdict


class ImportReportOut(TypedDict):
    is_done: bool
    encoding: str
    separator: str
    lines: list[ImportLineOut]
