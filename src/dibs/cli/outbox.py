"""`dibs outbox`: lists letters that wait or could not be delivered, and sends letters again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from dibs.cli.environment import read_settings, run_with_database
from dibs.cli.options import AsJson, DataFolder
from dibs.cli.output import one_line, say, say_json
from dibs.desk import administration
from dibs.errors import CannotStart

if TYPE_CHECKING:
    from dibs.ledger.database import Database
    from dibs.ledger.deliveries import Delivery

FAILED = ("refused", "given_up")

outbox = typer.Typer(help="Letters that wait, or that could not be delivered.")


@outbox.callback(invoke_without_command=True)
def list_letters(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Also letters that were sent, and reminders to come.")
    ] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only letters that could not be delivered.")
    ] = False,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """List letters with their state and what went wrong, in the zone of the business."""
    if context.invoked_subcommand is not None:
        return

    async def run(database: Database) -> None:
        zone, found = await administration.list_letters(database, everything=everything)
        shown = [each for each in found if not failed or each.state in FAILED]
        rows = [_row(each, ZoneInfo(zone)) for each in shown]
        if as_json:
            say_json(rows)
            return
        for row in rows:
            say(one_line(*row.values()))
        if not rows:
            none = "could not be delivered" if failed else "waits, and all others were delivered"
            say(f"No letter {none}.")

    run_with_database(read_settings(data=data), run)


@outbox.command("retry")
def retry_letters(
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Numbers of letters, as listed.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All letters that were refused or given up.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Send letters again that were refused or given up."""
    if bool(numbers) == everything:
        raise CannotStart("Name the letters to send again, or --all.")

    async def run(database: Database) -> None:
        found = await administration.retry_letters(database, None if everything else numbers or [])
        say(f"{len(found)} to be sent again")
        missing = sorted(set(numbers or []) - set(found))
        if missing:
            raise CannotStart(f"Not refused or given up: {', '.join(map(str, missing))}.")

    run_with_database(read_settings(data=data), run)


def _row(delivery: Delivery, zone: ZoneInfo) -> dict[str, Any]:
    due = delivery.due_at
    return {
        "number": delivery.id,
        "state": delivery.state,
        "letter": delivery.letter,
        "recipient": delivery.recipient,
        "address": delivery.address,
        "made_at": delivery.event_at.astimezone(zone).isoformat(timespec="minutes"),
        "next_try_at": due.astimezone(zone).isoformat(timespec="seconds") if due else None,
        "attempts": delivery.attempts,
        "reason": delivery.reason,
    }
