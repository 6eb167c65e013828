"""Bound the length of allocations, so that later ones need not be looked at to find overlaps."""

from dibs.ledger.scripts import run_script

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
