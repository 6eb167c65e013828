"""`dibs catalog`: applies the catalog from a file, and writes it to a file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dibs import catalog_file
from dibs.cli.agreement import ask_or_leave, leave
from dibs.cli.environment import read_settings, run_with_database
from dibs.cli.options import DataFolder
from dibs.cli.output import one_line, say
from dibs.desk import administration
from dibs.errors import CannotStart, Invalid
from dibs.palette import adjustments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dibs.desk.administration import Difference
    from dibs.ledger.database import Database

catalog = typer.Typer(help="The business, its services, resources and hours.", no_args_is_help=True)


@catalog.command("apply")
def apply_catalog(
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Apply it even if bookings are concerned.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Make FILE the catalog. If this is run again, it changes nothing.

    FILE names each picture by its path from the folder of FILE.

    Bookings that the change concerns are listed. They stay as they are. Without --yes, nothing is
    changed before somebody at the terminal agrees; without a terminal, the exit code is 3.
    """
    try:
        folder = catalog_file.PictureFolder(file.parent)
        wanted = catalog_file.parse(file.read_text(encoding="utf-8"), folder.find)
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"{file} can't be read: {error}") from error
    except CannotStart as error:
        raise CannotStart(
            "\n".join(f"{file}: {line}" for line in error.detail.splitlines())
        ) from None

    new = tuple(folder.pictures.values())
    apply = partial(administration.apply, wanted=wanted, new_pictures=new)

    async def run(database: Database) -> None:
        agreed = None if yes else ()
        difference = await apply(database, dry_run=dry_run, agreed=agreed)
        _tell_difference(difference)
        for line in adjustments(wanted.business.appearance.accent):
            say(f"note: accent {line}")
        if not difference.lines:
            say("nothing to change")
        elif dry_run:
            say("nothing was changed: this was a dry run")
        elif not difference.is_applied:
            ask_or_leave(
                "The bookings stay as they are. Apply it?",
                without_terminal="Nothing was changed, because bookings are concerned. They stay as"
                " they are: if that is right, apply it with --yes.",
                refused="Nothing was changed.",
            )
            again = await apply(database, agreed=difference.concerned)
            if not again.is_applied:
                _tell_difference(again)
                leave("Bookings were made or changed meanwhile, so nothing was changed.")

    try:
        run_with_database(read_settings(data=data), run)
    except Invalid as error:
        faults = (f"{file}: {each.field}: {each.said}" for each in error.errors)
        raise CannotStart("\n".join(faults)) from None


def _tell_difference(difference: Difference) -> None:
    for line in difference.lines:
        say(one_line(line))
    for line in difference.kept:
        say(one_line(f"kept, because it was made in the office: {line}"))
    for line in difference.unbookable:
        say(one_line(f"warning: {line}"))
    if not difference.concerned:
        return
    many = len(difference.concerned)
    say(f"{many} booking{'s are' if many > 1 else ' is'} concerned:")
    for each in difference.concerned:
        when = f"{each.starts_at:%Y-%m-%d %H:%M} {each.time_zone}"
        what = f"{each.service}, {each.resource}: {'; '.join(each.reasons)}"
        say("  " + one_line(each.reference, when, what))


@catalog.command("export")
def export_catalog(
    pictures: Annotated[
        Path | None, typer.Option(help="Folder into which its pictures are written.")
    ] = None,
    data: DataFolder = None,
) -> None:
    """Print the catalog as a file for `apply`. To apply it to another Dibs, put its pictures into
    the folder of the file."""

    async def run(database: Database) -> None:
        known = await administration.export(database)
        if pictures is not None:
            _write_pictures(pictures, await administration.export_pictures(database, known))
        say(catalog_file.dump(known), nl=False)

    run_with_database(read_settings(data=data), run)


def _write_pictures(folder: Path, contents: Mapping[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise CannotStart(f"{folder} can't be written: {error.strerror or error}.") from error
