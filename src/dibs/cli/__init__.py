"""The `dibs` command. Each group of commands has its own module."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dibs import __version__
from dibs.cli import (
    appointease,
    bookings,
    catalog,
    claims,
    conflicts,
    copies,
    customers,
    feeds,
    mail,
    outbox,
    retention,
    serve,
    settings,
    users,
)
from dibs.cli.output import say
from dibs.errors import DibsError, LedgerUnavailable
from dibs.ledger.driver_errors import reason_of

app = typer.Typer(
    help="Dibs: appointment booking in which no slot is booked twice.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(serve.serve)
app.command()(serve.demo)
app.command("migrate")(serve.migrate_database)
app.command("settings")(settings.show_settings)
app.command("bookings")(bookings.list_bookings)
app.command()(bookings.cancel)
app.command("retention")(retention.apply_retention)
app.command()(copies.backup)
app.command("export")(copies.export_archive)
app.add_typer(catalog.catalog, name="catalog")
imports = typer.Typer(help="Bring in what another database holds.", no_args_is_help=True)
imports.command("archive")(copies.import_archive)
imports.command("appointease")(appointease.import_appointease)
app.add_typer(imports, name="import")
app.add_typer(claims.claims, name="claims")
app.add_typer(customers.customers, name="customer")
app.add_typer(feeds.feed, name="feed")
app.add_typer(conflicts.conflicts, name="conflicts")
app.add_typer(mail.mail, name="mail")
app.add_typer(outbox.outbox, name="outbox")
app.add_typer(users.user, name="user")


@app.callback(invoke_without_command=True)
def top(
    version: Annotated[bool, typer.Option("--version", help="Say the version and stop.")] = False,
) -> None:
    if version:
        say(f"dibs {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command. An expected error is printed as a message, without a traceback."""
    try:
        app()
    except DibsError as error:
        reason = error.__cause__ if isinstance(error, LedgerUnavailable) else None
        more = f" ({reason_of(reason)})" if reason else ""
        say(f"dibs: {error.detail}{more}", err=True)
        sys.exit(1)
