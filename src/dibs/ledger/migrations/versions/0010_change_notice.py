"""Let a service say until when its bookings can be changed by their customers."""

from dibs.ledger.scripts import run_script

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
