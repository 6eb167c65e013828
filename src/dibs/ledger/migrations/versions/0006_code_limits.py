"""Give the browser of a sign-in code a column of its own, and count the codes asked for."""

from dibs.ledger.scripts import run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
