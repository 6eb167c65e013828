"""Add tables of what was imported from another system, and of what could not be."""

from dibs.ledger.scripts import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
