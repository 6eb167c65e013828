"""Keep busy times of other calendars, and let allocations belong to them."""

from dibs.ledger.scripts import run_script

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
