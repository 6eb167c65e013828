"""Store what an imported row meant when it was last looked at, so that a change of it is seen."""

from dibs.ledger.scripts import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
