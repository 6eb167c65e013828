"""`dibs conflicts`: rows that could not be imported."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from dibs.cli.environment import read_settings, run_with_database
from dibs.cli.options import DataFolder
from dibs.cli.output import one_line, say, say_json
from dibs.desk import administration

if TYPE_CHECKING:
    from dibs.ledger.database import Database

conflicts = typer.Typer(help="Rows that could not be imported, for the owner to settle.")


@conflicts.callback(invoke_without_command=True)
def list_conflicts(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, with the whole rows.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """List rows that could not be imported and are not settled yet."""
    if context.invoked_subcommand is not None:
        return

    async def run(database: Database) -> None:
        found = await administration.list_conflicts(database)
        if as_json:
            rows = [asdict(each) | {"at": each.at.isoformat()} for each in found]
            say_json(rows)
            return
        for each in found:
            in_the_way = f"  ({each.in_the_way})" if each.in_the_way else ""
            say(one_line(f"{each.id}  {each.kind} {each.source_id}: {each.reason}{in_the_way}"))

    run_with_database(read_settings(data=data), run)


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

    run_with_database(read_settings(data=data), run)
