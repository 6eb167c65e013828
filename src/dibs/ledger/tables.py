"""The tables of the ledger, as queries name them; `migrations/` makes them.

On SQLite instants are whole microseconds since 1970 UTC, which can be compared, and all tables are
STRICT, so that a text never passes for a number. On PostgreSQL instants are timestamptz.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    func,
    literal_column,
    text,
)

from dibs.ledger import (  # noqa: F401 - theirs, too
    calendar_tables,
    catalog_tables,
    customer_tables,
    user_tables,
    visit_counts,
)
from dibs.ledger.column_types import Day, Instant
from dibs.ledger.schema import choice, index_of_some, table
from dibs.ledger.schema import metadata as metadata

#: Part of the error when the database refuses two live allocations at one time: of the message of
#: SQLite's triggers, and of the names of PostgreSQL's EXCLUDE constraints.
NO_OVERLAP = "allocations_no_overlap"

# pending    a checkout; lives until `deadline`  → requested, confirmed, cancelled, expired
# requested  to be approved until `answer_until` → confirmed, declined, cancelled
# confirmed  booked           → completed, no_show, cancelled, requested (its customer moved it)
# completed, no_show, cancelled, declined, expired   the end
# `token` names a checkout to its visitor, `claim` is its public random id on boards. `language` and
# `time_zone` are those of the page on which it was booked. `customer_key` says whose it is (see
# `customer_keys.py`), `search` is the folded text for searches, `sort_name` the folded name, and
# `source` where it was made. `answers` are those to the questions of the service, as JSON:
# [{"id": "allergies", "label": "Do you have allergies?", "answer": "nuts"}].
bookings = table(
    "bookings",
    Column("id", Integer, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    choice(
        "status",
        "'pending', 'confirmed', 'completed', 'no_show', 'cancelled', 'expired', 'requested',"
        " 'declined'",
    ),
    Column("token", Text, nullable=False, unique=True),
    Column("claim", Text, nullable=False),
    Column("visitor", Text),
    Column("deadline", Instant),
    Column("service_id", ForeignKey("services.id"), nullable=False),
    Column("resource_id", ForeignKey("resources.id"), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("price", Text),
    Column("customer_name", Text),
    Column("customer_email", Text),
    Column("customer_phone", Text),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("customer_phone_e164", Text),
    Column("language", Text),
    Column("time_zone", Text),
    Column("notes", Text, nullable=False, server_default=text("''")),
    Column("customer_key", Text),
    Column("search", Text, nullable=False, server_default=text("''")),
    choice("source", "'page', 'office', 'api', 'import'", server_default=text("'page'")),
    Column("sort_name", Text, nullable=False, server_default=text("''")),
    Column("answer_until", Instant),
    Column("answers", Text, nullable=False, server_default=text("'[]'")),
    Column("accepted_terms", Text),
    Column("terms_accepted_at", Instant),
    CheckConstraint("(status = 'requested') = (answer_until IS NOT NULL)", "only_requests_wait"),
    CheckConstraint("(status = 'pending') = (deadline IS NOT NULL)", "pending_has_deadline"),
    Index("bookings_by_start", "starts_at"),
    Index("bookings_by_status", "status", "ends_at"),
    Index("bookings_by_customer", "customer_key", "starts_at", "status", "resource_id"),
    Index("bookings_by_name", "sort_name", "customer_key"),
    Index("bookings_by_creation", "created_at"),
)
# Only requests wait for an answer, and only checkouts have a deadline. An imported booking has no
# visitor.
index_of_some("bookings_by_answer", bookings.c.answer_until.is_not(None), bookings.c.answer_until)
index_of_some("bookings_by_deadline", bookings.c.deadline.is_not(None), bookings.c.deadline)
index_of_some("bookings_by_visitor", bookings.c.visitor.is_not(None), bookings.c.visitor)
#: Until when a checkout or a request lives.
time_limit = func.coalesce(bookings.c.deadline, bookings.c.answer_until, type_=Instant)
# A visitor has at most one checkout of a service. Transactions of different boards don't see each
# other, so only the database can refuse the second of two checkouts that are made at once.
index_of_some(
    "bookings_one_checkout",
    bookings.c.deadline.is_not(None),
    bookings.c.visitor,
    bookings.c.service_id,
    unique=True,
)
# E-mail addresses are compared in lower case. A row without a customer is or was a checkout, or its
# customer was erased, and then it has no visitor either.
Index("bookings_by_email", func.lower(bookings.c.customer_email))
index_of_some(
    "bookings_without_customer", bookings.c.customer_email.is_(None), bookings.c.changed_at
)

# Allocations, from `starts_at` until before `ends_at`, buffers included. An allocation exists only
# while its booking is live (see `bookings.LIVE`). Those of one resource that overlap are seats of
# one class: the database refuses another service, another start (`slot_starts_at`, without the
# buffers) or the same lane. `capacity` is how many seats the class had when this one was sold. None
# is longer than four days (see `overlaps.py`). An allocation of an imported busy time has no
# booking, and shares its time with nothing.
allocations = table(
    "allocations",
    Column("id", Integer, primary_key=True),
    Column("resource_id", ForeignKey("resources.id"), nullable=False),
    Column("lane", Integer, CheckConstraint("lane >= 0"), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("booking_id", ForeignKey("bookings.id")),
    Column("service_id", ForeignKey("services.id")),
    Column("slot_starts_at", Instant, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("busy_time_id", ForeignKey("imported_busy_times.id")),
    CheckConstraint("(booking_id IS NULL) <> (busy_time_id IS NULL)", "allocation_has_one_cause"),
    CheckConstraint("(booking_id IS NULL) = (service_id IS NULL)", "only_bookings_have_a_service"),
    CheckConstraint("ends_at > starts_at", "allocation_has_length"),
    CheckConstraint("ends_at - starts_at <= 345600000000", "allocation_is_short"),
    CheckConstraint("lane < capacity", "lane_is_a_seat"),
    Index("allocations_by_end", "resource_id", "ends_at"),
    Index("allocations_by_booking", "booking_id"),
)
index_of_some(
    "allocations_by_busy_time", allocations.c.busy_time_id.is_not(None), allocations.c.busy_time_id
)

# How often a board's allocations have changed. A board's ledger version is this plus the
# versions of its resource and of the business: none of them ever falls.
boards = table(
    "boards",
    Column("resource_id", ForeignKey("resources.id"), primary_key=True),
    Column("day", Day, primary_key=True),
    Column("version", Integer, nullable=False),
)

# The answer given to a request, so that sending it again changes nothing.
# `scope` is the visitor or manage token of the request; `request` is a hash of what was asked.
idempotency = table(
    "idempotency",
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("idempotency_by_age", "created_at"),
)

# Who did what to which booking, and when. A row is changed only to erase a customer, and deleted
# when it is old (see `retention.py`). What was done in the office has the user or the API key, and
# the client's address. Rows about users and keys have no booking.
audit = table(
    "audit",
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("booking_id", ForeignKey("bookings.id")),
    Column("details", Text, nullable=False),
    Column("user_id", ForeignKey("users.id")),
    Column("key_id", ForeignKey("api_keys.id")),
    Column("address", Text),
    Index("audit_by_booking", "booking_id"),
)
#: Moves are shown with a booking, so their rows stay for as long as the booking.
is_no_move = audit.c.action != literal_column("'booking.rescheduled'")
index_of_some("audit_by_age", is_no_move, audit.c.at)

# Events that somebody is to be told of, written in the transaction that caused them. `due_at` is
# set until the letters of the event are written as deliveries, or else null.
outbox = table(
    "outbox",
    Column("id", Integer, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("booking_id", ForeignKey("bookings.id")),
    Column("payload", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant),
    Index("outbox_by_booking", "booking_id"),
)
# Indexes of events that are due, of finished ones by age, and of those without a booking (codes).
index_of_some("outbox_by_due", outbox.c.due_at.is_not(None), outbox.c.due_at)
index_of_some("outbox_finished", outbox.c.due_at.is_(None), outbox.c.created_at)
index_of_some("outbox_by_topic", outbox.c.booking_id.is_(None), outbox.c.topic, outbox.c.created_at)

# A letter to one recipient. It is written and sent when it is due.
# waiting     to be sent at `due_at`, or tried again → sent, refused, given_up, dropped
# sent        the mail server has it
# refused     the mail server refuses it for good    → waiting (sent again by hand)
# given_up    it was tried for too long              → waiting (sent again by hand)
# dropped     not sent, because what it says is no longer true, or is over
# `letter` is its kind; `lead` is how many minutes before the start a reminder is sent, else 0.
# `starts_at` is the start that it gives. `due_at` is later by a lease while a process sends it.
deliveries = table(
    "deliveries",
    Column("id", Integer, primary_key=True),
    Column("event_id", ForeignKey("outbox.id"), nullable=False),
    Column("booking_id", ForeignKey("bookings.id")),
    Column("letter", Text, nullable=False),
    choice("recipient", "'customer', 'staff', 'business'"),
    Column("lead", Integer, nullable=False, server_default=text("0")),
    Column("address", Text, nullable=False),
    Column("starts_at", Instant),
    choice("state", "'waiting', 'sent', 'refused', 'given_up', 'dropped'"),
    Column("reason", Text),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("finished_at", Instant),
    CheckConstraint("(state = 'waiting') = (due_at IS NOT NULL)", "only_waiting_is_due"),
    Index("deliveries_by_event", "event_id", "letter", "recipient", "lead", unique=True),
    Index("deliveries_by_booking", "booking_id"),
)
index_of_some("deliveries_by_due", deliveries.c.due_at.is_not(None), deliveries.c.due_at)
index_of_some("deliveries_finished", deliveries.c.due_at.is_(None), deliveries.c.created_at)

# Addresses at which calendar programs read the bookings of a resource, or of the whole business
# (resource null). `token` is a hash of the secret in the address; a revoked one is no longer good.
feeds = table(
    "feeds",
    Column("id", Integer, primary_key=True),
    Column("resource_id", ForeignKey("resources.id")),
    Column("token", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index("feeds_by_token", "token", unique=True),
    Index("feeds_by_resource", "resource_id"),
)

# The sign-in code of an e-mail address in a browser; `code` is a keyed hash, `email` in lower case.
sign_in_codes = table(
    "sign_in_codes",
    Column("email", Text, primary_key=True),
    Column("browser", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("sign_in_codes_by_expiry", "expires_at"),
)

# How many codes were asked for, or passwords tried, until `ends_at`. `asked_by` is a keyed hash,
# for example of a mailbox and of where its codes were asked for.
code_counts = table(
    "code_counts",
    Column("asked_by", Text, primary_key=True),
    Column("codes", Integer, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Index("code_counts_by_end", "ends_at"),
)

# Sessions of customers; `token` is a hash of the secret that the browser keeps. `used_at` may be
# some minutes too early; null means not used since it was opened.
sessions = table(
    "sessions",
    Column("token", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("sessions_by_expiry", "expires_at"),
    Index("sessions_by_email", "email"),
)
last_use = func.coalesce(sessions.c.used_at, sessions.c.created_at, type_=Instant)
Index("sessions_by_use", last_use)

# The rows of another system that were imported. `imported_id` is the id of the service, resource or
# booking; closures have none. `meaning` is what an appointment's row said when it was imported or
# last settled, so that a change is seen; null means not known.
imported = table(
    "imported",
    Column("source", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("source_id", Text, primary_key=True),
    Column("imported_id", Integer),
    Column("at", Instant, nullable=False),
    Column("meaning", Text),
)

# Import conflicts: whole rows of another system (`row` is JSON), for the owner to settle.
# `in_the_way` is the booking that has the time, or that was made from the row before the row
# changed; null means that the row itself is at fault.
import_conflicts = table(
    "import_conflicts",
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("in_the_way", ForeignKey("bookings.id")),
    Column("at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("meaning", Text),
    Index("import_conflicts_by_source", "source", "kind", "source_id", unique=True),
    Index("import_conflicts_by_booking", "in_the_way"),
)

# One row at most, which is written again and again to see whether anything can be written. Its
# content means nothing, and is not exported.
trial_write = table(
    "trial_write",
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    Column("filler", LargeBinary, nullable=False),
)
