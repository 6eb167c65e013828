"""Make room for a row that is written to see whether anything can be written."""

from dibs.ledger.scripts import run_script

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
