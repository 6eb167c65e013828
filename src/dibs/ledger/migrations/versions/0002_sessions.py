"""Sign-in codes, sessions, and an outbox whose entries fall due."""

from dibs.ledger.scripts import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
