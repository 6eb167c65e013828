"""`dibs feed`: addresses at which calendar programs read the bookings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from dibs.app import public_url
from dibs.cli.environment import read_settings, run_with_database
from dibs.cli.options import AsJson, DataFolder
from dibs.cli.output import one_line, say, say_json
from dibs.desk import administration, feeds

if TYPE_CHECKING:
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Database
    from dibs.ledger.feeds import Feed

feed = typer.Typer(
    help="Addresses at which calendar programs read the bookings.", no_args_is_help=True
)

Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**31 - 1)]


@feed.command("list")
def list_feeds(as_json: AsJson = False, data: DataFolder = None) -> None:
    """List the feeds, in the zone of the business. Their addresses are not listed, because they are
    not stored."""

    async def run(database: Database) -> None:
        known = await administration.export(database)
        rows = [_row(each, known) for each in await feeds.list_feeds(database)]
        if as_json:
            say_json(rows)
            return
        for row in rows:
            state = f"revoked {row['revoked_at']}" if row["revoked_at"] else None
            say(one_line(row["id"], row["resource"] or "everybody", row["created_at"], state))

    run_with_database(read_settings(data=data), run)


def _row(found: Feed, known: Catalog) -> dict[str, Any]:
    zone = ZoneInfo(known.business.time_zone)
    created_at, revoked_at = (
        instant.astimezone(zone).isoformat(timespec="minutes") if instant else None
        for instant in (found.created_at, found.revoked_at)
    )
    is_of_one = found.resource_id is not None
    return {
        "id": found.id,
        "resource_id": found.resource_id,
        "resource": known.resource_name(found.resource_id or 0) if is_of_one else None,
        "created_at": created_at,
        "revoked_at": revoked_at,
    }


@feed.command("new")
def new_feed(
    resource: Annotated[
        int | None,
        typer.Option(
            metavar="ID",
            min=1,
            max=2**31 - 1,
            help="Of one resource, by its id in the catalog [default: of the whole business].",
        ),
    ] = None,
    data: DataFolder = None,
) -> None:
    """Make a feed and print its address, which is shown only this once.

    Whoever has the address reads the bookings with the names of the customers.
    """
    settings = read_settings(data=data)

    async def run(database: Database) -> None:
        made, token = await feeds.new_feed(database, resource)
        say(f"{public_url(settings)}/feeds/{token}.ics")
        say(f"This is feed {made.id}. The address is a secret, and is not shown again.", err=True)

    run_with_database(settings, run)


@feed.command("revoke")
def revoke_feed(feed_id: Id, data: DataFolder = None) -> None:
    """Make the address of a feed invalid."""

    async def run(database: Database) -> None:
        await feeds.revoke_feed(database, feed_id)
        say(f"feed {feed_id} is revoked")

    run_with_database(read_settings(data=data), run)
