"""The tables of contacts and of the notes about customers."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Text

from dibs.ledger.column_types import Instant
from dibs.ledger.schema import table

# Contacts: customers that were brought in from a list. They may have bookings by now, or none yet.
# `key`, `search` and `sort_name` are made like those in `bookings`; `email` is empty if there is
# none.
contacts = table(
    "contacts",
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text),
    Column("phone_e164", Text),
    Column("search", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sort_name", Text, nullable=False),
    Index("contacts_by_name", "sort_name", "key"),
)

# Notes of the business about customers, who never see them.
customer_notes = table(
    "customer_notes",
    Column("id", Integer, primary_key=True),
    Column("customer_key", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("user_id", ForeignKey("users.id")),
    Column("key_id", ForeignKey("api_keys.id")),
    Index("customer_notes_by_customer", "customer_key"),
)
