"""`dibs customer`: gives out or erases what is stored about one customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dibs.cli.agreement import ask_or_leave
from dibs.cli.environment import read_settings, run_with_dibs
from dibs.cli.options import DataFolder
from dibs.cli.output import say, say_json
from dibs.desk.customers import is_upcoming
from dibs.email_address import read_address
from dibs.errors import HasUpcomingBookings

if TYPE_CHECKING:
    from dibs.app import Dibs

customers = typer.Typer(
    help="What is stored about one customer, by e-mail address.", no_args_is_help=True
)

Email = Annotated[str, typer.Argument(metavar="EMAIL")]


@customers.command("export")
def export_customer(email: Email, data: DataFolder = None) -> None:
    """Print all that is stored about a customer, as JSON."""

    async def run(dibs: Dibs) -> None:
        say_json(await dibs.desk.customers.export_customer(_address(email)))

    run_with_dibs(read_settings(data=data), run)


@customers.command("erase")
def erase_customer(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="Cancel the upcoming bookings as well.")
    ] = False,
    data: DataFolder = None,
) -> None:
    """Erase all that is stored about a customer. Past bookings stay, without the customer.

    If the customer has upcoming bookings, nothing is erased without --cancel. Without --yes,
    somebody at the terminal has to agree; without a terminal, the exit code is 3.
    """

    async def run(dibs: Dibs) -> None:
        address = _address(email)
        if not yes:
            await _ask(dibs, address, cancel=cancel)
        erased = await dibs.desk.customers.erase_customer(address, cancel=cancel)
        for reference in erased.cancelled:
            say(f"{reference} is cancelled")
        say(f"{address} is erased from {_count(erased.bookings)}")

    run_with_dibs(read_settings(data=data), run)


async def _ask(dibs: Dibs, address: str, *, cancel: bool) -> None:
    found = await dibs.desk.customers.find_bookings(address)
    now = dibs.database.clock.now()
    upcoming = [each.reference for each in found if is_upcoming(each, now)]
    if upcoming and not cancel:
        raise HasUpcomingBookings(upcoming)
    also = f", and cancels {len(upcoming)} of them" if upcoming else ""
    say(f"This erases the customer of {_count(len(found))}{also}. It can't be undone.")
    ask_or_leave(
        "Erase it?",
        without_terminal="Nothing was erased: if it is right, do it with --yes.",
        refused="Nothing was erased.",
    )


def _address(typed: str) -> str:
    """Return the address as it is stored. Text that is no address is kept, because an import may
    have stored such text."""
    return read_address(typed) or typed.strip()


def _count(bookings: int) -> str:
    return f"{bookings} booking{'' if bookings == 1 else 's'}"
