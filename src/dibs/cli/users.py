"""`dibs user`: manages the users, who may sign in to the office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from dibs import email_address
from dibs.app import public_url
from dibs.cli.environment import read_settings, run_with_database
from dibs.cli.options import AsJson, DataFolder
from dibs.cli.output import one_line, say, say_json
from dibs.desk.office import users
from dibs.desk.office.links import link_address
from dibs.errors import FieldError, Invalid
from dibs.ledger import catalog_rows
from dibs.ledger.users import NewUser, Role

if TYPE_CHECKING:
    from dibs.ledger.database import Database
    from dibs.ledger.users import User

user = typer.Typer(help="Who may sign in to the office.", no_args_is_help=True)

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address of the user.")]


@user.command("list")
def list_users(as_json: AsJson = False, data: DataFolder = None) -> None:
    """List the users, in the zone of the business."""

    async def run(database: Database) -> None:
        known = await database.read(catalog_rows.read)
        zone = ZoneInfo(known.business.time_zone if known else "UTC")
        rows = [_row(each, zone) for each in await users.list_users(database)]
        if as_json:
            say_json(rows)
            return
        for row in rows:
            of = f"of resource {row['resource_id']}" if row["resource_id"] else None
            state = f"disabled {row['disabled_at']}" if row["disabled_at"] else None
            invited = None if row["has_password"] else "has no password yet"
            say(one_line(row["email"], row["name"], row["role"], of, state or invited))

    run_with_database(read_settings(data=data), run)


def _row(found: User, zone: ZoneInfo) -> dict[str, Any]:
    created_at, disabled_at = (
        instant.astimezone(zone).isoformat(timespec="minutes") if instant else None
        for instant in (found.created_at, found.disabled_at)
    )
    return {
        "id": found.id,
        "email": found.email,
        "name": found.name,
        "role": found.role,
        "resource_id": found.resource_id,
        "has_password": found.password is not None,
        "has_second_factor": found.totp is not None,
        "created_at": created_at,
        "disabled_at": disabled_at,
    }


@user.command("add")
def add_user(
    email: Email,
    name: Annotated[str, typer.Option(help="Their name [default: the e-mail address].")] = "",
    role: Annotated[str, typer.Option(help="owner, manager or staff.")] = "owner",
    resource: Annotated[
        int | None,
        typer.Option(
            metavar="ID", min=1, max=2**31 - 1, help="Whose calendar is theirs; staff need one."
        ),
    ] = None,
    data: DataFolder = None,
) -> None:
    """Add a user, and print a link with which they choose a password."""
    settings = read_settings(data=data)
    address = email_address.read_address(email)
    if address is None:
        raise Invalid(
            FieldError("email", "invalid_email"),
            detail=f"{email} is no e-mail address like name@example.com.",
        )
    new = NewUser(email_address.mailbox(address), name.strip() or address, _role(role), resource)

    async def run(database: Database) -> None:
        _, token = await users.add_user(
            database, new, users.AT_COMMAND_LINE, settings.user_link_lifetime
        )
        say(link_address(public_url(settings), token))
        say("With this link, which is good once, they choose a password.", err=True)

    run_with_database(settings, run)


def _role(text: str) -> Role:
    match text:
        case "owner" | "manager" | "staff":
            return text
        case _:
            raise Invalid(
                FieldError("role", "malformed"), detail="The role is owner, manager or staff."
            )


@user.command("disable")
def disable_user(email: Email, data: DataFolder = None) -> None:
    """Stop a user from signing in, and sign them out everywhere. What they did stays in the
    audit."""

    async def run(database: Database) -> None:
        found = await users.find_by_email(database, email)
        await users.disable_user(database, found.id, users.AT_COMMAND_LINE)
        say(f"{found.email} is disabled")

    run_with_database(read_settings(data=data), run)


@user.command("reset")
def reset_user(email: Email, data: DataFolder = None) -> None:
    """Print a link with which a user chooses a new password, and turn off their second factor.

    They are signed out everywhere. A disabled user is enabled again.
    """
    settings = read_settings(data=data)

    async def run(database: Database) -> None:
        found = await users.find_by_email(database, email)
        token = await users.reset_user(
            database, found.id, users.AT_COMMAND_LINE, settings.user_link_lifetime
        )
        say(link_address(public_url(settings), token))
        say("With this link, which is good once, they choose a new password.", err=True)

    run_with_database(settings, run)
