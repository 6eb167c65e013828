"""Let bookings be requests that the business has to approve."""

from dibs.ledger.scripts import run_script

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
