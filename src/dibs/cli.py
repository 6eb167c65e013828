"""The `dibs` command."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError

from dibs import __version__, catalog_file, owner_client
from dibs.app import build, open_database
from dibs.appointease.importer.importer import import_plugin_data
from dibs.desk import administration
from dibs.errors import CannotStart, DibsError, LedgerUnavailable
from dibs.ledger import archive
from dibs.ledger.database import OWNERS_TRANSACTION_TIMEOUT, reason_of
from dibs.ledger.sqlite import copy_database
from dibs.logs import configure_logging
from dibs.plain_text import escape_unprintable
from dibs.secret_key import key_file, secret_key
from dibs.server import prepare, serve_forever
from dibs.settings import Settings, show_setting
from dibs.web.field_types import YEARS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pydantic_core import ErrorDetails

    from dibs.desk.administration import Difference
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Database

app = typer.Typer(
    help="Dibs: appointment booking in which no slot is booked twice.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
catalog = typer.Typer(help="The business, its services, resources and hours.", no_args_is_help=True)
app.add_typer(catalog, name="catalog")
imports = typer.Typer(help="Bring in what another database holds.", no_args_is_help=True)
app.add_typer(imports, name="import")
claims = typer.Typer(help="Times that visitors hold or check out at this moment.")
app.add_typer(claims, name="claims")
conflicts = typer.Typer(help="What an import could not bring in, to be settled by its owner.")
app.add_typer(conflicts, name="conflicts")

#: Settings whose values are never shown.
SECRET_SETTINGS = ("secret_key", "secret_key_previous", "smtp_url", "database_url", "redis_url")

#: How a command ends that needs an agreement and has none.
NOT_AGREED = 3

DataFolder = Annotated[
    Path | None, typer.Option("--data", help="Folder of the embedded mode [default: ./data].")
]
Host = Annotated[
    str | None, typer.Option(help="Address to listen on; DIBS_HOST wins [default: 127.0.0.1].")
]
Port = Annotated[
    int | None, typer.Option(help="Port to listen on; DIBS_PORT wins [default: 8000].")
]


@app.callback(invoke_without_command=True)
def top(
    version: Annotated[bool, typer.Option("--version", help="Say the version and stop.")] = False,
) -> None:
    if version:
        say(f"dibs {__version__}")
        raise typer.Exit


@app.command()
def serve(host: Host = None, port: Port = None, data: DataFolder = None) -> None:
    """Run Dibs."""
    settings = read_settings(host=host, port=port, data=data)
    serve_forever(settings)


@app.command()
def demo(host: Host = None, port: Port = None, data: DataFolder = None) -> None:
    """Run Dibs; a database without a business gets the demo's."""
    settings = read_settings(host=host, port=port, data=data)
    text = Path(__file__).with_name("demo.toml").read_text()

    async def fill(database: Database) -> None:
        if await administration.is_empty(database):
            await administration.apply(database, catalog_file.parse(text))

    with_database(settings, fill)
    serve_forever(settings)


@app.command("migrate")
def migrate_database(data: DataFolder = None) -> None:
    """Bring the database to this version of Dibs."""
    settings = read_settings(data=data)
    prepare(settings)
    say(f"{settings.database_file if settings.is_embedded else 'PostgreSQL'} is up to date")


@app.command("settings")
def show_settings(data: DataFolder = None) -> None:
    """Every setting, its value now, and what it means."""
    settings = read_settings(data=data)
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if name in SECRET_SETTINGS and value:
            value = "(set)"
        say(f"DIBS_{name.upper()}={show_setting(value)}\n    {field.description}")


@catalog.command("apply")
def apply_catalog(
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Apply it even if bookings are concerned.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Make FILE the catalog; again changes nothing.

    Bookings that the change concerns are named. They stay as they are, and without --yes nothing
    is changed before somebody at the terminal agrees; without a terminal the exit code is 3.
    """
    try:
        wanted = catalog_file.parse(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"{file} can't be read: {error}") from error
    except CannotStart as error:
        raise CannotStart(
            "\n".join(f"{file}: {line}" for line in error.detail.splitlines())
        ) from None

    async def run(database: Database) -> None:
        agreed = None if yes else ()
        difference = await administration.apply(database, wanted, dry_run=dry_run, agreed=agreed)
        _tell_difference(difference)
        if not difference.lines:
            say("nothing to change")
        elif dry_run:
            say("nothing was changed: this was a dry run")
        elif not difference.is_applied:
            _agree_or_leave()
            again = await administration.apply(database, wanted, agreed=difference.concerned)
            if not again.is_applied:
                _tell_difference(again)
                _leave("Bookings were made or changed meanwhile, so nothing was changed.")

    with_database(read_settings(data=data), run)


def _tell_difference(difference: Difference) -> None:
    for line in difference.lines:
        say(_one_line(line))
    for line in difference.unbookable:
        say(_one_line(f"warning: {line}"))
    if not difference.concerned:
        return
    many = len(difference.concerned)
    say(f"{many} booking{'s are' if many > 1 else ' is'} concerned:")
    for each in difference.concerned:
        when = f"{each.starts_at:%Y-%m-%d %H:%M} {each.time_zone}"
        what = f"{each.service}, {each.resource}: {'; '.join(each.reasons)}"
        say("  " + _one_line(each.reference, when, what))


def _agree_or_leave() -> None:
    """Ask whoever sits at the terminal; where nobody does, nobody has agreed."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        _leave(
            "Nothing was changed, because bookings are concerned. They stay as they are: if"
            " that is right, apply it with --yes."
        )
    if not typer.confirm("The bookings stay as they are. Apply it?", err=True):
        _leave("Nothing was changed.")


def _leave(reason: str) -> NoReturn:
    say(f"dibs: {reason}", err=True)
    raise typer.Exit(NOT_AGREED)


@catalog.command("export")
def export_catalog(data: DataFolder = None) -> None:
    """Print the catalog as a file that `apply` takes."""

    async def run(database: Database) -> None:
        say(catalog_file.dump(await administration.export(database)), nl=False)

    with_database(read_settings(data=data), run)


def _near_day(day: datetime | None) -> datetime | None:
    """Near the ends of the calendar a day has no place in another time zone."""
    if day is not None and day.year not in YEARS:
        raise typer.BadParameter(f"{day:%Y-%m-%d} is not in the years {YEARS[0]} to {YEARS[-1]}.")
    return day


@app.command("bookings")
def list_bookings(
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], callback=_near_day, help="One day [default: all to come]."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data: DataFolder = None,
) -> None:
    """List bookings and checkouts, in the zone of the business."""

    async def run(database: Database) -> None:
        known, found = await administration.list_bookings(database, day.date() if day else None)
        rows = [_row(booking, known) for booking in found]
        if as_json:
            say(json.dumps(rows, indent=2, ensure_ascii=False))
            return
        say(f"Times are in {known.business.time_zone}.")
        for row in rows:
            say(_one_line(*(row[name] for name in row if name not in ("time_zone", "phone_e164"))))

    with_database(read_settings(data=data), run)


@app.command()
def cancel(reference: str, data: DataFolder = None) -> None:
    """Cancel a booking, whoever made it."""
    settings = read_settings(data=data)

    async def run() -> None:
        dibs = build(settings, secret_key(settings), longest=OWNERS_TRANSACTION_TIMEOUT)
        async with dibs.running():
            booking = await dibs.desk.changing.cancel_as_owner(reference.strip().upper())
            say(f"{booking.reference} is cancelled")

    configure_logging(settings.log_level)
    prepare(settings)
    asyncio.run(run())


@app.command()
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


@app.command("export")
def export_archive(file: Path, data: DataFolder = None) -> None:
    """Write everything to FILE, also while Dibs runs, for `dibs import archive`."""

    async def run(database: Database) -> None:
        say(f"{await archive.save(database, file)} rows saved to {file}")

    settings = read_settings(data=data)
    with_database(settings, run)
    if settings.is_embedded and not settings.secret_key:
        say(
            "Manage links are signed: set DIBS_SECRET_KEY of the new Dibs to the content of"
            f" {key_file(settings)}"
        )


@claims.callback(invoke_without_command=True)
def list_claims(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data: DataFolder = None,
) -> None:
    """List live holds and checkouts, with the addresses they come from, in the zone of the
    business."""
    if context.invoked_subcommand is None:
        settings = read_settings(data=data)
        _say_claims(settings, owner_client.list_claims(settings), as_json=as_json)


@claims.command("release")
def release_claims(
    claim: Annotated[list[str] | None, typer.Argument(help="Claim ids, as listed.")] = None,
    address: Annotated[str, typer.Option(help="All that come from this address.")] = "",
    data: DataFolder = None,
) -> None:
    """End holds and checkouts, so that others can have their times. Bookings stay."""
    if not claim and not address:
        raise CannotStart("Name the claims to release, or an --address.")
    settings = read_settings(data=data)
    released = owner_client.release_claims(settings, claim or [], address)
    _say_claims(settings, released, as_json=False)
    say(f"{len(released)} released")


@imports.command("archive")
def import_archive(file: Path, data: DataFolder = None) -> None:
    """Read what `dibs export` wrote to FILE into a new database."""

    async def run(database: Database) -> None:
        say(f"{await archive.load(database, file)} rows read from {file}")

    with_database(read_settings(data=data), run)


@imports.command("appointease")
def import_appointease(
    url: Annotated[str, typer.Argument(help="mysql://user:password@host/database?prefix=wp_")],
    prefix: Annotated[
        str | None, typer.Option(help="Of the site's tables [default: found out].")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="Of the plugin's times [default: WordPress's].")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would come in.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Bring in what the WordPress plugin AppointEase holds; again brings in what is new, and says
    what was changed.

    Without a password in the URL that of MYSQL_PWD is used.
    """
    # Only this command needs a driver for MySQL.
    from dibs.appointease.importer import mysql

    source = mysql.read(url, prefix)

    async def run(database: Database) -> None:
        report = await import_plugin_data(database, source, zone, dry_run=dry_run)
        for line in report.lines:
            say(_one_line(line))
        if dry_run:
            say("nothing was changed: this was a dry run")
        elif report.faults:
            say("see dibs conflicts, which keeps the whole rows")

    settings = read_settings(data=data)
    if dry_run and settings.is_embedded and not settings.database_file.exists():
        with TemporaryDirectory() as folder:
            elsewhere = {"data": Path(folder), "database_url": ""}
            with_database(settings.model_copy(update=elsewhere), run)
        return
    with_database(settings, run)


@conflicts.callback(invoke_without_command=True)
def list_conflicts(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, with the whole rows.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """What could not be brought in, and is still to be settled."""
    if context.invoked_subcommand is not None:
        return

    async def run(database: Database) -> None:
        found = await administration.list_conflicts(database)
        if as_json:
            rows = [asdict(each) | {"at": each.at.isoformat()} for each in found]
            say(json.dumps(rows, indent=2, ensure_ascii=False))
            return
        for each in found:
            in_the_way = f"  ({each.in_the_way})" if each.in_the_way else ""
            say(_one_line(f"{each.id}  {each.kind} {each.source_id}: {each.reason}{in_the_way}"))

    with_database(read_settings(data=data), run)


@conflicts.command("resolve")
def resolve_conflict(
    conflict: Annotated[int, typer.Argument(min=1, max=2**31 - 1)], data: DataFolder = None
) -> None:
    """Mark a conflict as settled: it is listed no more, and no import tries it again.

    If its row is changed after that, a later import lists it as a conflict once more.
    """

    async def run(database: Database) -> None:
        await administration.resolve_conflict(database, conflict)
        say(f"conflict {conflict} is settled")

    with_database(read_settings(data=data), run)


def say(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print lines; what could be a command to the terminal is shown instead of sent."""
    typer.echo(escape_unprintable(text, keep="\n"), nl=nl, err=err)


def _one_line(*values: object) -> str:
    """What was stored may have line breaks, and is still one line of a list."""
    return "  ".join(escape_unprintable(str(value)) for value in values if value is not None)


def _say_claims(settings: Settings, found: list[dict[str, Any]], *, as_json: bool) -> None:
    async def run(database: Database) -> None:
        known = await administration.export(database)
        rows = [_claim_row(each, known) for each in found]
        if as_json:
            say(json.dumps(rows, indent=2, ensure_ascii=False))
        for row in [] if as_json else rows:
            say(_one_line(*row.values()))

    with_database(settings, run)


def _claim_row(claim: dict[str, Any], known: Catalog) -> dict[str, Any]:
    zone = ZoneInfo(known.business.time_zone)
    service = known.services.get(claim["service_id"] or 0)
    resource = known.resources.get(claim["resource_id"])
    starts_at, expires_at = (
        datetime.fromisoformat(claim[name]).astimezone(zone) for name in ("starts_at", "expires_at")
    )
    return {
        "claim": claim["claim"],
        "kind": claim["kind"],
        "starts_at": starts_at.isoformat(timespec="minutes"),
        "service": service.name if service else None,
        "resource": resource.name if resource else f"resource {claim['resource_id']}",
        "until": expires_at.isoformat(timespec="seconds"),
        "address": claim["address"],
    }


def _row(booking: Booking, known: Catalog) -> dict[str, Any]:
    zone = ZoneInfo(known.business.time_zone)
    customer = booking.customer
    return {
        "starts_at": booking.starts_at.astimezone(zone).isoformat(timespec="minutes"),
        "ends_at": booking.ends_at.astimezone(zone).isoformat(timespec="minutes"),
        "time_zone": known.business.time_zone,
        "reference": booking.reference,
        "status": booking.status,
        "service": known.service_name(booking.service_id),
        "resource": known.resource_name(booking.resource_id),
        "name": customer.name if customer else None,
        "email": customer.email if customer else None,
        "phone": customer.phone if customer else None,
        "phone_e164": customer.phone_e164 if customer else None,
    }


def read_settings(**given: Any) -> Settings:
    """The settings of the environment; what was typed fills in what they leave open."""
    typed = {name: value for name, value in given.items() if value is not None}
    try:
        environment = Settings()
        rest = {k: v for k, v in typed.items() if k not in environment.model_fields_set}
        return Settings(**rest)
    except ValidationError as error:
        raise CannotStart("\n".join(map(_fault, error.errors()))) from None


def _fault(fault: ErrorDetails) -> str:
    name = "_".join(map(str, fault["loc"])).upper()
    # What concerns several settings names them itself.
    said = fault["msg"].removeprefix("Value error, ")
    return f"DIBS_{name}: {said}" if name else said


def with_database(settings: Settings, run: Callable[[Database], Awaitable[None]]) -> None:
    async def opened() -> None:
        database = open_database(settings, longest=OWNERS_TRANSACTION_TIMEOUT)
        try:
            await run(database)
        finally:
            await database.close()

    prepare(settings)
    asyncio.run(opened())


def main() -> None:
    """Run the command; what can't be done is said in a line, without a traceback."""
    try:
        app()
    except DibsError as error:
        reason = error.__cause__ if isinstance(error, LedgerUnavailable) else None
        more = f" ({reason_of(reason)})" if reason else ""
        say(f"dibs: {error.detail}{more}", err=True)
        sys.exit(1)
