"""The tables of busy times that are read from other calendars."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, text

from dibs.ledger.column_types import Instant
from dibs.ledger.schema import table

# Calendar subscriptions. `address` is a secret. A calendar is read at `due_at`, which is later by a
# lease while a process reads it. `read_at` is when a reading was last tried, `succeeded_at` when it
# last worked. `fault` and `fault_detail` say why the last reading failed, `failures` how many
# failed in a row, `failing_since` since when they fail, and `told_at` when the letter about that
# was ordered. `etag` and `last_modified` are the marks of the file from which the busy times were
# made at `expanded_at`. `unread_entries` are the entries of the file whose times are not known, as
# JSON.
calendar_subscriptions = table(
    "calendar_subscriptions",
    Column("id", Integer, primary_key=True),
    Column("resource_id", ForeignKey("resources.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("read_at", Instant),
    Column("succeeded_at", Instant),
    Column("expanded_at", Instant),
    Column("fault", Text),
    Column("fault_detail", Text, nullable=False, server_default=text("''")),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("etag", Text, nullable=False, server_default=text("''")),
    Column("last_modified", Text, nullable=False, server_default=text("''")),
    Column("failing_since", Instant),
    Column("told_at", Instant),
    Column("unread_entries", Text, nullable=False, server_default=text("'[]'")),
    Index("calendar_subscriptions_by_due", "due_at"),
    Index("calendar_subscriptions_by_resource", "resource_id"),
)

# Imported busy times, each as the calendar has it. The parts of them where no booking is have
# allocations.
imported_busy_times = table(
    "imported_busy_times",
    Column("id", Integer, primary_key=True),
    Column("subscription_id", ForeignKey("calendar_subscriptions.id"), nullable=False),
    Column("resource_id", ForeignKey("resources.id"), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("title", Text, nullable=False, server_default=text("''")),
    CheckConstraint("ends_at > starts_at", "busy_time_has_length"),
    Index("imported_busy_times_by_subscription", "subscription_id"),
    Index("imported_busy_times_by_end", "resource_id", "ends_at"),
)
