"""Sign-in codes, sessions, and an outbox whose entries fall due."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    script = Path(__file__).with_suffix(f".{dialect}.sql").read_text()
    for statement in script.split(";\n"):
        if statement.strip():
            op.execute(statement)
