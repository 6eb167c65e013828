"""Give every query an index, so that it stays as fast after years as on the first day."""

from dibs.ledger.scripts import run_script

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
