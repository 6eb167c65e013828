"""Store phone numbers as every phone can dial them, and the country of numbers without a +."""

from dibs.ledger.scripts import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
