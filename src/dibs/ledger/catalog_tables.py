"""The tables of what can be booked: business, services, resources, their hours, pictures and the
words of letters."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Text, text

from dibs.ledger.column_types import Day, Instant
from dibs.ledger.schema import choice, notice, table

# Pictures, each under a name that is made from its content; `small` is for lists. `stored_at` is
# when it was last uploaded. A picture that no row names is removed a day later.
pictures = table(
    "pictures",
    Column("name", Text, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("small", LargeBinary, nullable=False),
    Column("stored_at", Instant, nullable=False),
    Index("pictures_by_age", "stored_at"),
)


# `translations` is JSON in each table that has it: by language, and then by the key of the text,
# like {"de": {"name": "Haarschnitt"}}.
def _translations() -> Column[str]:
    return Column("translations", Text, nullable=False, server_default=text("'{}'"))


# The business, in one row. `version` counts changes of the business, its services and business-wide
# closures; `country` is where phone numbers without a + are from. `letters` are the kinds of
# letters sent to the address `email` (words with spaces between); `reminders` are how many minutes
# before the start customers are reminded (numbers with spaces between). `place` and `terms` are
# those of services that have none of their own.
business = table(
    "business",
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("slot_interval", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("country", Text),
    Column("email", Text),
    Column("letters", Text, nullable=False, server_default=text("''")),
    Column("reminders", Text, nullable=False, server_default=text("'1440'")),
    Column("language", Text, nullable=False, server_default=text("'en'")),
    Column("phone", Text),
    Column("place", Text),
    Column("accent", Text, nullable=False, server_default=text("'#2457c5'")),
    Column("radius", Integer, nullable=False, server_default=text("10")),
    Column("font", Text, nullable=False, server_default=text("'system'")),
    Column("logo", ForeignKey("pictures.name")),
    Column("picture", ForeignKey("pictures.name")),
    _translations(),
    Column("terms", Text),
)

# The words of letters that the owner has changed, each row in one language. An empty text means the
# standard words.
letter_words = table(
    "letter_words",
    Column("kind", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("opening", Text, nullable=False),
    Column("closing", Text, nullable=False),
)

# Services. All durations are in minutes. `price` is a decimal as text. If `booking_window_days` is
# null there is no limit. A retired service or resource is kept for its bookings but no longer
# offered. `move_notice` and `cancel_notice` are how long before its start a customer can move or
# cancel a booking at the latest. If `reminders` is null, those of the business count. `place` is
# where the service takes place, and `place_kind` what kind of place that is. Customers see the
# services by `position`, and categories in the order of their first services. With `price_from` the
# service costs the price or more. If `approve_within` is null, bookings need not be approved.
# `questions` is JSON, as `questions.py` writes it.
services = table(
    "services",
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("duration", Integer, CheckConstraint("duration > 0"), nullable=False),
    Column("buffer_before", Integer, CheckConstraint("buffer_before >= 0"), nullable=False),
    Column("buffer_after", Integer, CheckConstraint("buffer_after >= 0"), nullable=False),
    Column("slot_interval", Integer),
    Column("minimum_notice", Integer, CheckConstraint("minimum_notice >= 0"), nullable=False),
    Column("booking_window_days", Integer),
    Column("price", Text),
    Column("capacity", Integer, CheckConstraint("capacity > 0"), nullable=False),
    Column("retired", Integer, CheckConstraint("retired IN (0, 1)"), nullable=False),
    notice("move_notice"),
    Column("reminders", Text),
    Column("place", Text),
    notice("cancel_notice"),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("category", Text),
    Column("picture", ForeignKey("pictures.name")),
    choice("price_from", "0, 1", Integer, server_default=text("0")),
    choice("price_on_request", "0, 1", Integer, server_default=text("0")),
    choice(
        "place_kind", "'address', 'phone', 'video', 'customer'", server_default=text("'address'")
    ),
    Column("approve_within", Integer, CheckConstraint("approve_within > 0")),
    _translations(),
    Column("terms", Text),
    Column("questions", Text, nullable=False, server_default=text("'[]'")),
)

# The categories that have translations, by the name that services give them.
categories = table(
    "categories",
    Column("name", Text, primary_key=True),
    _translations(),
)

# Resources. `version` counts changes of its hours, closures and name. If `time_zone` is null, that
# of the business counts. `letters` are the kinds of letters sent to the address `email` (words with
# spaces between). `about` is a line about a person. Customers see the resources by `position`.
resources = table(
    "resources",
    Column("id", Integer, primary_key=True),
    Column("kind", Text, CheckConstraint("kind IN ('staff', 'room', 'equipment')"), nullable=False),
    Column("name", Text, nullable=False),
    Column("time_zone", Text),
    Column("retired", Integer, CheckConstraint("retired IN (0, 1)"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("email", Text),
    Column("letters", Text, nullable=False, server_default=text("'new moved cancelled'")),
    Column("about", Text, nullable=False, server_default=text("''")),
    Column("picture", ForeignKey("pictures.name")),
    Column("position", Integer, nullable=False, server_default=text("0")),
    _translations(),
)

service_resources = table(
    "service_resources",
    Column("service_id", ForeignKey("services.id"), primary_key=True),
    Column("resource_id", ForeignKey("resources.id"), primary_key=True),
)

# Weekly opening hours in minutes of the local day; weekday 1 is Monday.
schedules = table(
    "schedules",
    Column("resource_id", ForeignKey("resources.id"), primary_key=True),
    Column("weekday", Integer, CheckConstraint("weekday BETWEEN 1 AND 7"), primary_key=True),
    Column("opens", Integer, primary_key=True),
    Column("closes", Integer, CheckConstraint("closes > opens"), nullable=False),
)

# Overrides: other hours on one date, instead of the weekly hours. `hours` is like "09:00-12:00
# 13:00-17:00"; an empty text means closed.
overrides = table(
    "overrides",
    Column("resource_id", ForeignKey("resources.id"), primary_key=True),
    Column("day", Day, primary_key=True),
    Column("hours", Text, nullable=False),
)

# Closures, in local wall time "YYYY-MM-DDTHH:MM". One without a resource is of the whole business.
# A closure made `from_office` stays when a catalog file that doesn't name it is applied.
closures = table(
    "closures",
    Column("id", Integer, primary_key=True),
    Column("resource_id", ForeignKey("resources.id")),
    Column("starts", Text, nullable=False),
    Column("ends", Text, CheckConstraint("ends > starts"), nullable=False),
    Column("reason", Text, nullable=False),
    choice("from_office", "0, 1", Integer, server_default=text("0")),
)
