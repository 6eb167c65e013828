"""`dibs backup`, `dibs export` and `dibs import archive`: the database as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dibs.cli.environment import read_settings, run_with_database
from dibs.cli.options import DataFolder
from dibs.cli.output import say
from dibs.errors import CannotStart
from dibs.ledger import archive
from dibs.ledger.sqlite import copy_database
from dibs.secret_key import key_file

if TYPE_CHECKING:
    from dibs.ledger.database import Database


def backup(file: Path, data: DataFolder = None) -> None:
    """Copy the database to FILE, also while Dibs runs."""
    settings = read_settings(data=data)
    if not settings.is_embedded:
        raise CannotStart("The ledger is in PostgreSQL: use pg_dump, or dibs export.")
    if not settings.database_file.exists():
        raise CannotStart(f"There is no database {settings.database_file}.")
    copy_database(settings.database_file, file)
    say(f"saved to {file}")
    if not settings.secret_key:
        say(
            f"Keep a copy of {key_file(settings)} as well, somewhere else: without it the manage"
            " links that customers have no longer work after a restore."
        )


def export_archive(file: Path, data: DataFolder = None) -> None:
    """Write everything to FILE, also while Dibs runs, for `dibs import archive`."""

    async def run(database: Database) -> None:
        say(f"{await archive.save(database, file)} rows saved to {file}")

    settings = read_settings(data=data)
    run_with_database(settings, run)
    if settings.is_embedded and not settings.secret_key:
        say(
            "Manage links are signed: set DIBS_SECRET_KEY of the new Dibs to the content of"
            f" {key_file(settings)}"
        )


def import_archive(file: Path, data: DataFolder = None) -> None:
    """Read what `dibs export` wrote to FILE into a new database."""

    async def run(database: Database) -> None:
        say(f"{await archive.load(database, file)} rows read from {file}")

    run_with_database(read_settings(data=data), run)
