"""Store pictures, and more of what a page needs to know about services and people."""

from dibs.ledger.scripts import run_script

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
