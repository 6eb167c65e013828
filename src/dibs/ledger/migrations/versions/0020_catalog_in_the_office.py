"""Let services have an order, and tell closures of the office from those of a file."""

from dibs.ledger.scripts import run_script

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
