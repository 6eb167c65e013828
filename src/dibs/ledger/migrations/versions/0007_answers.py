"""Answers are kept under names of their own. Those kept before can't be given again."""

from dibs.ledger.scripts import run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
