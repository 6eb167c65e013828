"""Let a business ask questions and have terms accepted, and keep the answers."""

from dibs.ledger.scripts import run_script

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
