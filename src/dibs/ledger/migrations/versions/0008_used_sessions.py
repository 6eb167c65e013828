"""Store when a session was last used."""

from dibs.ledger.scripts import run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
