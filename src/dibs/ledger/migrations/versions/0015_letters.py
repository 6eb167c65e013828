"""Add what letters need: addresses, reminders, languages, deliveries and feeds."""

from dibs.ledger.scripts import run_script

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
