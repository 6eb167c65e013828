"""Let bookings be searched and found by customer; add contacts and notes about customers."""

from alembic import op
from sqlalchemy import text

from dibs.ledger.customer_keys import find_key, search_text, sort_name
from dibs.ledger.scripts import run_script

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ROWS_AT_ONCE = 500
WHO = "customer_email, customer_phone, customer_phone_e164, reference"


def upgrade() -> None:
    run_script(__file__)
    connection = op.get_bind()
    known = connection.execute(text(f"SELECT id, customer_name, {WHO} FROM bookings")).all()  # noqa: S608 - our own names
    change = text(
        "UPDATE bookings SET customer_key = :key, search = :search, sort_name = :name"
        " WHERE id = :id"
    )
    for first in range(0, len(known), ROWS_AT_ONCE):
        rows = []
        for number, name, email, *contact in known[first : first + ROWS_AT_ONCE]:
            key = None if name is None else find_key(email or "", *contact)
            found_by = {"search": search_text(name, email, *contact), "name": sort_name(name)}
            rows.append({"id": number, "key": key, **found_by})
        connection.execute(change, rows)
