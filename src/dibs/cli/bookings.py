"""`dibs bookings` and `dibs cancel`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from dibs.cli.environment import read_settings, run_with_database, run_with_dibs
from dibs.cli.options import AsJson, DataFolder
from dibs.cli.output import one_line, say, say_json
from dibs.desk import administration
from dibs.web.field_types import YEARS

if TYPE_CHECKING:
    from dibs.app import Dibs
    from dibs.ledger.bookings import Booking
    from dibs.ledger.catalog import Catalog
    from dibs.ledger.database import Database


def _near_day(day: datetime | None) -> datetime | None:
    """Refuse days in years so early or late that they can't be converted to another time zone."""
    if day is not None and day.year not in YEARS:
        raise typer.BadParameter(f"{day:%Y-%m-%d} is not in the years {YEARS[0]} to {YEARS[-1]}.")
    return day


def list_bookings(
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], callback=_near_day, help="One day [default: all to come]."
        ),
    ] = None,
    as_json: AsJson = False,
    data: DataFolder = None,
) -> None:
    """List bookings and checkouts, in the zone of the business."""

    async def run(database: Database) -> None:
        known, found = await administration.list_bookings(database, day.date() if day else None)
        rows = [_row(booking, known) for booking in found]
        if as_json:
            say_json(rows)
            return
        say(f"Times are in {known.business.time_zone}.")
        for row in rows:
            say(one_line(*(row[name] for name in row if name not in ("time_zone", "phone_e164"))))

    run_with_database(read_settings(data=data), run)


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


def cancel(reference: str, data: DataFolder = None) -> None:
    """Cancel a booking, whoever made it."""

    async def run(dibs: Dibs) -> None:
        booking = await dibs.desk.changing.cancel_as_owner(reference.strip().upper())
        say(f"{booking.reference} is cancelled")

    run_with_dibs(read_settings(data=data), run)
