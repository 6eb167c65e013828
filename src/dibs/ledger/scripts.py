"""The SQL of migrations: one script per revision and dialect, beside the revision."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Iterator


def run_script(revision: str) -> None:
    """Run `NNNN_name.sqlite.sql` or `NNNN_name.postgresql.sql` for the revision's own file."""
    script = Path(revision).with_suffix(f".{op.get_bind().dialect.name}.sql")
    for statement in statements(script.read_text()):
        op.execute(statement)


def statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one. It can't be split at semicolons, because
    triggers have some inside."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
