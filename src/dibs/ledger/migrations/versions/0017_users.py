"""Add users, their sessions and links, API keys, and who did what in the office."""

from dibs.ledger.scripts import run_script

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
