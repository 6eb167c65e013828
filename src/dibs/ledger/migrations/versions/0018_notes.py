"""Let a booking have notes of the business, and a visitor one checkout of a service."""

from dibs.ledger.scripts import run_script

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_script(__file__)
