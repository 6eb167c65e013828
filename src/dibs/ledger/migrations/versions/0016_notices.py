"""Separate the notice of moves from that of cancellations; add the language of the business."""

from dibs.ledger.scripts import run_script

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
