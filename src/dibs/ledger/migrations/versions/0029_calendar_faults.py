"""Note since when a calendar can't be read, and which of its entries can't be read."""

from dibs.ledger.scripts import run_script

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
