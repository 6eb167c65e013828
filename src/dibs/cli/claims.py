"""`dibs claims`: lists and releases live holds and checkouts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from dibs import owner_client
from dibs.cli.environment import read_settings, run_with_database
from dibs.cli.options import AsJson, DataFolder
from dibs.cli.output import one_line, say, say_json
from dibs.desk import administration
from dibs.errors import CannotStart

if TYPE_CHECKING:
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Database
    from dibs.settings import Settings

claims = typer.Typer(help="Times that visitors hold or check out at this moment.")


@claims.callback(invoke_without_command=True)
def list_claims(
    context: typer.Context,
    as_json: AsJson = False,
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


def _say_claims(settings: Settings, found: list[dict[str, Any]], *, as_json: bool) -> None:
    async def run(database: Database) -> None:
        known = await administration.export(database)
        rows = [_claim_row(each, known) for each in found]
        if as_json:
            say_json(rows)
        for row in [] if as_json else rows:
            say(one_line(*row.values()))

    run_with_database(settings, run)


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
