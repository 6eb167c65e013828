"""Count visits for the report on conversion, and let users sign in with passkeys."""

from dibs.ledger.scripts import run_script

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
