"""Let a business choose how its booking page looks."""

from dibs.ledger.scripts import run_script

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
