"""Name the columns of zones, notice and booking window by the words of the catalog file."""

from dibs.ledger.scripts import run_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
