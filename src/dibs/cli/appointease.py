"""`dibs import appointease`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from dibs.appointease.importer.importer import import_plugin_data
from dibs.cli.environment import read_settings, run_with_database
from dibs.cli.options import DataFolder
from dibs.cli.output import one_line, say

if TYPE_CHECKING:
    from dibs.ledger.database import Database


def import_appointease(
    url: Annotated[str, typer.Argument(help="mysql://user:password@host/database?prefix=wp_")],
    prefix: Annotated[
        str | None, typer.Option(help="Of the site's tables [default: found out].")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="Of the plugin's times [default: WordPress's].")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be imported.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Import the data of the WordPress plugin AppointEase.

    Run again, it imports what is new and lists what was changed in the plugin. If the URL has no
    password, the one of MYSQL_PWD is used.
    """
    # Only this command needs a driver for MySQL.
    from dibs.appointease.importer import mysql

    source = mysql.read(url, prefix)

    async def run(database: Database) -> None:
        report = await import_plugin_data(database, source, zone, dry_run=dry_run)
        for line in report.lines:
            say(one_line(line))
        if dry_run:
            say("nothing was changed: this was a dry run")
        elif report.faults:
            say("see dibs conflicts, which keeps the whole rows")

    settings = read_settings(data=data)
    if dry_run and settings.is_embedded and not settings.database_file.exists():
        with TemporaryDirectory() as folder:
            elsewhere = {"data": Path(folder), "database_url": ""}
            run_with_database(settings.model_copy(update=elsewhere), run)
        return
    run_with_database(settings, run)
