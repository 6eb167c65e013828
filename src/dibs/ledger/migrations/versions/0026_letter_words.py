"""Let the owner change the words of letters."""

from dibs.ledger.scripts import run_script

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
